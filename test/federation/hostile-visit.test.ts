import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createConnection, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { VISIT_PROTOCOL } from '../../federation/node/topics.ts';
import type { Wire } from '../../federation/node/wire.ts';
import {
  decodeHomeMessage,
  decodeHostMessage,
  encodeHomeMessage,
  encodeHostMessage,
  type HomeMessage,
  type HostMessage,
} from '../../federation/passage/visit-messages.ts';
import { HOME_WIRE, HOST_WIRE } from '../../federation/passage/visits.ts';
import { admission, GuestScenes, HomeScene } from '../support/guest-scenes.ts';
import { linkWith, startRawMember, untilConnected, type RawMember } from '../support/raw-member.ts';
import { formRing, freePort, setUpSquares, startSquare, until, type SquareSetup } from '../support/ring-of-squares.ts';

/** A member without manners, and an honest square beside it. */
async function setUp(context: TestContext) {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [alderSetup, birchSetup, mallowSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined && mallowSetup !== undefined);
  const ring = formRing(setups);
  const scenes = new GuestScenes();
  const birch = await startSquare(context, birchSetup, ring.documents, { scenes });
  const mallow = await startRawMember(context, mallowSetup);
  return { setups, alderSetup, birchSetup, ring, scenes, birch, mallow };
}

/** A stream of visits opened by a hostile home. */
async function openStream(mallow: RawMember, birch: SquareSetup) {
  const heard: HostMessage[] = [];
  const notify = new Set<() => void>();
  let isClosed = false;
  await linkWith(mallow, birch.key.square, birch.draft.addrs);
  const wire = await mallow.node.openWire(birch.key.square, VISIT_PROTOCOL, HOME_WIRE, {
    message(bytes) {
      const message = decodeHostMessage(bytes);
      if (message !== undefined) heard.push(message);
      for (const look of notify) look();
    },
    drained: () => undefined,
    closed() {
      isClosed = true;
      for (const look of notify) look();
    },
  });
  const wait = (what: string, fits: () => boolean): Promise<true> =>
    until(
      what,
      () => fits() || undefined,
      (look) => {
        notify.add(look);
        return () => void notify.delete(look);
      },
      () => [heard, isClosed],
    );
  return {
    wire,
    heard,
    say: (...messages: readonly HomeMessage[]) => wire.send(messages.map(encodeHomeMessage)),
    untilClosed: () => wait('the end', () => isClosed),
    untilHeard: (fits: (message: HostMessage) => boolean) => wait('a message', () => heard.some(fits)),
  };
}

const garbage: readonly (readonly [string, (wire: Wire, ring: string) => void])[] = [
  ['garbage', (wire) => wire.send([Buffer.from('{"type":"init"}')])],
  ['an empty list', (wire) => wire.send([Uint8Array.of(0x80)])],
  ['a message that is too long', (wire) => wire.send([new Uint8Array(8_000)])],
  [
    'a second opening',
    (wire, ring) => wire.send([encodeHomeMessage({ kind: 'open', ring, homeSite: 'mallow', hostSite: 'birch' })]),
  ],
  ['the same guest twice', (wire) => wire.send([encodeHomeMessage(admission(1)), encodeHomeMessage(admission(1))])],
  [
    'a flood',
    (wire) => {
      const text = JSON.stringify({ type: 'say', text: 'x'.repeat(4_000) });
      for (let n = 0; n < 100; n += 1) wire.send([encodeHomeMessage({ kind: 'say', guest: 1, tab: 0, text })]);
    },
  ],
];
for (const [what, attack] of garbage) {
  test(`a home that sends ${what} loses its stream and its guests, and nobody else's`, async (context) => {
    const { birchSetup, ring, scenes, birch, mallow, alderSetup } = await setUp(context);
    const alder = await startSquare(context, alderSetup, ring.documents);
    await alder.untilLinked(birch);
    const honest = new HomeScene(alder.service, 'alder', 'birch');
    honest.tell(admission(5));
    await honest.untilEvent('admitted');
    const stream = await openStream(mallow, birchSetup);
    stream.say({ kind: 'open', ring: ring.ringId, homeSite: 'mallow', hostSite: 'birch' });
    attack(stream.wire, ring.ringId);
    await stream.untilClosed();
    await scenes.untilEnd();
    assert.equal(birch.service.guests(), 1);
    assert.equal(honest.endedWith, undefined);
  });
}

test("a home cannot bring guests of another's site, into another's site, or from no site", async (context) => {
  const { birchSetup, ring, scenes, mallow } = await setUp(context);
  for (const [homeSite, hostSite] of [
    ['alder', 'birch'],
    ['mallow', 'alder'],
    ['nowhere', 'birch'],
    ['birch', 'birch'],
  ] as const) {
    const stream = await openStream(mallow, birchSetup);
    stream.say({ kind: 'open', ring: ring.ringId, homeSite, hostSite }, admission(1));
    await stream.untilClosed();
  }
  assert.deepEqual(scenes.openings, []);
});

test('a home cannot speak for the guests of another stream, and what is said after a guest left is not heard', async (context) => {
  const { birchSetup, ring, scenes, mallow } = await setUp(context);
  const opening: HomeMessage = { kind: 'open', ring: ring.ringId, homeSite: 'mallow', hostSite: 'birch' };
  const one = await openStream(mallow, birchSetup);
  const other = await openStream(mallow, birchSetup);
  one.say(opening, admission(1));
  other.say(opening, admission(2));
  await one.untilHeard(({ kind }) => kind === 'admitted');
  await other.untilHeard(({ kind }) => kind === 'admitted');
  other.say({ kind: 'leave', guest: 1, toward: null }, { kind: 'say', guest: 1, tab: 0, text: '{"type":"say"}' });
  one.say({ kind: 'leave', guest: 1, toward: null }, { kind: 'say', guest: 1, tab: 0, text: '{"type":"say"}' });
  await scenes.untilCommand('leave');
  other.say({ kind: 'say', guest: 2, tab: 0, text: '{"type":"typing"}' });
  await scenes.untilCommand('say');
  assert.deepEqual(
    scenes.commands.filter(({ kind }) => kind !== 'admit'),
    [
      { kind: 'leave', guest: 1, toward: null },
      { kind: 'say', guest: 2, tab: 0, text: '{"type":"typing"}' },
    ],
  );
});

test('guests whose home stops vouching for them are gone within the lease, however open its stream is', async (context) => {
  const { birchSetup, ring, scenes, birch, mallow } = await setUp(context);
  const stream = await openStream(mallow, birchSetup);
  stream.say({ kind: 'open', ring: ring.ringId, homeSite: 'mallow', hostSite: 'birch' }, admission(1));
  await stream.untilHeard(({ kind }) => kind === 'admitted');
  const admittedAt = performance.now();
  const saying = setInterval(() => stream.say({ kind: 'say', guest: 1, tab: 0, text: '{"type":"say"}' }), 200);
  context.after(() => clearInterval(saying));
  assert.equal(await scenes.untilEnd(), 'lease');
  const lastedMs = performance.now() - admittedAt;
  assert.ok(lastedMs < 8_000, `${lastedMs} ms`);
  assert.equal(birch.service.guests(), 0);
});

/** A hostile host: what it sends when somebody asks to be let in. */
async function visitHostile(context: TestContext, answer: (wire: Wire) => void) {
  const { birch, mallow } = await setUp(context);
  await mallow.node.takeWires(VISIT_PROTOCOL, { ...HOST_WIRE, maxStreams: 8 }, (_square, wire) => ({
    message: () => answer(wire),
    drained: () => undefined,
    closed: () => undefined,
  }));
  await linkWith(mallow, birch.key.square, birch.draft.addrs);
  await untilConnected(birch, mallow);
  const home = new HomeScene(birch.service, 'birch', 'mallow');
  home.tell(admission(1));
  return { home, birch };
}

const replies: readonly (readonly [string, (wire: Wire) => void])[] = [
  ['garbage', (wire) => wire.send([Buffer.from('<script>')])],
  ['a message that is too long', (wire) => wire.send([new Uint8Array(300_000)])],
  ['an answer to a ping that nobody sent', (wire) => wire.send([encodeHostMessage({ kind: 'pong', n: 9_999 })])],
  [
    'more than a scene ever says',
    (wire) => {
      const text = JSON.stringify({ filler: randomBytes(75_000).toString('base64') });
      for (let n = 0; n < 40; n += 1) {
        wire.send([encodeHostMessage({ kind: 'frame', text, except: null, only: null })]);
      }
    },
  ],
  [
    'little that unpacks to much',
    (wire) => {
      const text = JSON.stringify({ filler: 'x'.repeat(250_000) });
      for (let n = 0; n < 160; n += 1) {
        wire.send([encodeHostMessage({ kind: 'frame', text, except: null, only: null })]);
      }
    },
  ],
  ['nothing, and hangs up', (wire) => wire.abort('no')],
];
for (const [what, answer] of replies) {
  test(`a host that sends ${what} is not listened to any more`, async (context) => {
    const { home } = await visitHostile(context, answer);
    assert.match(await home.untilEnd(), /^(broken|flood|lost)$/);
  });
}

test('a host that speaks of guests whom nobody sent is not heard', async (context) => {
  const { home } = await visitHostile(context, (wire) =>
    wire.send([
      encodeHostMessage({ kind: 'admitted', guest: 77, edge: 'left', x: 0, visitor: 1 }),
      encodeHostMessage({ kind: 'frame', text: '{"type":"say"}', except: null, only: [[77, 0]] }),
      encodeHostMessage({ kind: 'ended', guest: 78, reason: 'kicked' }),
    ]),
  );
  // Given up after 2.5 s, unless the keeper of links found two of them before.
  await home.untilEnd();
  assert.ok(home.events.every((event) => event.kind === 'refused' && event.reason === 'unreachable'));
});

test('what a host says on one stream of the guests of another is not heard, in whatever order it says it', async (context) => {
  const { birch, mallow } = await setUp(context);
  const wires = new Map<number, Wire>();
  await mallow.node.takeWires(VISIT_PROTOCOL, { ...HOST_WIRE, maxStreams: 8 }, (_square, wire) => ({
    message(bytes) {
      const message = decodeHomeMessage(bytes);
      if (message?.kind !== 'admit') return;
      wires.set(message.guest, wire);
      const [one, other] = [wires.get(1), wires.get(2)];
      if (one === undefined || other === undefined) return;
      const said = JSON.stringify({ type: 'say', id: 1, text: 'psst', at: 1 });
      const about = (guest: number): Uint8Array[] => [
        encodeHostMessage({ kind: 'frame', text: said, except: null, only: [[guest, 0]] }),
        encodeHostMessage({ kind: 'admitted', guest, edge: 'left', x: 0, visitor: guest }),
        encodeHostMessage({ kind: 'ended', guest, reason: 'kicked' }),
      ];
      one.send(about(2));
      other.send(about(1));
      // The end of the one comes before the admission to the other, and what is late after both.
      one.send([encodeHostMessage({ kind: 'admitted', guest: 1, edge: 'left', x: 0, visitor: 1 })]);
      other.send([encodeHostMessage({ kind: 'refused', guest: 2, reason: 'full' })]);
      one.send(about(2));
    },
    drained: () => undefined,
    closed: () => undefined,
  }));
  await linkWith(mallow, birch.key.square, birch.draft.addrs);
  await untilConnected(birch, mallow);
  const [one, other] = [
    new HomeScene(birch.service, 'birch', 'mallow'),
    new HomeScene(birch.service, 'birch', 'mallow'),
  ];
  one.tell(admission(1));
  other.tell(admission(2));
  await one.untilEvent('admitted');
  await other.untilEvent('refused');
  assert.deepEqual(
    one.events.map((event) => [event.kind, 'guest' in event && event.guest]),
    [['admitted', 1]],
  );
  assert.deepEqual(
    other.events.map((event) => [event.kind, 'guest' in event && event.guest]),
    [['refused', 2]],
  );
});

test('a link that stalls and one that is cut in mid-frame both bring visitors home and leave no guest', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch']);
  const [alderSetup, birchSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined);
  // Whoever of the two dials does it through a valve.
  const pairs: Socket[] = [];
  const valve = async (target: number): Promise<number> => {
    const port = await freePort();
    const server = createServer((near) => {
      const far = createConnection(target, '127.0.0.1');
      pairs.push(near, far);
      for (const socket of [near, far]) socket.on('error', () => socket.destroy());
      near.pipe(far).pipe(near);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => {
      for (const socket of pairs) socket.destroy();
      server.close();
    });
    return port;
  };
  const viaValve = async (setup: SquareSetup): Promise<SquareSetup> => {
    const addrs = [`/ip4/127.0.0.1/tcp/${await valve(setup.port)}`];
    return { ...setup, draft: { ...setup.draft, addrs } };
  };
  const ring = formRing(await Promise.all(setups.map(viaValve)));
  const scenes = new GuestScenes();
  const alder = await startSquare(context, alderSetup, ring.documents, { scenes });
  const birch = await startSquare(context, birchSetup, ring.documents, { scenes });
  await alder.untilLinked(birch);
  const home = new HomeScene(alder.service, 'alder', 'birch');
  home.tell(admission(1));
  await home.untilEvent('admitted');
  for (const socket of pairs) socket.pause().unpipe();
  const stalledAt = performance.now();
  assert.match(await home.untilEnd(), /^(lost|unreachable)$/);
  const awayMs = performance.now() - stalledAt;
  assert.ok(awayMs < 10_000, `home after ${awayMs} ms`);
  await scenes.untilEnd();
  assert.equal(birch.service.guests(), 0);

  for (const socket of pairs.splice(0)) socket.destroy();
  await alder.untilLinked(birch, false);
  await alder.untilLinked(birch);
  const again = new HomeScene(alder.service, 'alder', 'birch');
  again.tell(admission(2));
  await again.untilEvent('admitted');
  // The first bytes of a frame, and never the rest.
  scenes.say({ kind: 'frame', text: JSON.stringify({ filler: 'x'.repeat(200_000) }), except: null, only: null });
  for (const socket of pairs) socket.destroy();
  assert.equal(await again.untilEnd(), 'lost');
  await until(
    'no guest',
    () => birch.service.guests() === 0 || undefined,
    (notify) => {
      const timer = setInterval(notify, 20);
      return () => clearInterval(timer);
    },
    () => birch.service.guests(),
  );
});
