import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { HourlyBudget } from '../moderation/hourly-budget.ts';
import type { Store } from '../store/store.ts';

/** A sign-in link is good for so long, and once. */
export const LINK_LIFE_MS = 15 * 60_000;
/** Then the operator asks for another link. */
export const OPERATOR_SESSION_S = 43_200;

const SETTING = 'operator-link';
const TOKEN_BYTES = 24;
const SESSIONS_MAX = 100;

type Settings = Pick<Store, 'setting' | 'saveSetting'>;

/**
 * Makes the link with which this square's operator signs in, in place of the one before. Whoever can write into the data folder
 * is the operator.
 * @returns the token for the link's fragment: 32 URL-safe characters; the store keeps only its hash
 */
export function createOperatorLink(store: Settings, now: number): string {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  store.saveSetting(SETTING, `${now + LINK_LIFE_MS} ${hashOf(token)}`);
  return token;
}

/** Who looks after this square: one link, then a session in memory. */
export class OperatorSignIns {
  readonly #store: Settings;
  /** When each ends, monotonic ms, oldest first; in memory only. */
  readonly #sessions = new Map<string, number>();
  readonly #failures: HourlyBudget;
  readonly #clock: { now(): number; monotonic(): number };

  /** @param failuresPerHour wrong links of one address before it is kept out; 0: any number */
  constructor(store: Settings, failuresPerHour: number, clock: { now(): number; monotonic(): number }) {
    this.#store = store;
    this.#failures = new HourlyBudget(failuresPerHour, () => clock.monotonic());
    this.#clock = clock;
  }

  /** @returns the id for the session's cookie */
  signIn(address: string, token: string): { readonly sessionId: string } | 'refused' | 'locked-out' {
    if (this.#failures.isSpent(address)) return 'locked-out';
    if (!this.#take(token)) {
      this.#failures.spend(address);
      return 'refused';
    }
    this.#failures.clear(address);
    const sessionId = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#sessions.set(sessionId, this.#clock.monotonic() + OPERATOR_SESSION_S * 1_000);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > SESSIONS_MAX && oldest !== undefined) this.#sessions.delete(oldest);
    return { sessionId };
  }

  isSignedIn(sessionId: string): boolean {
    return (this.#sessions.get(sessionId) ?? 0) > this.#clock.monotonic();
  }

  signOut(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }

  /** A link is used up before it counts. */
  #take(token: string): boolean {
    const [until = '', hash = ''] = (this.#store.setting(SETTING) ?? '').split(' ');
    if (hash === '' || !timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(hash))) return false;
    this.#store.saveSetting(SETTING, '');
    return this.#clock.now() < Number(until);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
