const HOUR_MS = 3_600_000;

/** Times remembered of all addresses together, 8 bytes each; of more those of the longest silent address are forgotten. */
const TIMES_MAX = 500_000;

/** How often one address may do something in any 60 minutes, whatever the scene. */
export class HourlyBudget {
  readonly #limit: number;
  readonly #monotonic: () => number;
  /** Times by address, oldest first; addresses in the order in which they last did it. */
  readonly #times = new Map<string, readonly number[]>();
  #total = 0;

  /** @param limit times in an hour; 0: as often as it likes */
  constructor(limit: number, monotonic: () => number) {
    this.#limit = limit;
    this.#monotonic = monotonic;
  }

  /** Whether the address has done it as often as it may. */
  isSpent(address: string): boolean {
    return this.#limit > 0 && this.#recent(address).length >= this.#limit;
  }

  /** @returns whether it may; what is refused costs nothing */
  spend(address: string): boolean {
    if (this.#limit === 0) return true;
    const recent = this.#recent(address);
    if (recent.length >= this.#limit) return false;
    this.clear(address);
    this.#times.set(address, [...recent, this.#monotonic()]);
    this.#total += recent.length + 1;
    for (const oldest of this.#times.keys()) {
      if (this.#total <= TIMES_MAX) break;
      this.clear(oldest);
    }
    return true;
  }

  clear(address: string): void {
    this.#total -= this.#times.get(address)?.length ?? 0;
    this.#times.delete(address);
  }

  #recent(address: string): readonly number[] {
    const since = this.#monotonic() - HOUR_MS;
    return (this.#times.get(address) ?? []).filter((at) => at > since);
  }
}
