import { judgeDocuments } from '../../federation/documents/acceptance.ts';
import { judgeNewRing } from '../../federation/documents/succession.ts';
import { checkDocumentSet, haveSamePayloads, ringIdOf } from '../../federation/documents/document-set.ts';
import type { RingDocuments, TrustedRing } from '../../federation/documents/types.ts';
import type { AcceptanceOutcome, RingTrust } from '../../federation/ring-service.ts';

export interface MirroredRingsDeps {
  /** Peer id of this square. */
  readonly self: string;
  readonly allowPrivate: boolean;
  /** Has the edge verify and save; resolves after {@link MirroredRings.use} was called with what it saved. */
  readonly keep: (documents: RingDocuments) => Promise<AcceptanceOutcome>;
}

/**
 * The trusted rings in a process that does not own the store. Documents are judged here first, so that what is hostile
 * costs the edge nothing; nothing is used before the edge says that it is saved.
 */
export class MirroredRings implements RingTrust {
  readonly #deps: MirroredRingsDeps;
  readonly #rings: Map<string, TrustedRing>;
  readonly #listeners = new Set<(ring: TrustedRing) => void>();

  constructor(rings: readonly TrustedRing[], deps: MirroredRingsDeps) {
    this.#deps = deps;
    this.#rings = new Map(rings.map((ring) => [ring.ringId, ring]));
  }

  all(): readonly TrustedRing[] {
    return [...this.#rings.values()];
  }

  onChange(listener: (ring: TrustedRing) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async accept(value: RingDocuments, now: number): Promise<AcceptanceOutcome> {
    const documents = checkDocumentSet(value);
    if (!documents.ok) return documents;
    const ringId = ringIdOf(documents.value);
    const trusted = ringId === undefined ? undefined : this.#rings.get(ringId);
    const { self, allowPrivate, keep } = this.#deps;
    const context = { trusted, now, self, allowPrivate, ringId };
    const judgement =
      trusted === undefined
        ? judgeNewRing(documents.value, context, this.#rings, 'none')
        : judgeDocuments(documents.value, context);
    if (judgement.ok && !judgement.changed) return judgement;
    // The edge keeps the proof that somebody signed two things.
    if (!judgement.ok && judgement.proof === undefined) return judgement;
    return keep(documents.value);
  }

  /** The edge has verified and saved this one; nothing changes when it is the one in use. */
  use(ring: TrustedRing): void {
    const inUse = this.#rings.get(ring.ringId);
    if (inUse !== undefined && haveSamePayloads(inUse.envelopes, ring.envelopes)) return;
    this.#rings.set(ring.ringId, ring);
    if (ring.charter.follows !== undefined) this.#rings.delete(ring.charter.follows);
    for (const listener of this.#listeners) listener(ring);
  }
}
