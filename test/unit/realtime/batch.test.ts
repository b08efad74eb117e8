import assert from 'node:assert/strict';
import test from 'node:test';
import { decodePositions, encodePositions } from '../../../src/protocol/compact.ts';
import type { ServerFrame } from '../../../src/protocol/frames.ts';
import { EVERYBODY } from '../../../src/realtime/audience.ts';
import { Batch } from '../../../src/realtime/batch.ts';
import { OutgoingFrame } from '../../../src/realtime/encode.ts';
import { moveView } from '../../support/scene-frames.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const move = (id: number, x: number): ServerFrame => ({ type: 'move', ...moveView(id, x) });
const sit = (id: number): ServerFrame => ({ type: 'move', ...moveView(id, 0.2, { pose: 'sitting', propId: 'bench' }) });
const typing = (id: number): ServerFrame => ({ type: 'typing', id, typing: true });

function batchOf(...frames: readonly (ServerFrame | undefined)[]): Batch {
  const outgoing = frames.map((frame) => {
    if (frame === undefined) return undefined;
    return new OutgoingFrame(frame, EVERYBODY);
  });
  return new Batch(outgoing, 'compact');
}

/** Messages of a batch: positions as `id@x`, others by type. */
function read(bytes: Buffer): string[] {
  const heard: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1] ?? 0;
    const [head, length] = short < 126 ? [2, short] : [4, bytes.readUInt16BE(at + 2)];
    const payload = bytes.subarray(at + head, at + head + length);
    const positions = bytes[at] === 0x82 ? decodePositions(payload) : undefined;
    if (positions === undefined) heard.push(/"type":"(\w+)"/.exec(String(payload))?.[1] ?? '?');
    else heard.push(positions.map(({ id, x }) => `${id}@${x.toFixed(3)}`).join(' '));
    at += head + length;
  }
  return heard;
}

test('steps with nothing between them are one binary message, and everything keeps its order', () => {
  const batch = batchOf(move(1, 0.1), undefined, move(2, 0.2), typing(3), move(1, 0.3), sit(4), move(5, 0.5));
  assert.deepEqual(read(batch.bytes), ['1@0.100 2@0.200', 'typing', '1@0.300', 'move', '5@0.500']);
});

test('leaving a place out never cuts a message', () => {
  const frames = [move(1, 0.1), move(2, 0.2), typing(3), undefined, move(4, 0.4), move(5, 0.5), sit(6)];
  const batch = batchOf(...frames);
  for (const place of frames.keys()) {
    const without = Buffer.concat([
      batch.bytes.subarray(0, batch.startOf(place)),
      batch.bytes.subarray(batch.endOf(place)),
    ]);
    const expected = ['1@0.100 2@0.200', 'typing', '4@0.400 5@0.500', 'move'];
    if (place === 2) expected.splice(1, 1);
    if (place === 6) expected.splice(3, 1);
    assert.deepEqual(read(without), expected, `without ${place}`);
  }
  assert.deepEqual(read(batch.bytes.subarray(batch.startOf(5))), ['4@0.400 5@0.500', 'move']);
  assert.deepEqual(read(batch.bytes.subarray(batch.startOf(3))), ['4@0.400 5@0.500', 'move']);
  assert.equal(batch.startOf(99), batch.bytes.length);
});

test('a step that is not for everybody stays a message of its own', () => {
  const batch = new Batch(
    [move(1, 0.1), move(2, 0.2)].map((frame) => new OutgoingFrame(frame)),
    'compact',
  );
  assert.deepEqual(read(batch.bytes), ['1@0.100', '2@0.200']);
});

test('positions come back within a thousandth of a pixel, for every id there can be', () => {
  const random = seededRandom(5);
  const sent = Array.from({ length: 1_000 }, () => ({
    id: Math.floor(random.fraction() * 2 ** 32),
    x: random.fraction(),
  }));
  sent.push({ id: 1, x: 0 }, { id: 2 ** 32 - 1, x: 1 });
  const read_ = decodePositions(encodePositions(sent)) ?? [];
  assert.equal(read_.length, sent.length);
  for (const [index, { id, x }] of sent.entries()) {
    assert.equal(read_[index]?.id, id);
    assert.ok(Math.abs((read_[index]?.x ?? 9) - x) < 1e-7);
  }
});

test('what is cut or of another kind is not read', () => {
  const whole = encodePositions([{ id: 1, x: 0.5 }]);
  for (let length = 0; length < whole.length; length += 1) {
    if (length !== 1) assert.equal(decodePositions(whole.subarray(0, length)), undefined, `cut to ${length}`);
  }
  assert.equal(decodePositions(Uint8Array.of(2, ...whole.subarray(1))), undefined);
});
