import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { TrustedRings } from '../../../federation/documents/trusted-state.ts';
import type { RingDocuments, TrustedRing } from '../../../federation/documents/types.ts';
import { addMember } from '../../../federation/governance/members-list.ts';
import type { AcceptanceOutcome } from '../../../federation/ring-service.ts';
import { MirroredRings } from '../../../src/ring/mirrored-rings.ts';
import { memoryTrustedState } from '../../support/ring-documents.ts';
import { formRing, publish, setUpSquares } from '../../support/ring-of-squares.ts';

/** The edge's rings, their mirror, and a list that is one member longer. */
async function rig(context: TestContext, keep?: () => AcceptanceOutcome) {
  const [moss, quay, newcomer] = await setUpSquares(context, ['moss', 'quay', 'newcomer']);
  assert.ok(moss !== undefined && quay !== undefined && newcomer !== undefined);
  const ring = formRing([moss, quay]);
  const next = publish(ring, (list) => addMember(list, newcomer.draft, { now: Date.now(), allowPrivate: true }));
  const self = moss.key.square;
  const edge = new TrustedRings(memoryTrustedState(), { self, allowPrivate: true });
  assert.ok(edge.install(ring.documents, Date.now()).ok);
  const asked: RingDocuments[] = [];
  const mirror: MirroredRings = new MirroredRings(edge.all(), {
    self,
    allowPrivate: true,
    async keep(documents) {
      asked.push(documents);
      return keep?.() ?? edge.accept(documents, Date.now());
    },
  });
  edge.onChange((changed) => mirror.use(structuredClone(changed)));
  const used: TrustedRing[] = [];
  mirror.onChange((changed) => used.push(changed));
  const version = (): number | undefined => mirror.all()[0]?.members.version;
  return { mirror, asked, used, version, documents: ring.documents, next };
}

test('a newer list is used once the edge has saved it', async (t) => {
  const { mirror, asked, used, version, next } = await rig(t);
  assert.ok((await mirror.accept(next, Date.now())).ok);
  assert.deepEqual([asked.length, used.length, version()], [1, 1, 2]);
  assert.ok((await mirror.accept(next, Date.now())).ok, 'the same again');
  assert.deepEqual([asked.length, used.length], [1, 1], 'bothers nobody');
});

test('a list that the edge cannot save is not used', async (t) => {
  const { mirror, used, version, next } = await rig(t, () => ({ ok: false, reason: 'not-saved' }));
  assert.deepEqual(await mirror.accept(next, Date.now()), { ok: false, reason: 'not-saved' });
  assert.deepEqual([used.length, version()], [0, 1]);
});

test('what does not verify, is older, or is of an unknown ring never reaches the edge', async (t) => {
  const { mirror, asked, version, documents, next } = await rig(t);
  const [other] = await setUpSquares(t, ['other']);
  assert.ok(other !== undefined);
  const foreign = formRing([other], 'Elsewhere').documents;
  const forged = { ...next, members: { ...next.members, signatures: documents.members.signatures } };
  const garbage: unknown = { charters: 'none' };
  for (const hostile of [foreign, forged, { ...next, beat: documents.beat }]) {
    assert.equal((await mirror.accept(hostile, Date.now())).ok, false);
  }
  assert.ok(isDocuments(garbage));
  assert.equal((await mirror.accept(garbage, Date.now())).ok, false);
  assert.ok((await mirror.accept(next, Date.now())).ok);
  assert.equal((await mirror.accept(documents, Date.now())).ok, false, 'never back');
  assert.deepEqual([asked.length, version()], [1, 2]);
});

/** As whoever decoded it carelessly would say. */
function isDocuments(_value: unknown): _value is RingDocuments {
  return true;
}
