import { randomBytes } from 'node:crypto';
import type { SiteRecord } from '../store/site-record.ts';

const SESSIONS_MAX = 50_000;
const ID_BYTES = 24;

interface Session {
  readonly siteKey: string;
  /** Hash of the token that began it: it ends when the site gets another, whoever changes that. */
  readonly tokenHash: string | null;
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
  begin({ key, adminTokenHash }: Pick<SiteRecord, 'key' | 'adminTokenHash'>, maxAgeMs: number): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.#byId.set(id, { siteKey: key, tokenHash: adminTokenHash, endsAt: this.#monotonic() + maxAgeMs });
    if (this.#byId.size > SESSIONS_MAX) {
      for (const oldest of this.#byId.keys()) {
        this.#byId.delete(oldest);
        break;
      }
    }
    return id;
  }

  /** @param find the sites there are now */
  siteOf(id: string, find: (siteKey: string) => SiteRecord | undefined): SiteRecord | undefined {
    const session = this.#byId.get(id);
    if (session === undefined) return undefined;
    const site = find(session.siteKey);
    if (session.endsAt > this.#monotonic() && site?.adminTokenHash === session.tokenHash) return site;
    this.#byId.delete(id);
    return undefined;
  }

  end(id: string): void {
    this.#byId.delete(id);
  }
}
