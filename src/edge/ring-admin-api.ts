import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { OPERATOR_SESSION_S, type OperatorSignIns } from '../admin/operator-sign-in.ts';
import { describeSharing, sharingFrom } from '../admin/site-sharing.ts';
import { listChangeFrom } from '../ring/list-change.ts';
import type { JoinDesk } from '../ring/join-desk.ts';
import type { RingDesk } from '../ring/ring-desk.ts';
import type { RingDirectory } from '../ring/ring-port.ts';
import { ringsView } from '../ring/rings-view.ts';
import { termsChangeSchema } from '../ring/square-terms.ts';
import type { TermsDesk } from '../ring/terms-desk.ts';
import type { Store } from '../store/store.ts';
import { answerError, answerJson, readJson, type EdgeContext, type EdgeEnv, type JsonBody } from './json.ts';
import type { RequestFacts } from './request-facts.ts';

const COOKIE = 'tr_operator';
const PATH = '/admin/ring';

/** An invitation made here is for one square, and for so long. */
const INVITE_DAYS = 14;

export interface RingAdminApiDeps {
  readonly store: Store;
  readonly desk: RingDesk;
  readonly joins: JoinDesk;
  readonly terms: TermsDesk;
  /** What our sites share with whom; JSON. */
  readonly sharing: () => readonly object[];
  readonly directory: RingDirectory;
  readonly signIns: OperatorSignIns;
  readonly facts: RequestFacts;
  /** A desk, or a site's sharing, changed something: whoever holds the ring reads it again. */
  readonly changed: () => void;
}

/** The operator's own page: the ring's roster and what this square shares with it. */
export function ringAdminApi(deps: RingAdminApiDeps): Hono<EdgeEnv> {
  const { store, desk, joins, terms, sharing, directory, signIns, facts, changed } = deps;
  const api = new Hono<EdgeEnv>();

  const setCookie = (context: EdgeContext, id: string, maxAgeS: number): void => {
    const secure = facts.originOf(context).startsWith('https:') ? '; Secure' : '';
    context.header(
      'set-cookie',
      `${COOKIE}=${id}; HttpOnly; SameSite=Strict; Path=${PATH}; Max-Age=${maxAgeS}${secure}`,
    );
  };
  const sessionOf = (context: EdgeContext): string => getCookie(context, COOKIE) ?? '';

  /** What may change something comes from this page itself: a cookie alone proves only whose browser it is. */
  const isOurs = (context: EdgeContext): boolean => {
    const origin = context.req.header('origin');
    const site = context.req.header('sec-fetch-site');
    return origin === facts.originOf(context) && (site === undefined || site === 'same-origin');
  };
  const post = (path: string, run: (context: EdgeContext, body: JsonBody) => Response | Promise<Response>): void => {
    api.post(`${PATH}/api/${path}`, async (context) => {
      context.header('cache-control', 'no-store');
      if (!isOurs(context)) return answerError(context, 403, 'This came from another page.');
      const read = await readJson(context);
      return read.ok ? run(context, read.body) : read.answer;
    });
  };
  const signedIn =
    (run: (context: EdgeContext, body: JsonBody) => Response) =>
    (context: EdgeContext, body: JsonBody): Response =>
      signIns.isSignedIn(sessionOf(context))
        ? run(context, body)
        : answerError(context, 401, 'Sign in first: townring admin prints a link.');

  post('sign-in', (context, { token }) => {
    const outcome = signIns.signIn(facts.addressOf(context), typeof token === 'string' ? token : '');
    if (outcome === 'locked-out') return answerError(context, 429, 'Too many failed tries. Come back in an hour.');
    if (outcome === 'refused') {
      return answerError(context, 403, 'This link was used, or is too old: townring admin prints a new one.');
    }
    setCookie(context, outcome.sessionId, OPERATOR_SESSION_S);
    return answerJson(context, { ok: true });
  });
  post('sign-out', (context) => {
    signIns.signOut(sessionOf(context));
    setCookie(context, '', 0);
    return answerJson(context, { ok: true });
  });

  api.get(`${PATH}/api/state`, (context) => {
    context.header('cache-control', 'no-store');
    if (!signIns.isSignedIn(sessionOf(context))) {
      return answerError(context, 401, 'Sign in first: townring admin prints a link.');
    }
    const { square } = directory;
    return answerJson(context, {
      square,
      origin: facts.originOf(context),
      rings: ringsView(desk, joins, terms, directory),
      sharing: sharing(),
    });
  });

  post(
    'change',
    signedIn((context, { ring, change, base, isPreview }) => {
      const wanted = listChangeFrom(change);
      if (typeof ring !== 'string' || wanted === undefined) return answerError(context, 400, 'No such change.');
      const outcome =
        isPreview === true
          ? desk.preview(ring, wanted)
          : desk.apply(ring, wanted, typeof base === 'string' ? base : undefined);
      if (!outcome.ok) return answerError(context, 400, outcome.problems.join('; '));
      if (isPreview !== true) changed();
      const { sentence } = outcome.value;
      return answerJson(context, { sentence, ...('base' in outcome.value && { base: outcome.value.base }) });
    }),
  );
  post(
    'undo',
    signedIn((context, { ring }) => {
      const outcome = desk.undo(typeof ring === 'string' ? ring : '');
      if (!outcome.ok) return answerError(context, 400, outcome.problems.join('; '));
      changed();
      return answerJson(context, { sentence: outcome.value.sentence });
    }),
  );
  post(
    'request',
    signedIn((context, { ring, square, answer, reason, isPreview }) => {
      if (typeof ring !== 'string' || typeof square !== 'string') return answerError(context, 400, 'No such request.');
      if (answer === 'decline') {
        const why = typeof reason === 'string' ? reason : '';
        const declined = joins.decline(ring, square, why);
        if (!declined.ok) return answerError(context, 400, declined.problems.join('; '));
        return answerJson(context, { sentence: 'Declined. The square that asked is told why.' });
      }
      const outcome = isPreview === true ? joins.previewApproval(ring, square) : joins.approve(ring, square);
      if (!outcome.ok) return answerError(context, 400, outcome.problems.join('; '));
      return answerJson(context, { sentence: outcome.value.sentence });
    }),
  );
  post(
    'mute',
    signedIn((context, { ring, square, isMuted, isPreview }) => {
      if (typeof ring !== 'string' || typeof square !== 'string' || typeof isMuted !== 'boolean') {
        return answerError(context, 400, 'No such square.');
      }
      const outcome = terms.mute(ring, square, isMuted, { isPreview: isPreview === true });
      if (!outcome.ok) return answerError(context, 400, outcome.problems.join('; '));
      if (isPreview !== true) changed();
      return answerJson(context, { sentence: outcome.value });
    }),
  );
  post(
    'terms',
    signedIn((context, { ring, site, square, change, isPreview }) => {
      const wanted = termsChangeSchema.safeParse(change);
      if (typeof ring !== 'string' || typeof site !== 'string' || typeof square !== 'string' || !wanted.success) {
        return answerError(context, 400, 'No such setting.');
      }
      const how = { isPreview: isPreview === true };
      const outcome = terms.agree({ ringId: ring, siteId: site, square }, wanted.data, how);
      if (!outcome.ok) return answerError(context, 400, outcome.problems.join('; '));
      if (!how.isPreview) changed();
      return answerJson(context, { sentence: outcome.value });
    }),
  );
  post(
    'invite',
    signedIn((context, { ring, note }) => {
      const wish = { uses: 1, days: INVITE_DAYS, note: typeof note === 'string' ? note : '' };
      const outcome = joins.invite(typeof ring === 'string' ? ring : '', wish);
      if (!outcome.ok) return answerError(context, 400, outcome.problems.join('; '));
      return answerJson(context, { text: outcome.value.text, expires: outcome.value.expires });
    }),
  );
  post(
    'site',
    signedIn((context, body) => {
      const site = typeof body['key'] === 'string' ? store.find(body['key']) : undefined;
      if (site === undefined) return answerError(context, 404, 'No such site.');
      const patch = sharingFrom(body);
      if (patch === undefined) return answerError(context, 400, 'No such setting.');
      const sentence = describeSharing({ ...site, ...patch });
      if (body['isPreview'] !== true) {
        store.changeSite(site.key, patch);
        changed();
      }
      return answerJson(context, { sentence });
    }),
  );
  return api;
}
