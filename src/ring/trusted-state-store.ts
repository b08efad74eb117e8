import type { Envelope, RingDocuments, StoredRing, TrustedStateStore } from '../../federation/documents/types.ts';
import type { Store } from '../store/store.ts';

const NOTHING: Envelope = { type: '', payload: '', signatures: [] };

/**
 * Keeps trusted ring documents in the square's database, as the exact envelopes that were signed. A row that is no JSON is
 * handed out as documents that verify nowhere: that one ring is reported as unusable, the others work.
 */
export function trustedStateStore(
  store: Pick<Store, 'ringDocuments' | 'saveRingDocuments' | 'exclusively'>,
): TrustedStateStore {
  return {
    load: () => store.ringDocuments().map(({ ringId, json }) => storedRing(ringId, json)),
    save({ ringId, charters, members, beat }) {
      store.saveRingDocuments({ ringId, json: JSON.stringify({ charters, members, beat }) });
    },
    exclusively: (run) => store.exclusively(run),
  };
}

/** Nothing is believed of what comes out: whoever loads it verifies it. */
function storedRing(ringId: string, json: string): StoredRing {
  try {
    const { charters, members, beat }: RingDocuments = JSON.parse(json);
    return { ringId, charters, members, beat };
  } catch {
    return { ringId, charters: [], members: NOTHING, beat: NOTHING };
  }
}
