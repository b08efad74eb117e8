import { HourlyBudget } from '../moderation/hourly-budget.ts';
import type { SiteRecord } from '../store/site-record.ts';
import type { Store } from '../store/store.ts';
import { isAdminToken } from './admin-token.ts';
import type { Sessions } from './sessions.ts';

/** How somebody says that they look after a site; "" for what did not come along. */
export interface Credentials {
  readonly sessionId: string;
  /** With a session: it has to be of this site, when one is named. */
  readonly siteKey: string;
  readonly adminToken: string;
}

/** `token`: what proved it in this very request, when it was not a session alone. */
export type SignIn = { readonly site: SiteRecord; readonly token?: string } | 'refused' | 'locked-out';

/** Lets owners in to their sites (http-api.md section 6, "Authentication"). */
export class SignIns {
  readonly #store: Store;
  readonly #sessions: Sessions;
  readonly #failures: HourlyBudget;

  /** @param failuresPerHour wrong tokens of one address before it is kept out, even with a right one; 0: any number */
  constructor(store: Store, sessions: Sessions, failuresPerHour: number, monotonic: () => number) {
    this.#store = store;
    this.#sessions = sessions;
    this.#failures = new HourlyBudget(failuresPerHour, monotonic);
  }

  /** A site named with its token, or a session. Only a token that is wrong counts as a failure. */
  enter(address: string, credentials: Credentials): SignIn {
    if (this.#failures.isSpent(address)) return 'locked-out';
    const { siteKey, adminToken } = credentials;
    const named = siteKey === '' ? undefined : this.#store.find(siteKey);
    const isProven = named !== undefined && adminToken !== '' && isAdminToken(adminToken, named.adminTokenHash);
    const known = this.bySession(credentials);
    if (known !== undefined) return { site: known, ...(isProven && { token: adminToken.trim() }) };
    return this.#judge(address, adminToken, isProven ? named : undefined);
  }

  /** A token alone: all sites are tried. */
  login(address: string, adminToken: string): SignIn {
    if (this.#failures.isSpent(address)) return 'locked-out';
    const site =
      adminToken === ''
        ? undefined
        : this.#store.sites().find(({ adminTokenHash }) => isAdminToken(adminToken, adminTokenHash));
    return this.#judge(address, adminToken, site);
  }

  bySession({ sessionId, siteKey }: Credentials): SiteRecord | undefined {
    const site = this.#sessions.siteOf(sessionId, (key) => this.#store.find(key));
    return siteKey === '' || siteKey === site?.key ? site : undefined;
  }

  #judge(address: string, adminToken: string, site: SiteRecord | undefined): SignIn {
    if (site !== undefined) {
      this.#failures.clear(address);
      return { site, token: adminToken.trim() };
    }
    if (adminToken !== '') this.#failures.spend(address);
    return 'refused';
  }
}
