/** Collected times, and what is said about them. */
export class Times {
  #sorted = true;
  readonly #values: number[] = [];

  add(ms: number): void {
    this.#values.push(ms);
    this.#sorted = false;
  }

  all(): readonly number[] {
    return this.#values;
  }

  get count(): number {
    return this.#values.length;
  }

  /** @param share 0.5 is the median; undefined when nothing was collected */
  quantile(share: number): number | undefined {
    if (!this.#sorted) this.#values.sort((a, b) => a - b);
    this.#sorted = true;
    return this.#values[Math.min(this.#values.length - 1, Math.floor(this.#values.length * share))];
  }
}

/** The middle one of some numbers, the lower of the two for an even count; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

/** To so many digits that a shared machine does not make a lie of them. */
export function rounded(value: number, digits = 3): number {
  return value === 0 ? 0 : Number(value.toPrecision(digits));
}
