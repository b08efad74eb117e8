import type { StoredRing, TrustedStateStore } from '../../federation/documents/types.ts';
import type { Store } from '../store/store.ts';

/** Keeps trusted ring documents in the square's database, as the exact envelopes that were signed. */
export function trustedStateStore(store: Pick<Store, 'ringDocuments' | 'saveRingDocuments'>): TrustedStateStore {
  return {
    load: () =>
      store.ringDocuments().map(({ ringId, json }) => {
        const { charters, members, beat }: Omit<StoredRing, 'ringId'> = JSON.parse(json);
        return { ringId, charters, members, beat };
      }),
    save({ ringId, charters, members, beat }) {
      store.saveRingDocuments({ ringId, json: JSON.stringify({ charters, members, beat }) });
    },
  };
}
