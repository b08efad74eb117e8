import type { Store } from '../../src/store/store.ts';

/** What governing leaves behind, in memory. */
export function memoryRecords(): Pick<Store, 'ringRecords' | 'saveRingRecord' | 'removeRingRecord'> {
  const kinds = new Map<string, Map<string, string>>();
  const of = (kind: string) => kinds.get(kind) ?? kinds.set(kind, new Map()).get(kind) ?? new Map<string, string>();
  return {
    ringRecords: (kind) => [...of(kind)].map(([id, json]) => ({ id, json })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    saveRingRecord: (kind, { id, json }) => void of(kind).set(id, json),
    removeRingRecord: (kind, id) => void of(kind).delete(id),
  };
}
