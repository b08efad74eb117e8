import { judgeDocuments, type AcceptanceContext, type Judgement } from './acceptance.ts';
import { checkDocumentSet, haveSamePayloads, ringIdOf } from './document-set.ts';
import { MAX_RINGS } from './limits.ts';
import { refuse, type Refused } from './refusal.ts';
import { judgeNewRing, type Welcome } from './succession.ts';
import type { Equivocation, RingDocuments, TrustedRing, TrustedStateStore } from './types.ts';

export interface TrustedRingsOptions {
  /** Peer id of this square; a list that drops it without a word is refused. */
  readonly self?: string;
  /** Take origins and entries on loopback: development only. Default false. */
  readonly allowPrivate?: boolean;
  /** Ring ids known in advance: {@link TrustedRings.accept} takes their documents at first contact. */
  readonly pins?: readonly string[];
}

export type AcceptOutcome =
  | Extract<Judgement, { readonly ok: true }>
  | (Refused & {
      readonly proof?: Equivocation;
      /** What the store threw, with reason `not-saved`. */
      readonly cause?: unknown;
    });

/** A stored ring that did not verify when it was loaded: damaged, or written by somebody else. It is not used. */
export interface UnusableRing {
  readonly ringId: string;
  readonly refusal: Refused;
}

type Listener = (ring: TrustedRing, previous: TrustedRing | undefined) => void;

/** Proofs kept for the operator; more would only say the same again. */
const MAX_PROOFS = 16;

/**
 * The rings that a square trusts: verified when loaded, verified when changed, and saved before anything uses the change.
 * What it hands out are snapshots that never change.
 */
export class TrustedRings {
  readonly #store: TrustedStateStore;
  readonly #self: string | undefined;
  readonly #allowPrivate: boolean;
  readonly #pins: ReadonlySet<string>;
  readonly #rings = new Map<string, TrustedRing>();
  readonly #listeners = new Set<Listener>();
  #unusable: readonly UnusableRing[] = [];
  readonly #proofListeners = new Set<(proof: Equivocation) => void>();
  readonly #untold: Parameters<Listener>[] = [];

  /** Loads and verifies everything stored. Expiry plays no part: existing trust stays. @throws what the store throws */
  constructor(store: TrustedStateStore, { self, allowPrivate = false, pins = [] }: TrustedRingsOptions = {}) {
    this.#store = store;
    this.#self = self;
    this.#allowPrivate = allowPrivate;
    this.#pins = new Set(pins);
    this.reload();
  }

  all(): readonly TrustedRing[] {
    return [...this.#rings.values()];
  }

  get(ringId: string): TrustedRing | undefined {
    return this.#rings.get(ringId);
  }

  /** Stored rings that could not be used at the last load. */
  unusable(): readonly UnusableRing[] {
    return this.#unusable;
  }

  /** What was signed in contradiction, oldest first, for the operator. @throws what the store throws */
  proofs(): readonly Equivocation[] {
    return this.#store.proofs();
  }

  /** Called with each new proof, once it is saved. Returns the way to stop listening. */
  onProof(listener: (proof: Equivocation) => void): () => void {
    this.#proofListeners.add(listener);
    return () => void this.#proofListeners.delete(listener);
  }

  /** Called after a change is saved. Returns the way to stop listening. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Takes documents of a ring that is trusted or pinned, or that follows a trusted one by the word of its squares. Never throws
   * for anything that is in them, nor for a full disk.
   */
  accept(documents: RingDocuments, now: number): AcceptOutcome {
    return this.#take(documents, now, 'none');
  }

  /**
   * First contact, on the operator's own word: trusts the ring these documents are of.
   * @param ringId refuses documents of any other ring
   */
  install(documents: RingDocuments, now: number, ringId?: string): AcceptOutcome {
    return this.#take(documents, now, 'install', ringId);
  }

  /** Goes over to a ring that follows one of ours, on the operator's own word: the old one is given up. */
  succeed(documents: RingDocuments, now: number, ringId?: string): AcceptOutcome {
    return this.#take(documents, now, 'succeed', ringId);
  }

  /**
   * Makes the next documents of a trusted ring out of the newest there are, on the disk too, and takes them as any square
   * would. Nobody else can write in between.
   * @param draft pure; undefined when there is nothing to change
   * @returns undefined when nothing was to be changed, or the ring is not trusted
   * @throws what the store throws; nothing has changed then
   */
  publish(
    ringId: string,
    now: number,
    draft: (ring: TrustedRing) => RingDocuments | undefined,
  ): AcceptOutcome | undefined {
    let outcome: AcceptOutcome | undefined;
    this.#store.exclusively(() => {
      this.#load();
      const ring = this.#rings.get(ringId);
      const documents = ring === undefined ? undefined : draft(ring);
      outcome = documents === undefined ? undefined : this.#keep(ringId, documents, now, 'none');
    });
    return this.#finish(outcome);
  }

  /**
   * Reads the store again, because another process (the command line) may have written newer documents. A ring never goes
   * back: what is not newer than the one in use is left alone. @throws what the store throws
   */
  reload(): void {
    this.#load();
    this.#tell();
  }

  #load(): void {
    const unusable: UnusableRing[] = [];
    for (const { ringId, charters, members, beat } of this.#store.load().slice(0, MAX_RINGS)) {
      const stored = checkDocumentSet({ charters, members, beat });
      const inUse = this.#rings.get(ringId)?.envelopes;
      if (stored.ok && inUse !== undefined && haveSamePayloads(stored.value, inUse)) continue;
      const judgement = stored.ok ? judgeDocuments(stored.value, this.#context(ringId, undefined)) : stored;
      if (judgement.ok) {
        if (judgement.changed) this.#use(judgement.ring);
      } else if (!this.#rings.has(ringId)) {
        unusable.push({ ringId, refusal: refuse(judgement.reason, judgement.document) });
      }
    }
    this.#unusable = unusable;
  }

  #take(value: RingDocuments, now: number, welcome: Welcome, expected?: string): AcceptOutcome {
    const checked = checkDocumentSet(value);
    if (!checked.ok) return checked;
    const documents = checked.value;
    const ringId = ringIdOf(documents);
    if (ringId === undefined) return refuse('malformed', 'charter');
    if (expected !== undefined && expected !== ringId) return refuse('wrong-ring', 'charter');
    let outcome: AcceptOutcome = this.#judge(ringId, documents, now, welcome);
    if (outcome.ok && outcome.changed) {
      try {
        outcome = this.#store.exclusively(() => {
          // Another process may have raised the floor on the disk; saving below it would take the ring back.
          this.#load();
          return this.#keep(ringId, documents, now, welcome);
        });
      } catch (cause) {
        outcome = { ...refuse('not-saved'), cause };
      }
    }
    return this.#finish(outcome);
  }

  #judge(ringId: string, documents: RingDocuments, now: number, welcome: Welcome): Judgement {
    const context = this.#context(ringId, now);
    if (context.trusted !== undefined) return judgeDocuments(documents, context);
    const isPinned = welcome === 'none' && this.#pins.has(ringId);
    return judgeNewRing(documents, context, this.#rings, isPinned ? 'install' : welcome);
  }

  /** Judges and saves; what it returns is used by {@link #finish} once it is durable. */
  #keep(ringId: string, documents: RingDocuments, now: number, welcome: Welcome): AcceptOutcome {
    const judgement = this.#judge(ringId, documents, now, welcome);
    if (!judgement.ok || !judgement.changed) return judgement;
    const { follows } = judgement.ring.charter;
    const isSuccessor = follows !== undefined && this.#rings.has(follows);
    if (!this.#rings.has(ringId)) {
      if (this.#rings.size >= MAX_RINGS && !isSuccessor) return refuse('too-many-rings');
      // What is on the disk did not verify, so its version floor is lost: only the operator may begin anew.
      if (welcome === 'none' && this.#unusable.some((stored) => stored.ringId === ringId))
        return refuse('unknown-ring', 'charter');
    }
    this.#store.save({ ringId, ...judgement.ring.envelopes });
    if (isSuccessor) this.#store.remove(follows);
    return judgement;
  }

  #finish<T extends AcceptOutcome | undefined>(outcome: T): T {
    if (outcome?.ok === true && outcome.changed) this.#use(outcome.ring);
    if (outcome?.proof !== undefined) this.#keepProof(outcome.proof);
    this.#tell();
    return outcome;
  }

  #context(ringId: string, now: number | undefined): AcceptanceContext {
    const trusted = this.#rings.get(ringId);
    return { trusted, now, self: this.#self, allowPrivate: this.#allowPrivate, ringId };
  }

  #use(ring: TrustedRing): void {
    const previous = this.#rings.get(ring.ringId);
    this.#rings.set(ring.ringId, ring);
    // Whether that was to happen was decided when this ring was taken.
    if (ring.charter.follows !== undefined) this.#rings.delete(ring.charter.follows);
    this.#unusable = this.#unusable.filter(({ ringId }) => ringId !== ring.ringId);
    this.#untold.push([ring, previous]);
  }

  /** Listeners may write to the store themselves, so they hear of a change only after it is done. */
  #tell(): void {
    for (const [ring, previous] of this.#untold.splice(0)) {
      for (const listener of this.#listeners) listener(ring, previous);
    }
  }

  /** A disk that is full costs the proof, never the ring. */
  #keepProof(proof: Equivocation): void {
    try {
      const known = this.#store.proofs();
      const isKnown = known.some(
        ({ ours, theirs }) => theirs.payload === proof.theirs.payload && ours.payload === proof.ours.payload,
      );
      if (isKnown || known.length >= MAX_PROOFS) return;
      this.#store.saveProof(proof);
    } catch {
      return;
    }
    for (const listener of this.#proofListeners) listener(proof);
  }
}
