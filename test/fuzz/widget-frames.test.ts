/** Everything that a square, its own or another's, may say to the strip in a browser: frames as text, and positions as bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { lastWayFrom } from '../../public/widget/alone/last-way.ts';
import { boardFrom } from '../../public/widget/model/board.ts';
import { decodeBeyond, type Beyond } from '../../public/widget/hill/beyond.ts';
import { decodeFrame, record } from '../../public/widget/model/decode.ts';
import { decodePositions, encodePositions } from '../../src/protocol/compact.ts';
import { HORIZON_POSES } from '../../src/protocol/frames.ts';
import { LOOK_COUNT } from '../../src/protocol/look.ts';
import { decodeViewSteps, encodeViewSteps } from '../../src/protocol/view-steps.ts';
import { fuzzRuns, spoilt } from '../support/fuzzing.ts';
import { gate, visitor } from '../support/fake-square.ts';

const RUNS = fuzzRuns(2_000);

/** Half a unit in the 24 bits of a position. */
const X_ERROR = 0.5 / 0xff_ffff;

const bytesOf = (value: object): Uint8Array => new Uint8Array(Buffer.from(JSON.stringify(value)));
const side = fc.constantFrom('left', 'right');
const anything = fc.oneof(fc.jsonValue(), fc.anything({ maxDepth: 2 }), fc.double(), fc.string({ maxLength: 300 }));
const orAnything = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: value, weight: 5 }, { arbitrary: anything, weight: 1 });

const figure = orAnything(
  fc.record(
    {
      h: orAnything(fc.string({ maxLength: 8 })),
      x: orAnything(fc.double({ min: 0, max: 1, noNaN: true })),
      color: orAnything(fc.nat(20)),
      pose: orAnything(fc.constantFrom(...HORIZON_POSES)),
      walking: orAnything(fc.boolean()),
      name: orAnything(fc.string({ maxLength: 40 })),
      look: orAnything(fc.nat(LOOK_COUNT)),
    },
    { requiredKeys: [] },
  ),
);
/** Frames of the second file, with whatever may stand where something else should. */
const beyond = fc.record(
  {
    type: fc.constantFrom('view', 'hopped', 'waved', 'other'),
    side: orAnything(side),
    edge: orAnything(side),
    refused: orAnything(fc.constantFrom('closed', 'full', 'lost')),
    home: orAnything(fc.constantFrom('asked', 'kicked')),
    site: orAnything(fc.record({ name: orAnything(fc.string()), url: orAnything(fc.webUrl()) }, { requiredKeys: [] })),
    isWhole: orAnything(fc.boolean()),
    count: orAnything(fc.nat()),
    figures: orAnything(fc.array(figure, { maxLength: 80 })),
    gone: orAnything(fc.array(orAnything(fc.string({ maxLength: 100 })), { maxLength: 80 })),
    said: orAnything(
      fc.array(orAnything(fc.record({ h: orAnything(fc.string()), text: orAnything(fc.string({ maxLength: 999 })) })), {
        maxLength: 30,
      }),
    ),
    to: orAnything(fc.nat()),
  },
  { requiredKeys: ['type'] },
);

function assertWithinBounds(read: Beyond | undefined): void {
  if (read === undefined) return;
  if (read.type === 'view') {
    const { count, figures, gone, said } = read.seen;
    assert.ok(count >= 0 && count <= 1e6, 'count');
    assert.ok(figures.length <= 60 && gone.length <= 60 && said.length <= 16, 'lengths');
    for (const { h, x, color, pose, name, look } of figures) {
      assert.ok(h !== '' && h.length <= 64 && x >= 0 && x <= 1 && color >= 0 && color <= 11, 'figure');
      assert.ok(HORIZON_POSES.includes(pose) && name.length <= 18 && (look === undefined || look.coat < 12), 'look');
    }
    for (const h of gone) assert.ok(h !== '' && h.length <= 64, 'gone');
    for (const { h, text } of said) assert.ok(h !== '' && text !== '' && text.length <= 140, 'said');
  } else if (read.type === 'away') {
    assert.match(read.place.url, /^https?:/);
    assert.ok(read.place.name !== '' && read.place.name.length <= 200);
  } else if (read.type === 'waved') assert.ok(read.to === undefined || read.to >= 1);
}

test('whatever a square says of what is over the hill, the strip takes what it can draw, within its bounds', () => {
  fc.assert(
    fc.property(beyond, (frame) => assertWithinBounds(decodeBeyond(record(frame)))),
    RUNS,
  );
  fc.assert(
    fc.property(fc.anything(), (value) => assertWithinBounds(decodeBeyond(record(value)))),
    RUNS,
  );
});

test('whatever a square says of its board and of steps on the path, no more is drawn than fits', () => {
  const note = fc.record({ text: orAnything(fc.string({ maxLength: 2_000 })), at: orAnything(fc.double()) });
  const notes = orAnything(fc.array(orAnything(note), { maxLength: 40 }));
  fc.assert(
    fc.property(anything, notes, (messageBoard, pinned) => {
      const board = boardFrom(messageBoard, pinned);
      if (board === undefined) return;
      assert.ok(board.x >= 0 && board.x <= 1 && board.title.length <= 80 && board.body.length <= 1_000);
      assert.equal(board.notes === undefined, !Array.isArray(pinned));
      assert.ok((board.notes ?? []).length <= 10);
      for (const { text, at } of board.notes ?? []) {
        assert.ok(text !== '' && text.length <= 700 && at >= 0 && at <= Number.MAX_SAFE_INTEGER);
      }
    }),
    RUNS,
  );
  const prints = fc.record({ x: anything, heading: orAnything(side), minutesAgo: orAnything(fc.double()) });
  fc.assert(
    fc.property(prints, (value) => {
      const read = lastWayFrom(value);
      assert.ok(read === undefined || (read.x >= 0 && read.x <= 1 && read.minutesAgo >= 0));
    }),
    RUNS,
  );
});

test('frames that were spoilt on their way never break the strip', () => {
  const samples: readonly Uint8Array[] = [
    { type: 'hello', ...visitor(1, 0.5), peers: [visitor(2, 0.1)], chatThrottleMs: 300 },
    { type: 'neighbours', left: gate('Moss', 'http://moss.example/'), right: null },
    { type: 'passage', side: 'left', url: 'http://moss.example/', code: 'A'.repeat(22) },
    { type: 'hopped', site: { name: 'Moss', url: 'http://moss.example/' }, edge: 'left', x: 0.1 },
    { type: 'view', side: 'left', isWhole: true, count: 1, figures: [{ h: 'ab', x: 0.5 }], gone: [], said: [] },
  ].map(bytesOf);
  fc.assert(
    fc.property(fc.oneof(...samples.map(spoilt)), (bytes) => {
      const frame = decodeFrame(Buffer.from(bytes).toString());
      if (frame?.type === 'extra') assertWithinBounds(decodeBeyond(frame.source));
    }),
    RUNS,
  );
});

test('positions arrive as they were sent; bytes that are no whole message of them are refused', () => {
  const position = fc.record({ id: fc.nat(0xffff_ffff), x: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(position, { maxLength: 20 }), (positions) => {
      const read = decodePositions(encodePositions(positions)) ?? [];
      assert.deepEqual(
        read.map(({ id }) => id),
        positions.map(({ id }) => id),
      );
      for (const [index, { x }] of read.entries()) assert.ok(Math.abs(x - (positions[index]?.x ?? -1)) <= X_ERROR);
    }),
    RUNS,
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    spoilt(
      encodePositions([
        { id: 7, x: 0.25 },
        { id: 8, x: 1 },
      ]),
    ),
  );
  fc.assert(
    fc.property(bytes, fc.nat(3), (message, offset) => {
      // As a socket may hand it over: somewhere within a larger buffer.
      const within = new Uint8Array(offset + message.length + 5).fill(0xff);
      within.set(message, offset);
      const read = decodePositions(within.subarray(offset, offset + message.length));
      const isWhole = message[0] === 1 && (message.length - 1) % 7 === 0;
      assert.equal(read !== undefined, isWhole);
      if (read !== undefined) assert.deepEqual(Buffer.from(encodePositions(read)), Buffer.from(message));
      for (const { x } of read ?? []) assert.ok(x >= 0 && x <= 1);
      decodeFrame(message.slice().buffer);
    }),
    RUNS,
  );
});

test('what figures over the hill did arrives as it was sent; bytes that mean nothing are refused', () => {
  const step = fc.record(
    {
      h: fc.nat(0xffff_ffff).map((name) => name.toString(16).padStart(8, '0')),
      x: fc.nat(0xffff).map((place) => place / 0xffff),
      pose: fc.constantFrom(...HORIZON_POSES),
      walking: fc.boolean(),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(side, fc.array(step, { maxLength: 60 }), (at, steps) => {
      assert.deepEqual(decodeViewSteps(encodeViewSteps(at, steps)), { side: at, steps });
      const seen = decodeBeyond({ bytes: encodeViewSteps(at, [...steps, ...steps]) });
      assert.ok(seen?.type === 'steps' && seen.steps.length === Math.min(60, steps.length * 2));
    }),
    RUNS,
  );
  const sample = encodeViewSteps('right', [{ h: '00c0ffee', x: 1, pose: 'wave', walking: true }]);
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), spoilt(sample)), fc.nat(3), (bytes, offset) => {
      const shifted = new Uint8Array(offset + bytes.length).subarray(offset);
      shifted.set(bytes);
      const read = decodeViewSteps(shifted);
      if (read !== undefined) assert.deepEqual(encodeViewSteps(read.side, read.steps), new Uint8Array(bytes));
      const frame = decodeFrame(new Uint8Array(bytes).buffer);
      const over = frame?.type === 'extra' ? decodeBeyond(frame.source) : undefined;
      assert.equal(over?.type, read && 'steps');
    }),
    RUNS,
  );
});
