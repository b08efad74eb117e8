/** How much of one scene's input is handled before other scenes get their turn. */
export interface TurnLimits {
  /** Items. */
  readonly slice: number;
  /** No further item is begun when the slice has taken so long. */
  readonly sliceMs: number;
  /** Items of one source that wait; more are dropped. */
  readonly backlogPerSource: number;
  /** Items of one scene that wait; more are dropped. */
  readonly backlogPerLane: number;
}

/**
 * A slice of 32 messages is more than the busiest honest scene gets in one turn of the event loop, and 2 ms a fifth of the
 * 10 ms by which a hostile scene may delay another (architecture, "Numbers to reach"). One socket may keep one second's
 * budget of messages waiting four times over, a scene what eight such sockets bring.
 */
export const TURN_LIMITS: TurnLimits = { slice: 32, sliceMs: 2, backlogPerSource: 256, backlogPerLane: 2_048 };

export interface FairTurnDeps<Source, Item> {
  /** Must not throw. */
  readonly handle: (source: Source, item: Item) => void;
  readonly monotonic: () => number;
  /** Runs once, after the event loop has looked at all other sockets. */
  readonly defer: (run: () => void) => void;
}

interface Lane<Source, Item> {
  handled: number;
  /** ms spent in this turn. */
  spentMs: number;
  isBusy: boolean;
  readonly waiting: { readonly source: Source; readonly item: Item }[];
  readonly perSource: Map<Source, number>;
}

/**
 * Deals the process's time out to scenes: what comes is handled at once while its scene has some of its turn left, and in
 * order, slice by slice, when it has not. So one scene's flood waits for the others instead of the others for it.
 */
export class FairTurns<Source, Item> {
  readonly #deps: FairTurnDeps<Source, Item>;
  readonly #limits: TurnLimits;
  /** Only those that handled something since the last turn began, or have something waiting. */
  readonly #lanes = new Map<string, Lane<Source, Item>>();
  #isDeferred = false;
  #waiting = 0;

  constructor(deps: FairTurnDeps<Source, Item>, limits: TurnLimits = TURN_LIMITS) {
    this.#deps = deps;
    this.#limits = limits;
  }

  /** Items that wait for a turn, of all scenes. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Scenes that took part in the current turn. */
  get lanes(): number {
    return this.#lanes.size;
  }

  /** @returns false when too much waits already and the item was dropped */
  offer(laneName: string, source: Source, item: Item): boolean {
    const lane = this.#laneOf(laneName);
    if (lane.waiting.length === 0 && !lane.isBusy && this.#hasTurn(lane)) {
      this.#handle(lane, source, item);
      return true;
    }
    const ofSource = lane.perSource.get(source) ?? 0;
    if (lane.waiting.length >= this.#limits.backlogPerLane || ofSource >= this.#limits.backlogPerSource) return false;
    lane.waiting.push({ source, item });
    lane.perSource.set(source, ofSource + 1);
    this.#waiting += 1;
    return true;
  }

  #laneOf(name: string): Lane<Source, Item> {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { handled: 0, spentMs: 0, isBusy: false, waiting: [], perSource: new Map() };
      this.#lanes.set(name, lane);
      this.#deferTurn();
    }
    return lane;
  }

  #hasTurn(lane: Lane<Source, Item>): boolean {
    return lane.handled < this.#limits.slice && lane.spentMs < this.#limits.sliceMs;
  }

  #handle(lane: Lane<Source, Item>, source: Source, item: Item): void {
    const { monotonic, handle } = this.#deps;
    const begunAt = monotonic();
    lane.isBusy = true; // what handling it brings at once comes after it, not inside it
    handle(source, item);
    lane.isBusy = false;
    lane.handled += 1;
    lane.spentMs += monotonic() - begunAt;
  }

  #deferTurn(): void {
    if (this.#isDeferred) return;
    this.#isDeferred = true;
    this.#deps.defer(() => {
      this.#isDeferred = false;
      this.#turn();
    });
  }

  #turn(): void {
    for (const [name, lane] of this.#lanes) {
      lane.handled = 0;
      lane.spentMs = 0;
      if (lane.waiting.length === 0) this.#lanes.delete(name);
      else this.#drain(lane);
    }
    if (this.#lanes.size > 0) this.#deferTurn();
  }

  #drain(lane: Lane<Source, Item>): void {
    let taken = 0;
    while (taken < lane.waiting.length && this.#hasTurn(lane)) {
      const next = lane.waiting[taken];
      taken += 1;
      if (next === undefined) continue;
      this.#waiting -= 1;
      const left = (lane.perSource.get(next.source) ?? 1) - 1;
      if (left > 0) lane.perSource.set(next.source, left);
      else lane.perSource.delete(next.source);
      this.#handle(lane, next.source, next.item);
    }
    lane.waiting.splice(0, taken);
  }
}
