import { randomBytes } from 'node:crypto';

const SESSIONS_MAX = 50_000;
const ID_BYTES = 24;

interface Session {
  readonly siteKey: string;
  /** Monotonic ms. */
  readonly endsAt: number;
}

/** Who is signed in, in memory only: a restart signs everybody out. Of more than 50,000 the oldest end. */
export class Sessions {
  readonly #monotonic: () => number;
  readonly #byId = new Map<string, Session>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** @returns the id for the cookie: 32 URL-safe characters */
  begin(siteKey: string, maxAgeMs: number): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.#byId.set(id, { siteKey, endsAt: this.#monotonic() + maxAgeMs });
    if (this.#byId.size > SESSIONS_MAX) {
      for (const oldest of this.#byId.keys()) {
        this.#byId.delete(oldest);
        break;
      }
    }
    return id;
  }

  siteOf(id: string): string | undefined {
    const session = this.#byId.get(id);
    if (session !== undefined && session.endsAt > this.#monotonic()) return session.siteKey;
    this.#byId.delete(id);
    return undefined;
  }

  end(id: string): void {
    this.#byId.delete(id);
  }

  /** The site's token was replaced, or the site is gone. */
  endAllOf(siteKey: string): void {
    for (const [id, session] of this.#byId) if (session.siteKey === siteKey) this.#byId.delete(id);
  }
}
