/**
 * Who the visitor is: in the page's memory while it lives, and under the one key that this site's storage may hold once the
 * visitor did something worth remembering.
 */
import { recall, remember, stranger, type Me } from '../model/me.ts';

const KEY = 'townring';

/** What a square and its visitor know of each other for as long as the page lives. */
export interface Acquaintance {
  me: Me;
  /** The visitor did something on the strip. */
  hasActed: boolean;
  /** The line for newcomers was shown. */
  hasRead: boolean;
}

/** By square: a strip that its page takes away and builds again, as applications do, has the same visitor. */
const acquaintances = new Map<string, Acquaintance>();
/** A page has one square, as a rule. */
const SQUARES_MAX = 20;

export class Memory {
  readonly onPage: Acquaintance;
  #isRemembered: boolean;

  constructor(square: string, random: () => number) {
    const stored = recall(read());
    this.#isRemembered = stored !== undefined;
    this.onPage = acquaintances.get(square) ?? {
      me: stranger(random),
      hasActed: false,
      hasRead: !isFirstPage(),
    };
    if (stored !== undefined) this.onPage.me = stored;
    if (acquaintances.size >= SQUARES_MAX) acquaintances.clear();
    acquaintances.set(square, this.onPage);
  }

  get me(): Me {
    return this.onPage.me;
  }

  get isRemembered(): boolean {
    return this.#isRemembered;
  }

  /** What is learnt on the way: kept in memory, written only if the visitor is remembered already. */
  learn(change: Partial<Me>): void {
    this.onPage.me = { ...this.me, ...change };
    if (this.#isRemembered) write(remember(this.me));
  }

  /** The visitor named themself or set a switch. */
  keep(change: Partial<Me>): void {
    this.#isRemembered = true;
    this.learn(change);
  }

  forget(): void {
    this.#isRemembered = false;
    write(undefined);
  }
}

/** Storage may be forbidden; then nothing is remembered and everything else works. */
function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, text);
  } catch {
    // As above.
  }
}

/** The visitor comes from elsewhere: neither from another page of this site nor by loading this one again. */
function isFirstPage(): boolean {
  const [visit] = performance.getEntriesByType('navigation');
  const isNew = visit === undefined || Reflect.get(visit, 'type') === 'navigate';
  return isNew && !document.referrer.startsWith(`${location.origin}/`);
}
