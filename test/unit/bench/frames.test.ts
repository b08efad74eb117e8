import assert from 'node:assert/strict';
import test from 'node:test';
import {
  closeFrame,
  messageFrame,
  positionOf,
  POSITIONS,
  positionText,
  textFrame,
} from '../../../scripts/bench/client-frames.ts';
import { FrameSkimmer } from '../../../scripts/bench/frame-skimmer.ts';
import { malformedFrames } from '../../../scripts/bench/malformed.ts';
import { framedText } from '../../../src/realtime/ws-framing.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Feeds a stream in pieces and notes what comes out. */
function skim(stream: Buffer, pieces: readonly number[], readsPayloads: boolean): string[] {
  const heard: string[] = [];
  const skimmer = new FrameSkimmer(
    {
      onMessage: (payload) => void heard.push(payload === undefined ? 'message' : String(payload)),
      onPing: (payload) => void heard.push(`ping ${String(payload)}`),
      onClose: (code, reason) => void heard.push(`close ${code} ${reason}`),
    },
    readsPayloads,
  );
  let at = 0;
  for (const piece of [...pieces, stream.length]) {
    const to = Math.min(stream.length, at + piece);
    skimmer.feed(stream, at, to);
    at = to;
  }
  return heard;
}

const ping = Buffer.from([0x89, 2, 0x68, 0x69]);
const close = Buffer.from([0x88, 6, 0x03, 0xf5, 0x66, 0x75, 0x6c, 0x6c]);
const stream = Buffer.concat([framedText('a'), framedText(''), ping, framedText('x'.repeat(70_000)), close]);
const whole = ['a', '', 'ping hi', 'x'.repeat(70_000), 'close 1013 full'];

test('every frame is counted and read, wherever the stream is cut', () => {
  assert.deepEqual(skim(stream, [], true), whole);
  const random = seededRandom(7);
  for (let round = 0; round < 50; round += 1) {
    const pieces = Array.from({ length: 40 }, () => Math.floor(random.fraction() * 12));
    assert.deepEqual(skim(stream, pieces, true), whole);
  }
});

test('payloads that nobody reads are skipped, control frames never', () => {
  assert.deepEqual(skim(stream, [3, 1, 9], false), ['message', 'message', 'ping hi', 'message', 'close 1013 full']);
});

test('what a client sends is masked, and has its length in the form that fits', () => {
  for (const [length, head] of [
    [0, 2],
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
  ] as const) {
    const frame = textFrame(Buffer.alloc(length, 120));
    assert.equal(frame.length, head + 4 + length);
    assert.equal((frame[1] ?? 0) & 0x80, 0x80);
    assert.equal(frame.toString('utf8', head + 4), 'x'.repeat(length));
  }
  assert.equal(messageFrame({ type: 'typing', typing: true }).toString('utf8', 6), '{"type":"typing","typing":true}');
  assert.deepEqual([...closeFrame(1001)], [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]);
});

test('a position comes back from its text and from no other number', () => {
  for (const index of [0, 1, 7, 399_999, POSITIONS - 1]) assert.equal(positionOf(Number(positionText(index))), index);
  assert.equal(positionOf(Number(positionText(POSITIONS))), 0);
  for (const x of [0, 0.05, 0.95, 0.1000005, Number.NaN]) assert.equal(positionOf(x), undefined);
});

test('malformed frames are the same for the same seed', () => {
  assert.deepEqual(malformedFrames(3), malformedFrames(3));
  assert.notDeepEqual(malformedFrames(3), malformedFrames(4));
});
