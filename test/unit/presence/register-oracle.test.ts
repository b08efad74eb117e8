/** The register against a simple-minded one that forgets nothing and works everything out anew whenever it is asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  createRegister,
  DIM_MAX_AGE_MS,
  LIVE_MAX_AGE_MS,
  type Heard,
  type Order,
} from '../../../federation/presence/register.ts';
import type { Summary } from '../../../federation/presence/summary.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { summaryOf } from '../../support/presence-frames.ts';

const SITES = ['alder', 'birch', 'cedar'] as const;
const SQUARES = ['one', 'two'] as const;

/** As in production: a lower run that speaks so much later than the higher one began is a second square. */
const RIVAL_AFTER_MS = 5_000;

interface Said {
  readonly summary: Summary;
  readonly body: string;
  readonly author: string;
  readonly atMs: number;
}

/** What was accepted, in the order in which it came, and nothing else. */
class SimpleRegister {
  #said: Said[] = [];

  order({ site, epoch, seq, ts }: Summary, body: string): Order {
    const known = this.#said.filter(({ summary }) => summary.site === site);
    const epochs = known.map(({ summary }) => summary.epoch);
    const top = Math.max(...epochs);
    if (known.length === 0 || epoch > top) return 'new';
    const run = known.filter(({ summary }) => summary.epoch === top);
    if (epoch < top) return ts > (run[0]?.summary.ts ?? 0) + RIVAL_AFTER_MS ? 'rival' : 'stale';
    const newest = Math.max(...run.map(({ summary }) => summary.seq));
    if (seq !== newest) return seq > newest ? 'new' : 'stale';
    return run.some((said) => said.summary.seq === seq && said.body === body) ? 'duplicate' : 'equivocation';
  }

  keep(said: Said): void {
    this.#said.push(said);
  }

  heard(site: string, nowMs: number): Heard {
    const last = this.#said.findLast(({ summary }) => summary.site === site);
    const ageMs = nowMs - (last?.atMs ?? 0);
    if (last === undefined || last.summary.bye || ageMs > DIM_MAX_AGE_MS) return { state: 'dark', summary: undefined };
    return { state: ageMs > LIVE_MAX_AGE_MS ? 'dim' : 'live', summary: last.summary };
  }

  /** Epochs belong to squares: of a site whose square is another now, nothing counts that was said before. */
  retain(hostOf: (site: string) => string | undefined): void {
    const moved = SITES.filter((site) => {
      const last = this.#said.findLast(({ summary }) => summary.site === site);
      return last !== undefined && hostOf(site) !== last.author;
    });
    this.#said = this.#said.filter(({ summary: { site } }) => !moved.some((each) => each === site));
  }
}

const saying = fc.record({
  kind: fc.constant('say' as const),
  site: fc.constantFrom(...SITES),
  epoch: fc.nat({ max: 3 }),
  seq: fc.nat({ max: 4 }),
  count: fc.nat({ max: 1 }),
  bye: fc.boolean(),
  /** Of the author's clock, ms. */
  skewMs: fc.constantFrom(0, 0, 0, -20_000, 20_000),
});
const waiting = fc.record({
  kind: fc.constant('wait' as const),
  // The bounds and their neighbours more often than anything else.
  ms: fc.oneof(
    fc.constantFrom(1, LIVE_MAX_AGE_MS - 1, LIVE_MAX_AGE_MS, LIVE_MAX_AGE_MS + 1, DIM_MAX_AGE_MS, DIM_MAX_AGE_MS + 1),
    fc.nat({ max: 20_000 }),
  ),
});
const moving = fc.record({
  kind: fc.constant('move' as const),
  site: fc.constantFrom(...SITES),
  to: fc.constantFrom(...SQUARES, undefined),
});

test('whatever is said, in whatever order, the register shows what one shows that forgets nothing, and tells of it in time', () => {
  const steps = fc.array(fc.oneof({ weight: 6, arbitrary: saying }, { weight: 4, arbitrary: waiting }, moving), {
    maxLength: 60,
    size: 'max',
  });
  fc.assert(
    fc.property(steps, (sequence) => {
      const clock = new ManualClock();
      const simple = new SimpleRegister();
      const hosts = new Map<string, string | undefined>(SITES.map((site) => [site, 'one']));
      /** What whoever looks only when told saw last. */
      const shown = new Map<string, Heard>();
      let isWaiting = false;
      const register = createRegister(clock, (site) => {
        const before = shown.get(site)?.state ?? 'dark';
        shown.set(site, register.heard(site));
        if (isWaiting) assert.notEqual(register.heard(site).state, before, `nothing is new at ${site}`);
      });
      const look = (): void => {
        for (const site of SITES) {
          const expected = simple.heard(site, clock.monotonic());
          assert.deepEqual(register.heard(site), expected);
          assert.deepEqual(shown.get(site)?.state ?? 'dark', expected.state, `${site} as it was last told`);
        }
      };
      for (const step of sequence) {
        if (step.kind === 'wait') {
          isWaiting = true;
          clock.advance(step.ms);
          isWaiting = false;
        } else if (step.kind === 'move') {
          hosts.set(step.site, step.to);
          for (const each of [register, simple]) each.retain((site) => hosts.get(site));
          // Whoever changes the list looks at everything anew.
          for (const site of SITES) shown.set(site, register.heard(site));
        } else {
          const author = hosts.get(step.site);
          if (author === undefined) continue;
          const { site, epoch, seq, count, bye, skewMs } = step;
          const summary = summaryOf(site, { epoch, seq, ts: clock.now() + skewMs, count, bye });
          const body = JSON.stringify({ epoch, seq, count, bye });
          const order = register.order(summary, Buffer.from(body));
          assert.equal(order, simple.order(summary, body));
          if (order === 'new') {
            register.keep(summary, Buffer.from(body), author);
            simple.keep({ summary, body, author, atMs: clock.monotonic() });
          }
        }
        look();
      }
      register.stop();
      assert.equal(clock.pendingTimers, 0);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});
