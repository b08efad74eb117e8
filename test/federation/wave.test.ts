import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WAVE_PROTOCOL } from '../../federation/node/topics.ts';
import { encodeWave, WAVE_ANSWER, WAVE_LIMITS, type Wave } from '../../federation/passage/wave.ts';
import { startRawMember, siteTopic } from '../support/raw-member.ts';
import {
  figureAt,
  formRing,
  setUpSquares,
  startRing,
  startSquare,
  type SquareOptions,
} from '../support/ring-of-squares.ts';

type Heard = Parameters<NonNullable<SquareOptions['onWave']>>;

test('a raised hand is seen over the hill, and answered it is heard by whoever raised it', async (context) => {
  const heard: Heard[] = [];
  const { squares } = await startRing(context, ['alder', 'birch', 'cedar'], { onWave: (...wave) => heard.push(wave) });
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  await alder.untilLinked(birch);
  birch.populate({ count: 2, figures: [figureAt(0.2, 4), { ...figureAt(0.9, 5), pose: 'wave' }] });
  const gate = await alder.untilGate('right', ({ figures }) => figures.some(({ pose }) => pose === 'wave'));
  const hand = gate.figures.find(({ pose }) => pose === 'wave');
  assert.ok(hand !== undefined);
  alder.service.wave('alder', 'right', hand.h);
  alder.service.wave('alder', 'right');
  assert.equal(alder.counted('wave-out', 'too-often'), 1);
  await birch.untilCounted('wave-in', 'shown');
  assert.deepEqual(heard, [['birch', 'left', 5]]);
  await alder.untilCounted('wave-out', 'sent');
  birch.service.wave('birch', 'left');
  await alder.untilCounted('wave-in', 'shown');
  assert.deepEqual(heard[1], ['alder', 'right', undefined]);
  assert.equal(heard.length, 2, 'each at one site');
});

test('two sites of one square wave at each other without any network', async (context) => {
  const [setup] = await setUpSquares(context, ['alder'], () => ['alder', 'meadow', 'moor']);
  assert.ok(setup !== undefined);
  const heard: Heard[] = [];
  const square = await startSquare(context, setup, formRing([setup]).documents, {
    onWave: (...wave) => heard.push(wave),
  });
  square.service.wave('meadow', 'left');
  square.service.wave('nowhere', 'left');
  assert.deepEqual(heard, [['alder', 'right', undefined]]);
});

test('a square that shares nothing is not waved at, and whoever waves does not learn it', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch']);
  const [alderSetup, birchSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined);
  const { documents } = formRing(setups);
  const heard: Heard[] = [];
  const onWave: SquareOptions['onWave'] = (...wave) => heard.push(wave);
  const alder = await startSquare(context, alderSetup, documents, { onWave });
  const birch = await startSquare(context, birchSetup, documents, { onWave, site: { sharing: 'nothing' } });
  await alder.untilLinked(birch);
  alder.service.wave('alder', 'right');
  await birch.untilCounted('wave-in', 'closed');
  await alder.untilCounted('wave-out', 'sent');
  birch.service.wave('birch', 'left');
  assert.equal(birch.counted('wave-out', 'closed'), 1);
  assert.deepEqual(heard, []);
});

test('a wave in the name of another site is not shown, a flood of them shows one, and nonsense is blamed', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [, birchSetup, mallowSetup] = setups;
  assert.ok(birchSetup !== undefined && mallowSetup !== undefined);
  const ring = formRing(setups);
  const heard: Heard[] = [];
  const birch = await startSquare(context, birchSetup, ring.documents, { onWave: (...wave) => heard.push(wave) });
  const mallow = await startRawMember(context, mallowSetup);
  await mallow.join(birchSetup, siteTopic(ring.ringId, 'alder'));
  const ask = async (bytes: Uint8Array) => mallow.node.ask(birch.key.square, WAVE_PROTOCOL, bytes, WAVE_LIMITS);
  const wave: Wave = { ring: ring.ringId, fromSite: 'mallow', toSite: 'birch', side: 'left' };

  assert.deepEqual(Uint8Array.from(await ask(encodeWave({ ...wave, fromSite: 'alder', side: 'right' }))), WAVE_ANSWER);
  assert.deepEqual(heard, [], 'not its site');
  const begunAt = performance.now();
  for (let n = 0; n < 10; n += 1) await ask(encodeWave(wave));
  assert.deepEqual(heard[0], ['birch', 'right', undefined]);
  assert.ok(heard.length <= 1 + (performance.now() - begunAt) / 2_000, `${heard.length} shown`);
  assert.equal(birch.counted('wave-in', 'too-often'), 10 - heard.length);
  await assert.rejects(ask(encodeWave({ ...wave, ring: '00'.repeat(32) })), 'a ring that is not shared');
  await assert.rejects(ask(new Uint8Array(WAVE_LIMITS.questionMaxBytes + 1)), 'oversize');
  for (let turn = 0; turn < 12; turn += 1) await ask(Buffer.from('not a wave')).catch(() => {});
  await birch.untilLinked(mallow, false);
});
