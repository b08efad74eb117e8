/** The one key that this site's storage may hold, and only after the visitor did something worth remembering. */
import { recall, remember, stranger, type Me } from '../model/me.ts';

const KEY = 'townring';

export class Memory {
  me: Me;
  #isRemembered: boolean;

  constructor(random: () => number) {
    const known = recall(read());
    this.#isRemembered = known !== undefined;
    this.me = known ?? stranger(random);
  }

  get isRemembered(): boolean {
    return this.#isRemembered;
  }

  /** What is learnt on the way: kept in memory, written only if the visitor is remembered already. */
  learn(change: Partial<Me>): void {
    this.me = { ...this.me, ...change };
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
