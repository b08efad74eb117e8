import { setTimeout as sleep } from 'node:timers/promises';
import { textFrame } from './client-frames.ts';
import { Crowd } from './crowd.ts';
import { rounded, Times } from './figures.ts';
import { HopVisitor } from './hop-visitor.ts';
import { targetOf } from './options.ts';
import { linkBytes, type BenchMember } from './ring-members.ts';

export interface Neighbours {
  readonly home: BenchMember;
  /** To the right of home. */
  readonly host: BenchMember;
  readonly members: readonly BenchMember[];
}

export interface ViewOptions {
  readonly watched: readonly number[];
  readonly seconds: number;
}

/** Steps of each walker in a second. */
const HZ = 5;
const TICK_MS = 4;
const SETTLE_MS = 3_000;

/** As far as a view tells places apart (docs/protocol.md). */
const X_STEPS = 65_535;
/** Places that walkers step on: from a tenth of the strip to nine tenths. */
const FIRST_PLACE = 6_554;
const PLACES = 52_428;

/** Somebody at home watches a street of the host on which everybody walks. */
export async function measureViews(
  { home, host, members }: Neighbours,
  { watched, seconds }: ViewOptions,
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const people of watched) {
    const crowd = await Crowd.join([targetOf(host.process.socket, undefined, 'townring.1')], people);
    const street = new Street(crowd, people);
    const looker = await HopVisitor.enter(home, 200);
    await street.walk(SETTLE_MS);
    const unwatched = await bytesOf(members, () => street.walk(seconds * 1_000));
    let seen = new Times();
    looker.look(true, (x) => street.seen(x, seen));
    await street.walk(SETTLE_MS);
    if (seen.count === 0) throw new Error('nothing was seen over the hill');
    seen = new Times();
    const receivedBefore = looker.client.receivedBytes;
    const linked = await bytesOf(members, () => street.walk(seconds * 1_000));
    figures[`view${people}P50Ms`] = rounded(seen.quantile(0.5) ?? 0);
    figures[`view${people}P99Ms`] = rounded(seen.quantile(0.99) ?? 0);
    figures[`view${people}StepsSeen`] = seen.count;
    figures[`view${people}LinkBytesPerSecond`] = rounded((linked - unwatched) / seconds);
    figures[`view${people}PageBytesPerSecond`] = rounded((looker.client.receivedBytes - receivedBefore) / seconds);
    looker.look(false);
    looker.leave();
    await crowd.leave();
    await sleep(SETTLE_MS);
  }
  return figures;
}

async function bytesOf(members: readonly BenchMember[], act: () => Promise<void>): Promise<number> {
  const before = linkBytes(members);
  await act();
  return linkBytes(members) - before;
}

/** A crowd in which everybody walks up and down a stretch of their own, each place of it stepped on anew every few dozen steps. */
class Street {
  readonly #crowd: Crowd;
  /** Places of one walker. */
  readonly #stretch: number;
  /** When a place was last stepped on; 0: not since it was last told of. */
  readonly #steppedAt = new Float64Array(X_STEPS + 1);
  #steps = 0;

  constructor(crowd: Crowd, people: number) {
    this.#crowd = crowd;
    this.#stretch = Math.floor(PLACES / people);
  }

  /** Steps spread evenly over time. */
  async walk(ms: number): Promise<void> {
    const { clients } = this.#crowd;
    const perMs = (clients.length * HZ) / 1_000;
    const [begun, first] = [performance.now(), this.#steps];
    for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - begun) {
      for (const due = first + Math.floor(elapsed * perMs); this.#steps < due; this.#steps += 1) {
        const walker = this.#steps % clients.length;
        const turn = Math.floor(this.#steps / clients.length);
        const place = FIRST_PLACE + walker * this.#stretch + (turn % this.#stretch);
        this.#steppedAt[place] = performance.now();
        clients[walker]?.write(textFrame(`{"type":"move","x":${(place / X_STEPS).toFixed(8)}}`));
      }
      await sleep(TICK_MS);
    }
  }

  /** Notes how old a step is that somebody was told of, once: whoever stops is told of again. */
  seen(x: number, times: Times): void {
    const place = Math.round(x * X_STEPS);
    const at = this.#steppedAt[place] ?? 0;
    this.#steppedAt[place] = 0;
    if (at > 0) times.add(performance.now() - at);
  }
}
