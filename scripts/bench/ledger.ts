/** Faults kept in words; of more there is only the count. */
const FAULTS_KEPT = 20;

/** What one socket was told may reach another so much later. */
const SETTLED_AFTER_MS = 2_000;

interface Life {
  /** When the witness heard of it; undefined: not yet. */
  joinedAt: number | undefined;
  leftAt: number | undefined;
  /** When the visitor's own socket ended; undefined: it is open. */
  goneAt: number | undefined;
  /** A `hello` was seen that says this id. */
  isKnown: boolean;
}

interface Check {
  readonly dueAt: number;
  readonly fault: () => string | undefined;
}

/**
 * What a witness who stays in a scene hears of it, held against what its visitors know themselves. Times are
 * milliseconds of one monotonic clock. Grows with the joins and lines it has seen, which whoever runs it bounds.
 */
export class Ledger {
  joins = 0;
  leaves = 0;
  lines = 0;
  faultCount = 0;
  readonly faults: string[] = [];
  readonly #lives = new Map<number, Life>();
  /** Lines that were said and not yet heard. */
  readonly #unheard = new Map<string, number>();
  /** In the order in which they are due. */
  #checks: Check[] = [];

  /** Whom the witness takes for present. */
  get present(): number {
    return this.joins - this.leaves;
  }

  /** The witness heard a `join`. */
  joined(id: number, at: number): void {
    this.joins += 1;
    const life = this.#life(id);
    if (life.joinedAt !== undefined) this.accuse(`${id} joined twice`);
    life.joinedAt = at;
  }

  /** The witness heard a `leave`. */
  left(id: number, at: number): void {
    this.leaves += 1;
    const life = this.#life(id);
    if (life.joinedAt === undefined || life.leftAt !== undefined) this.accuse(`${id} left without being there`);
    life.leftAt = at;
    this.#later(at, () => (life.goneAt === undefined ? `${id} was lost: said to have left, socket open` : undefined));
  }

  /**
   * A newcomer, or somebody who came back, got a `hello`.
   * @param peers whom it names besides them, the witness left out
   * @param askedAt when their `init` was sent
   */
  welcomed(id: number, peers: readonly number[], askedAt: number, at: number): void {
    const own = this.#life(id);
    if (own.leftAt !== undefined && own.leftAt < askedAt) this.accuse(`${id} was let in after it left`);
    own.isKnown = true;
    own.goneAt = undefined;
    this.#later(at, () => (own.joinedAt === undefined ? `the join of ${id} was not told` : undefined));
    const named = new Set(peers);
    if (named.size !== peers.length) this.accuse(`${id} was shown somebody twice`);
    for (const peer of named) {
      const life = this.#life(peer);
      if (life.leftAt !== undefined && life.leftAt < askedAt) this.accuse(`${id} was shown ${peer}, a ghost`);
      this.#later(at, () => (life.joinedAt === undefined ? `${peer} is shown, and never joined` : undefined));
    }
    for (const [other, life] of this.#lives) {
      if (other === id || named.has(other) || life.joinedAt === undefined || life.leftAt !== undefined) continue;
      // Not shown since they were just leaving, or came after: then the witness hears of it in a moment.
      if (life.joinedAt >= askedAt) continue;
      this.#later(at, () => {
        const isLeaving = life.leftAt !== undefined && life.leftAt <= at + SETTLED_AFTER_MS;
        return isLeaving ? undefined : `${id} was not shown ${other}`;
      });
    }
  }

  /** A visitor's socket has ended, whoever ended it. */
  gone(id: number, at: number): void {
    this.#life(id).goneAt = at;
  }

  /** A visitor says a line, which nobody said before. */
  said(text: string, at: number): void {
    this.lines += 1;
    this.#unheard.set(text, at);
    this.#later(at, () => (this.#unheard.delete(text) ? `nobody heard "${text}"` : undefined));
  }

  heard(text: string): void {
    if (!this.#unheard.delete(text)) this.accuse(`"${text}" was heard twice, or late`);
  }

  /** Makes the checks that are due. */
  settle(now: number): void {
    const due = this.#checks.findIndex(({ dueAt }) => dueAt > now);
    for (const { fault } of this.#checks.splice(0, due === -1 ? this.#checks.length : due)) {
      const words = fault();
      if (words !== undefined) this.accuse(words);
    }
  }

  /** Makes all checks; everybody is said to be gone, and had time to. @returns whom nobody saw leave */
  close(): readonly number[] {
    this.settle(Number.POSITIVE_INFINITY);
    const staying: number[] = [];
    for (const [id, life] of this.#lives) {
      if (!life.isKnown) this.accuse(`${id} joined, and is none of ours`);
      if (life.leftAt === undefined) staying.push(id);
    }
    for (const id of staying) this.accuse(`${id} never left: a ghost`);
    return staying;
  }

  /** Notes a fault. */
  accuse(words: string): void {
    this.faultCount += 1;
    if (this.faults.length < FAULTS_KEPT) this.faults.push(words);
  }

  #life(id: number): Life {
    const known = this.#lives.get(id);
    if (known !== undefined) return known;
    const life: Life = { joinedAt: undefined, leftAt: undefined, goneAt: undefined, isKnown: false };
    this.#lives.set(id, life);
    return life;
  }

  #later(at: number, fault: Check['fault']): void {
    this.#checks.push({ dueAt: at + SETTLED_AFTER_MS, fault });
  }
}
