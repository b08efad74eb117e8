/**
 * Who hears what, frame by frame, as it stands on the wire: sender, sibling tab, other visitor, the same other visitor as
 * a ring client, and a spectator. Frames are compared whole, so a key too many fails as well as a key too few.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeLook } from '../../src/protocol/look.ts';
import { settled, type LiveClient } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare } from '../support/live-square.ts';

const look = encodeLook({ coat: 1, headwear: 2, carried: 3 });
const hat = encodeLook({ coat: 1, headwear: 4, carried: 3 });
const resident = { look, resident: true };

interface Cast {
  readonly square: LiveSquare;
  /** A ring client, so that there are facts which classic clients must not see. */
  readonly sender: LiveClient;
  /** The sender's other tab, a classic client. */
  readonly sibling: LiveClient;
  readonly other: LiveClient;
  readonly ring: LiveClient;
  /** Hears what the classic other hears. */
  readonly spectator: LiveClient;
}

interface Row {
  readonly what: string;
  readonly deed: (cast: Cast) => void | Promise<void>;
  readonly sender: readonly object[];
  readonly sibling: readonly object[];
  readonly other: readonly object[];
  /** When it differs from what the classic other hears. */
  readonly ring?: readonly object[];
}

const at = 1_767_225_600_000;
const figure = { id: 1, x: 0.19, pose: null, propId: null, displayName: 'Ada', color: '#c8641f' };
const reading = { readingLabel: '', readingUrl: '', readingActive: true, widgetVisible: true };
const moved = { type: 'move', ...figure, x: 0.4, ...reading };
const sat = { type: 'move', ...figure, pose: 'sitting', propId: 'bench', ...reading };
const page = { type: 'reading', id: 1, ...reading, readingLabel: 'ferns', readingUrl: 'https://a.example/ferns' };
const said = { type: 'say', id: 1, text: 'hello', at };
const typing = { type: 'typing', id: 1, typing: true };
const renamed = { type: 'profile', ...figure, displayName: 'Ada L', isOwner: false };
const all = (frame: object) => ({ sender: [frame], sibling: [frame], other: [frame] });
const notSender = (frame: object) => ({ sender: [], sibling: [frame], other: [frame] });
/** What a step costs a ring client. */
const stepOf = ({ type, id, x, pose, propId }: typeof moved | typeof sat) => ({ type, id, x, pose, propId });
const nobody = { sender: [], sibling: [], other: [] };
const send = (message: object) => (cast: Cast) => cast.sender.send(message);

const rows: readonly Row[] = [
  { what: '15: move', deed: send({ type: 'move', x: 0.4 }), ...notSender(moved), ring: [stepOf(moved)] },
  {
    what: '15: action jump',
    deed: send({ type: 'action', action: 'jump', targetId: 3 }),
    ...notSender({ type: 'action', id: 1, action: 'jump' }),
  },
  {
    what: '15: action high-five',
    deed: send({ type: 'action', action: 'high-five', targetId: 2 }),
    ...notSender({ type: 'action', id: 1, action: 'high-five', targetId: 2 }),
  },
  { what: '15: say', deed: send({ type: 'say', text: ' hello ' }), ...notSender(said) },
  {
    what: '16: settle, a move with a pose',
    deed: send({ type: 'settle', propId: 'bench' }),
    ...all(sat),
    sender: [stepOf(sat)],
    ring: [stepOf(sat)],
  },
  {
    what: '16: profile with another name',
    deed: send({ type: 'profile', displayName: 'Ada L', color: '#c8641f', look }),
    sender: [{ ...renamed, ring: resident }],
    sibling: [renamed],
    other: [renamed],
    ring: [{ ...renamed, ring: resident }],
  },
  {
    what: '16: profile with another hat, which only ring clients can see',
    deed: send({ type: 'profile', displayName: 'Ada', color: '#c8641f', look: hat }),
    sender: [{ type: 'profile', ...figure, isOwner: false, ring: { look: hat, resident: true } }],
    sibling: [],
    other: [],
    ring: [{ type: 'profile', ...figure, isOwner: false, ring: { look: hat, resident: true } }],
  },
  { what: '16: reading', deed: send({ type: 'reading', readingUrl: 'https://a.example/ferns' }), ...all(page) },
  { what: '16: typing', deed: send({ type: 'typing', typing: true }), ...all(typing) },
  { what: '25: sceneConfig', deed: send({ type: 'sceneConfig', sceneConfig: { benches: 0 } }), ...nobody },
  { what: 'ring: privacy', deed: send({ type: 'privacy', beyondHill: false }), ...nobody },
  {
    what: 'ring: gate, answered to the sender alone',
    deed: send({ type: 'gate', side: 'left' }),
    ...nobody,
    sender: [{ type: 'passage', side: 'left', refused: 'no-neighbour' }],
  },
  { what: '6: a second init', deed: send({ type: 'init', displayName: 'Eve' }), ...nobody },
  { what: '18: a move off the strip', deed: send({ type: 'move', x: 1.5 }), ...nobody },
  {
    what: '10: a newcomer',
    deed: async ({ square }) =>
      void (await (await square.connect()).join({ ring: 1, look, displayName: 'Cy', x: 0.5 })),
    ...all({
      type: 'join',
      peer: { ...figure, id: 4, x: 0.5, displayName: 'Cy', ...reading, isOwner: false, messages: [] },
    }),
    sender: [
      {
        type: 'join',
        peer: { ...figure, id: 4, x: 0.5, displayName: 'Cy', ...reading, isOwner: false, messages: [], ring: { look } },
      },
    ],
    ring: [
      {
        type: 'join',
        peer: { ...figure, id: 4, x: 0.5, displayName: 'Cy', ...reading, isOwner: false, messages: [], ring: { look } },
      },
    ],
  },
  {
    what: '13: somebody who leaves by closing the page',
    deed: async ({ square, sender, other }) => {
      const visitor = await square.connect();
      await visitor.join();
      await visitor.close();
      await settled(sender, other);
      for (const client of [sender, other]) await client.next('join');
      square.clock.advance(1_500);
    },
    sender: [{ type: 'leave', id: 4 }],
    sibling: [{ type: 'leave', id: 4 }],
    other: [{ type: 'leave', id: 4 }],
  },
  {
    what: 'ring: somebody who leaves through a gate',
    deed: async ({ square, sender, other }) => {
      square.ring.passage = () => Promise.resolve({ ok: true, url: 'https://quay.example/' });
      const visitor = await square.connect();
      await visitor.join({ ring: 1 });
      visitor.send({ type: 'gate', side: 'right' });
      await visitor.next('passage');
      await visitor.close();
      await settled(sender, other);
    },
    sender: [{ type: 'leave', id: 4, toward: 'right' }],
    sibling: [{ type: 'leave', id: 4 }],
    other: [{ type: 'leave', id: 4 }],
    ring: [{ type: 'leave', id: 4, toward: 'right' }],
  },
];

for (const row of rows) {
  test(`${row.what}: sender, sibling tab, other visitor, ring client, spectator each hear exactly what they should`, async (t) => {
    const cast = await castOf(await startLiveSquare(t));
    const { sender, sibling, other, ring, spectator } = cast;
    await row.deed(cast);
    await settled(sender, sibling, other, ring, spectator);
    const heard = (client: LiveClient): unknown[] => client.take().filter((frame) => !isEntrance(frame, row));
    assert.deepEqual(heard(sender), row.sender, 'sender');
    assert.deepEqual(heard(sibling), row.sibling, 'sibling tab');
    assert.deepEqual(heard(other), row.other, 'classic other');
    assert.deepEqual(heard(spectator), row.other, 'spectator');
    assert.deepEqual(heard(ring), row.ring ?? row.other, 'ring other');
  });
}

/** In the rows about leaving, the join that had to come first. */
function isEntrance(frame: { readonly type: string }, row: Row): boolean {
  return frame.type === 'join' && row.what.includes('leaves');
}

async function castOf(square: LiveSquare): Promise<Cast> {
  const [sender, sibling, other, ring, spectator] = await Promise.all([
    square.connect(),
    square.connect(),
    square.connect(),
    square.connect(),
    square.connect('watch=1'),
  ]);
  const ada = await sender.join({ browserId: 'ada', displayName: 'Ada', x: 0.19, ring: 1, look, resident: true });
  await sibling.join({ browserId: 'ada', browserSecret: ada.browserSecret });
  await other.join({ browserId: 'ben', displayName: 'Ben', x: 0.2 });
  await ring.join({ browserId: 'cat', displayName: 'Cat', x: 0.2, ring: 1 });
  await spectator.join();
  await settled(sender, sibling, other, ring, spectator);
  for (const client of [sender, sibling, other, ring, spectator]) client.take();
  return { square, sender, sibling, other, ring, spectator };
}
