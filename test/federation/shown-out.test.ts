/** A square that was shown out of its ring hears of it from the squares that did it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { removeMember } from '../../federation/governance/members-list.ts';
import { callSquare } from '../../federation/node/call-square.ts';
import { DOCUMENTS_LIMITS, encodeDocumentsQuestion } from '../../federation/node/document-pull.ts';
import { DOCUMENTS_PROTOCOL } from '../../federation/node/topics.ts';
import type { Log } from '../../federation/types.ts';
import { formRing, publish, setUpSquares, startSquare, type TestSquare } from '../support/ring-of-squares.ts';

async function untilShownOut({ rings, key }: TestSquare): Promise<string> {
  const reason = () => rings.all()[0]?.members.revoked.find(({ square }) => square === key.square)?.reason;
  const now = reason();
  if (now !== undefined) return now;
  return new Promise((resolve, reject) => {
    const guard = setTimeout(() => reject(new Error('it was never told')), 30_000);
    const stop = rings.onChange(() => {
      const told = reason();
      if (told === undefined) return;
      stop();
      clearTimeout(guard);
      resolve(told);
    });
  });
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
const options = { answerRequest: async () => undefined, log: silent };

test('whether it runs or was away at the time', async (t) => {
  // Whoever has the lowest id dials, at once; others dial after two minutes (link-keeper.test.ts).
  const setups = (await setUpSquares(t, ['alder', 'birch', 'cedar'])).toSorted((a, b) =>
    a.key.square < b.key.square ? -1 : 1,
  );
  const [lowest, middle, highest] = setups;
  assert.ok(lowest !== undefined && middle !== undefined && highest !== undefined);
  const ring = formRing(setups);
  const next = publish(ring, (list) =>
    removeMember(list, lowest.key.square, { now: Date.now(), reason: 'does not answer mail' }),
  );
  const [one, other] = await Promise.all(
    [middle, highest].map((setup) => startSquare(t, setup, ring.documents, options)),
  );
  assert.ok(one !== undefined && other !== undefined);
  const first = await startSquare(t, lowest, ring.documents, options);
  await first.untilLinked(one);
  await first.untilLinked(other);

  assert.equal(one.rings.accept(next, Date.now()).ok, true);
  assert.equal(await untilShownOut(first), 'does not answer mail');
  await first.untilLinked(one, false);
  await first.untilLinked(other, false);
  await first.service.stop(AbortSignal.timeout(2_000));

  const back = await startSquare(t, lowest, ring.documents, options);
  assert.equal(await untilShownOut(back), 'does not answer mail');

  // Another stranger learns nothing of the ring that way, nor does whoever asks nonsense.
  const [stranger] = await setUpSquares(t, ['stranger']);
  assert.ok(stranger !== undefined);
  const question = encodeDocumentsQuestion({ ring: ring.ringId, have: { charter: 0, members: 0, beat: 0, head: 0 } });
  for (const bytes of [question, question.subarray(1), new Uint8Array(0)]) {
    const caller = { key: stranger.key, log: silent };
    const address = { square: one.key.square, addrs: one.draft.addrs };
    await assert.rejects(callSquare(caller, address, DOCUMENTS_PROTOCOL, bytes, DOCUMENTS_LIMITS));
  }
});
