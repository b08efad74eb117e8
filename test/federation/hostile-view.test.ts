import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { VIEW_PROTOCOL } from '../../federation/node/topics.ts';
import type { Wire } from '../../federation/node/wire.ts';
import { LOOKING_WIRE, SEEN_WIRE } from '../../federation/passage/looks.ts';
import {
  decodeViewMessage,
  encodeLookerMessage,
  encodeViewMessage,
  type ViewMessage,
} from '../../federation/passage/view-messages.ts';
import type { ViewFigure } from '../../federation/types.ts';
import { GuestScenes, LookingScene } from '../support/guest-scenes.ts';
import { linkWith, startRawMember, untilConnected } from '../support/raw-member.ts';
import { formRing, setUpSquares, startSquare } from '../support/ring-of-squares.ts';

/** A member without manners between two honest neighbours. */
async function setUp(context: TestContext) {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [alderSetup, birchSetup, mallowSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined && mallowSetup !== undefined);
  const { documents, ringId } = formRing(setups);
  const scenes = new GuestScenes();
  const birch = await startSquare(context, birchSetup, documents, { scenes });
  const mallow = await startRawMember(context, mallowSetup);
  return { alderSetup, documents, ringId, scenes, birch, mallow };
}

/** Opens views, and looks at birch until the other side ends it. */
async function lookAtBirch({ mallow, birch }: Awaited<ReturnType<typeof setUp>>) {
  await linkWith(mallow, birch.key.square, birch.draft.addrs);
  const heard: ViewMessage[] = [];
  const { promise: closed, resolve: isClosed } = Promise.withResolvers<void>();
  const { promise: first, resolve: isShown } = Promise.withResolvers<void>();
  const wire = await mallow.node.openWire(birch.key.square, VIEW_PROTOCOL, LOOKING_WIRE, {
    message(bytes) {
      const message = decodeViewMessage(bytes);
      if (message !== undefined) heard.push(message);
      isShown();
    },
    drained: () => undefined,
    closed: isClosed,
  });
  return { wire, heard, closed, first };
}

const opening = (ring: string, fromSite = 'mallow', site = 'birch'): Uint8Array =>
  encodeLookerMessage({ kind: 'open', ring, fromSite, site, side: 'left' });

const attacks: readonly (readonly [string, (wire: Wire, ring: string) => void])[] = [
  ['garbage', (wire) => wire.send([Buffer.from('{"type":"look"}')])],
  ['a message that is too long', (wire) => wire.send([new Uint8Array(2_000)])],
  ['a second opening', (wire, ring) => wire.send([opening(ring)])],
  [
    'a flood',
    (wire) => wire.send(Array.from({ length: 200 }, (_, n) => encodeLookerMessage({ kind: 'lookers', count: n % 9 }))),
  ],
];
for (const [what, attack] of attacks) {
  test(`a square that looks and sends ${what} sees nothing more, and its neighbour goes on looking`, async (context) => {
    const rig = await setUp(context);
    const { scenes, birch } = rig;
    const alder = await startSquare(context, rig.alderSetup, rig.documents);
    await alder.untilLinked(birch);
    const honest = new LookingScene(alder.service, 'alder', 'birch', 'right');
    await honest.untilChange(({ isWhole }) => isWhole);
    const view = await lookAtBirch(rig);
    view.wire.send([opening(rig.ringId)]);
    await view.first;
    attack(view.wire, rig.ringId);
    await view.closed;
    scenes.show({ count: 3, figures: [], said: [] });
    await honest.untilChange(({ count }) => count === 3);
    assert.equal(scenes.watching, 1);
  });
}

test('nobody looks from a site that is not theirs, or at one that is not next to theirs', async (context) => {
  const rig = await setUp(context);
  for (const [fromSite, site] of [
    ['alder', 'birch'],
    ['mallow', 'alder'],
    ['nowhere', 'birch'],
    ['birch', 'birch'],
  ] as const) {
    const view = await lookAtBirch(rig);
    view.wire.send([opening(rig.ringId, fromSite, site)]);
    await view.closed;
    assert.ok(view.heard.every(({ kind }) => kind === 'end'));
  }
  assert.deepEqual(rig.scenes.watched, []);
});

test('a square that begins one look after the other is told to wait', async (context) => {
  const rig = await setUp(context);
  let busy = 0;
  for (let n = 0; n < 40 && busy === 0; n += 1) {
    const view = await lookAtBirch(rig);
    view.wire.send([opening(rig.ringId)]);
    await view.first;
    busy += view.heard.filter((message) => message.kind === 'end' && message.reason === 'busy').length;
    view.wire.close();
  }
  assert.equal(busy, 1);
});

const figure = (n: number): ViewFigure => ({
  h: n.toString(16).padStart(8, '0'),
  x: 0.5,
  color: 1,
  pose: 'stand',
  walking: false,
  name: '<b>x',
});
const change = (figures: readonly ViewFigure[]): Uint8Array =>
  encodeViewMessage({ kind: 'change', isWhole: false, count: 1, figures, gone: [], said: [] });

const replies: readonly (readonly [string, (wire: Wire) => void])[] = [
  ['garbage', (wire) => wire.send([Buffer.from('<script>')])],
  ['a message that is too long', (wire) => wire.send([new Uint8Array(40_000)])],
  [
    'more figures than a strip has room for',
    (wire) => wire.send([change(Array.from({ length: 61 }, (_, n) => figure(n)))]),
  ],
  [
    'more than eyes can follow',
    (wire) => {
      const full = change(Array.from({ length: 60 }, (_, n) => figure(n)));
      for (let n = 0; n < 400; n += 1) wire.send([full]);
    },
  ],
  ['an answer to a visit', (wire) => wire.send([Uint8Array.of(0x82, 0x04, 0x01)])],
  ['nothing, and hangs up', (wire) => wire.abort('no')],
];
for (const [what, answer] of replies) {
  test(`a square that is looked at and sends ${what} is not looked at any more`, async (context) => {
    const { birch, mallow } = await setUp(context);
    await mallow.node.takeWires(VIEW_PROTOCOL, { ...SEEN_WIRE, maxStreams: 8 }, (_square, wire) => ({
      message: () => answer(wire),
      drained: () => undefined,
      closed: () => undefined,
    }));
    await linkWith(mallow, birch.key.square, birch.draft.addrs);
    await untilConnected(birch, mallow);
    const looking = new LookingScene(birch.service, 'birch', 'mallow', 'right');
    assert.equal(await looking.untilEnd(), 'lost');
    assert.ok(looking.changes.length < 300, `${looking.changes.length} changes`);
  });
}
