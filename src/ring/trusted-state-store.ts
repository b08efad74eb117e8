import { sha256Hex } from '../../federation/documents/keys.ts';
import type {
  Envelope,
  Equivocation,
  RingDocuments,
  StoredRing,
  TrustedStateStore,
} from '../../federation/documents/types.ts';
import type { Store } from '../store/store.ts';

const NOTHING: Envelope = { type: '', payload: '', signatures: [] };

type RingTables = Pick<
  Store,
  'ringDocuments' | 'saveRingDocuments' | 'removeRingDocuments' | 'ringRecords' | 'saveRingRecord' | 'exclusively'
>;

/**
 * Keeps trusted ring documents in the square's database, as the exact envelopes that were signed. A row that is no JSON is
 * handed out as documents that verify nowhere: that one ring is reported as unusable, the others work.
 */
export function trustedStateStore(store: RingTables): TrustedStateStore {
  return {
    load: () => store.ringDocuments().map(({ ringId, json }) => storedRing(ringId, json)),
    save({ ringId, charters, members, beat }) {
      store.saveRingDocuments({ ringId, json: JSON.stringify({ charters, members, beat }) });
    },
    remove: (ringId) => store.removeRingDocuments(ringId),
    proofs: () => store.ringRecords('proof').flatMap(({ json }) => proof(json) ?? []),
    saveProof(contradiction) {
      const json = JSON.stringify(contradiction);
      store.saveRingRecord('proof', { id: sha256Hex(Buffer.from(json)), json });
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

function proof(json: string): Equivocation | undefined {
  try {
    const { ringId, document, version, ours, theirs }: Equivocation = JSON.parse(json);
    return { ringId, document, version, ours, theirs };
  } catch {
    return undefined;
  }
}
