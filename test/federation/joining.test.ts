import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { callSquare } from '../../federation/node/call-square.ts';
import { generateSquareKey } from '../../federation/node/identity.ts';
import { DOCUMENTS_PROTOCOL, JOIN_PROTOCOL, siteTopic, STATE_PROTOCOL } from '../../federation/node/topics.ts';
import { JOIN_LIMITS } from '../../federation/governance/request.ts';
import type { Log } from '../../federation/types.ts';
import { startRawMember } from '../support/raw-member.ts';
import { figureAt, formRing, setUpSquares, startSquare } from '../support/ring-of-squares.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
const echo = async (square: string, bytes: Uint8Array) => Buffer.from(`${square} ${Buffer.from(bytes).toString()}`);

test('a stranger can hand over a request under its own key, and nothing else', async (context) => {
  const [moss, lantern] = await setUpSquares(context, ['moss', 'lantern']);
  assert.ok(moss !== undefined && lantern !== undefined);
  const ring = formRing([moss, lantern]);
  const square = await startSquare(context, moss, ring.documents, { answerRequest: echo });
  const key = await generateSquareKey();
  const call = (protocol: string, question: Uint8Array, limits = JOIN_LIMITS) =>
    callSquare({ key, log: silent }, { square: moss.key.square, addrs: moss.draft.addrs }, protocol, question, limits);

  assert.equal((await call(JOIN_PROTOCOL, Buffer.from('let me in'))).toString(), `${key.square} let me in`);
  for (const protocol of [DOCUMENTS_PROTOCOL, STATE_PROTOCOL]) await assert.rejects(call(protocol, Buffer.from('x')));
  const oversize = new Uint8Array(JOIN_LIMITS.questionMaxBytes + 1);
  await assert.rejects(call(JOIN_PROTOCOL, oversize, { ...JOIN_LIMITS, questionMaxBytes: oversize.byteLength }));
  assert.ok(square.counted('join-request', 'answered') >= 1);
});

test('a stranger inside the gate hears nothing of the ring', async (context) => {
  const [moss, lantern] = await setUpSquares(context, ['moss', 'lantern']);
  assert.ok(moss !== undefined && lantern !== undefined);
  const ring = formRing([moss, lantern]);
  const square = await startSquare(context, moss, ring.documents, { answerRequest: echo });
  const other = await startSquare(context, lantern, ring.documents);
  await square.untilLinked(other);
  const topic = siteTopic(ring.ringId, 'moss');
  const stranger = await startRawMember(context, undefined, [topic]);
  await stranger.node.dial(moss.key.square, moss.draft.addrs, 5_000);
  square.populate({ count: 1, figures: [figureAt(0.5)] });
  await other.untilGate('left', ({ count }) => count === 1);
  // What was meant for a member has arrived there; a stranger would have had it on the same way.
  await stranger.node.ask(moss.key.square, JOIN_PROTOCOL, Buffer.from('x'), JOIN_LIMITS);
  assert.deepEqual(stranger.heard, []);
});

test('strangers come in a few at a time, and members are let in all the same', async (context) => {
  const [moss, lantern] = await setUpSquares(context, ['moss', 'lantern']);
  assert.ok(moss !== undefined && lantern !== undefined);
  const ring = formRing([moss, lantern]);
  const square = await startSquare(context, moss, ring.documents, { answerRequest: echo });
  const to = { square: moss.key.square, addrs: moss.draft.addrs };
  let turnedAway = 0;
  for (let at = 0; at < 14; at++) {
    const key = await generateSquareKey();
    await callSquare({ key, log: silent }, to, JOIN_PROTOCOL, Buffer.from('x'), JOIN_LIMITS).catch(() => turnedAway++);
  }
  assert.ok(turnedAway >= 2, `${turnedAway} of 14 were turned away`);
  assert.ok(square.counted('connection-refused', 'stranger') >= 2);
  const other = await startSquare(context, lantern, ring.documents);
  await square.untilLinked(other);
});

test('a square that takes no requests turns every stranger away', async (context) => {
  const [moss] = await setUpSquares(context, ['moss']);
  assert.ok(moss !== undefined);
  await startSquare(context, moss, formRing([moss]).documents);
  const key = await generateSquareKey();
  const to = { square: moss.key.square, addrs: moss.draft.addrs };
  await assert.rejects(callSquare({ key, log: silent }, to, JOIN_PROTOCOL, Buffer.from('x'), JOIN_LIMITS));
});

test('a square that hangs up instead of answering is not waited for', async (context) => {
  const rude = await startRawMember(context);
  const [address = ''] = rude.node.addresses();
  await rude.node.answer(JOIN_PROTOCOL, { ...JOIN_LIMITS, maxStreams: 1, isForStrangers: true }, async (square) => {
    await rude.node.hangUp(square);
    return new Promise(() => undefined);
  });
  const key = await generateSquareKey();
  const limits = { ...JOIN_LIMITS, timeoutMs: 600_000 };
  const to = { square: rude.key.square, addrs: [address] };
  await assert.rejects(callSquare({ key, log: silent }, to, JOIN_PROTOCOL, Buffer.from('x'), limits));
});

test('a command that asks a square which cuts the link around its answer comes to an end by itself', async (context) => {
  const rude = await startRawMember(context);
  const [address = ''] = rude.node.addresses();
  let asked = 0;
  await rude.node.answer(JOIN_PROTOCOL, { ...JOIN_LIMITS, maxStreams: 8, isForStrangers: true }, async (square) => {
    asked += 1;
    setTimeout(() => void rude.node.hangUp(square), asked % 25);
    return Buffer.from('answer');
  });
  const asking = join(import.meta.dirname, '../support/asking-process.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [asking, rude.key.square, address, '75']);
  assert.equal(stdout, '75');
});
