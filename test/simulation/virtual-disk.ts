import type { Equivocation, StoredRing, TrustedStateStore } from '../../federation/documents/types.ts';
import type { RoostBook, Roosting } from '../../federation/types.ts';

/** What outlives a process: text only, durable when a transaction returns and untouched when it throws. */
export class VirtualDisk implements TrustedStateStore {
  isFull = false;
  readonly #onDurable: (ring: StoredRing) => void;
  #rings: ReadonlyMap<string, string> = new Map();
  #draft: Map<string, string> | undefined;
  readonly #proofs: string[] = [];
  readonly #roosts = new Map<string, Roosting>();
  readonly roosts: RoostBook = {
    read: (ringId) => this.#roosts.get(ringId),
    save: (ringId, roosting) => {
      if (!this.isFull) this.#roosts.set(ringId, roosting);
      return !this.isFull;
    },
  };

  constructor(onDurable: (ring: StoredRing) => void) {
    this.#onDurable = onDurable;
  }

  load(): readonly StoredRing[] {
    return [...(this.#draft ?? this.#rings).values()].map((json): StoredRing => JSON.parse(json));
  }

  save(ring: StoredRing): void {
    this.exclusively(() => {
      if (this.isFull) throw new Error('disk full');
      this.#draft?.set(ring.ringId, JSON.stringify(ring));
    });
  }

  remove(ringId: string): void {
    this.exclusively(() => void this.#draft?.delete(ringId));
  }

  exclusively<T>(run: () => T): T {
    if (this.#draft !== undefined) return run();
    const draft = new Map(this.#rings);
    this.#draft = draft;
    try {
      const result = run();
      const fresh = [...draft].filter(([ringId, json]) => this.#rings.get(ringId) !== json);
      this.#rings = draft;
      for (const [, json] of fresh) this.#onDurable(JSON.parse(json));
      return result;
    } finally {
      this.#draft = undefined;
    }
  }

  proofs(): readonly Equivocation[] {
    return this.#proofs.map((json): Equivocation => JSON.parse(json));
  }

  saveProof(proof: Equivocation): void {
    this.#proofs.push(JSON.stringify(proof));
  }

  /** A new disk in the same machine. */
  replace(): void {
    this.isFull = false;
    this.#rings = new Map();
    this.#proofs.length = 0;
    this.#roosts.clear();
  }
}
