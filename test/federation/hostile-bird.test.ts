import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BIRD_LIMITS, decodeTaken, encodeHandOver, sealRound } from '../../federation/bird/round.ts';
import { BIRD_PROTOCOL } from '../../federation/node/topics.ts';
import type { BirdNews } from '../../federation/types.ts';
import { linkWith, startRawMember } from '../support/raw-member.ts';
import { formRing, setUpSquares, startSquare } from '../support/ring-of-squares.ts';

test('over a real link a forged bird and garbage bring nobody a bird, and one of the roost is seen once', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [alder, birch, mallowSetup] = setups;
  assert.ok(alder !== undefined && birch !== undefined && mallowSetup !== undefined);
  const { documents, ringId } = formRing(setups);
  const shown: BirdNews[] = [];
  const square = await startSquare(context, birch, documents, {
    birdStayMs: 60_000,
    bird: {
      show: (_site, news) => shown.push(news),
      roosts: { read: () => undefined, save: () => true },
    },
  });
  const mallow = await startRawMember(context, mallowSetup);
  const ask = async (question: Uint8Array): Promise<Uint8Array> => {
    await linkWith(mallow, birch.key.square, birch.draft.addrs);
    return mallow.node.ask(birch.key.square, BIRD_PROTOCOL, question, BIRD_LIMITS);
  };
  const round = (signer: typeof alder.key): Uint8Array =>
    sealRound({ ring: ringId, number: 1, until: Date.now() + 250_000 }, signer);
  const way = { fromSite: 'mallow', toSite: 'birch', side: 'left', flight: 1, leftMs: 250_000 } as const;
  assert.equal(decodeTaken(await ask(encodeHandOver(ringId, { round: round(mallow.key), ...way }))), false);
  assert.equal(square.counted('bird-heard', 'forged'), 1);
  await assert.rejects(ask(Buffer.from('tweet')));
  await assert.rejects(ask(new Uint8Array(10_000)));
  assert.equal(shown.length, 0);
  const good = encodeHandOver(ringId, { round: round(alder.key), ...way });
  assert.equal(decodeTaken(await ask(good)), true);
  assert.equal(decodeTaken(await ask(good)), false);
  assert.deepEqual(
    shown.map((news) => [news.action, 'from' in news && news.from]),
    [['come', 'right']],
  );
});

test('a square that takes no part in the bird says so, and one that knows nothing of it is told apart from a lost answer', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'mallow']);
  const [alder, birch, mallowSetup] = setups;
  assert.ok(alder !== undefined && birch !== undefined && mallowSetup !== undefined);
  const { documents, ringId } = formRing(setups);
  await startSquare(context, birch, documents);
  const mallow = await startRawMember(context, mallowSetup);
  await linkWith(mallow, birch.key.square, birch.draft.addrs);
  const round = sealRound({ ring: ringId, number: 1, until: Date.now() + 250_000 }, alder.key);
  const way = { fromSite: 'mallow', toSite: 'birch', side: 'left', flight: 1, leftMs: 250_000 } as const;
  const question = encodeHandOver(ringId, { round, ...way });
  assert.equal(decodeTaken(await mallow.node.ask(birch.key.square, BIRD_PROTOCOL, question, BIRD_LIMITS)), false);
  await assert.rejects(mallow.node.ask(birch.key.square, '/townring/beast/1', question, BIRD_LIMITS), {
    name: 'UnsupportedProtocolError',
  });
});
