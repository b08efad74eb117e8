/** Over the hill in figures: three squares of its own, far from each other, and visitors who walk and look from one to the next. */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadavg } from 'node:os';
import { rounded, Times } from './figures.ts';
import { measureGuests } from './hop-guests.ts';
import { measureViews } from './hop-views.ts';
import { HopVisitor } from './hop-visitor.ts';
import { startMembers, type BenchMember } from './ring-members.ts';

export interface HopBenchOptions {
  /** Added between two squares, each way, ms. */
  readonly delayMs: number;
  /** Hops of each kind. */
  readonly hops: number;
  /** Sizes of a walking scene that is looked at. */
  readonly watched: readonly number[];
  /** Numbers of guests that come through one home square. */
  readonly guests: readonly number[];
  /** How long each size is measured. */
  readonly seconds: number;
}

const SQUARES = 3;

/** How long a visitor stays before walking home. */
const STAY_MS = 300;

const ENV = { RING_SHARING: 'live', RING_GUESTS_MAX: '1000' };

export async function benchHop(options: HopBenchOptions): Promise<Readonly<Record<string, number>>> {
  const { delayMs, hops } = options;
  const { members, stop } = await startMembers(SQUARES, { delayMs, env: ENV });
  const [home, host] = members;
  if (home === undefined || host === undefined) throw new Error('no squares');
  try {
    const opening = await timeHops(members, hops, false);
    const joining = await timeHops(members, hops, true);
    return {
      delayMs,
      ...figuresOf('hopFirst', opening),
      ...figuresOf('hopLater', joining),
      ...(await measureViews({ home, host, members }, options)),
      ...(await measureGuests({ home, host, members }, options)),
      loadAverage: rounded(loadavg()[0] ?? 0),
    };
  } finally {
    await stop();
  }
}

/**
 * One visitor of each square walks over and home, again and again.
 * @param isOpen another visitor of theirs is over there already, so that the squares' stream stands
 */
async function timeHops(
  members: readonly BenchMember[],
  hops: number,
  isOpen: boolean,
): Promise<Record<'out' | 'home', Times>> {
  const times = { out: new Times(), home: new Times() };
  const walk = async (member: BenchMember, index: number): Promise<void> => {
    const visitor = await HopVisitor.enter(member, index);
    const other = await HopVisitor.enter(member, 100 + index);
    if (isOpen) note(await other.hop('right'));
    for (let hop = 0; hop < Math.ceil(hops / members.length); hop += 1) {
      times.out.add(note(await visitor.hop('right')));
      await sleep(STAY_MS);
      times.home.add(note(await visitor.hop('home')));
    }
    visitor.leave();
    other.leave();
  };
  await Promise.all(members.map(walk));
  return times;
}

function note(took: number | string): number {
  if (typeof took === 'string') throw new Error(`a hop was refused: ${took}`);
  return took;
}

function figuresOf(name: string, { out, home }: Record<'out' | 'home', Times>): Record<string, number> {
  return {
    [`${name}P50Ms`]: rounded(out.quantile(0.5) ?? 0),
    [`${name}P95Ms`]: rounded(out.quantile(0.95) ?? 0),
    [`${name}HomeP95Ms`]: rounded(home.quantile(0.95) ?? 0),
    [`${name}Count`]: out.count,
  };
}
