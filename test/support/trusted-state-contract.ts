import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { TrustedStateStore } from '../../federation/documents/types.ts';
import { nextList, ringOf } from './ring-documents.ts';

/** How the suite gets at an implementation. Both calls end with the test that made them. */
export interface TrustedStateHarness {
  /** An empty store; `reopen` gives a second one over the same ground, as after a restart. */
  readonly open: (context: TestContext) => {
    readonly store: TrustedStateStore;
    readonly reopen: () => TrustedStateStore;
  };
}

/** What every keeper of trusted rings must do, run on each implementation. */
export function testTrustedStateStore(name: string, { open }: TrustedStateHarness): void {
  describe(`${name} keeps trusted rings`, () => {
    const ring = ringOf(['moss', 'lantern']);
    const stored = { ringId: ring.ringId, ...ring.documents };

    it('has nothing before anything is saved', (context) => {
      assert.deepEqual(open(context).store.load(), []);
    });

    it('gives back the exact envelopes', (context) => {
      const { store } = open(context);
      store.save(stored);
      assert.deepEqual(store.load(), [stored]);
    });

    it('still has them after a restart', (context) => {
      const { store, reopen } = open(context);
      store.save(stored);
      assert.deepEqual(reopen().load(), [stored]);
    });

    it('keeps one state for each ring, the last one saved', (context) => {
      const { store, reopen } = open(context);
      const newer = { ringId: ring.ringId, ...nextList(ring, ring.documents) };
      store.save(stored);
      store.save(newer);
      assert.deepEqual(store.load(), [newer]);
      assert.deepEqual(reopen().load(), [newer]);
    });

    it('keeps rings apart', (context) => {
      const { store } = open(context);
      const other = ringOf(['quay'], { seed: 'another ring' });
      store.save(stored);
      store.save({ ringId: other.ringId, ...other.documents });
      const ids = store.load().map(({ ringId }) => ringId);
      assert.deepEqual(ids.toSorted(), [ring.ringId, other.ringId].toSorted());
    });

    it('forgets a ring that it is told to forget, and no other', (context) => {
      const { store, reopen } = open(context);
      const other = ringOf(['quay'], { seed: 'another ring' });
      store.save(stored);
      store.save({ ringId: other.ringId, ...other.documents });
      store.remove(ring.ringId);
      store.remove('f'.repeat(64));
      assert.deepEqual(
        reopen()
          .load()
          .map(({ ringId }) => ringId),
        [other.ringId],
      );
    });

    it('shares nothing with whoever saved: what was loaded is not changed by a later save', (context) => {
      const { store } = open(context);
      store.save(stored);
      const before = store.load();
      store.save({ ringId: ring.ringId, ...nextList(ring, ring.documents) });
      assert.deepEqual(before, [stored]);
    });

    it('keeps what was saved exclusively, and nothing of it when that fails half-way', (context) => {
      const { store, reopen } = open(context);
      const newer = { ringId: ring.ringId, ...nextList(ring, ring.documents) };
      assert.equal(
        store.exclusively(() => {
          store.exclusively(() => store.save(stored));
          return 'done';
        }),
        'done',
      );
      assert.throws(
        () =>
          store.exclusively(() => {
            store.save(newer);
            throw new Error('half-way');
          }),
        /half-way/,
      );
      assert.deepEqual(store.load(), [stored]);
      assert.deepEqual(reopen().load(), [stored]);
    });
  });
}
