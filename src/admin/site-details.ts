/** What an owner says a site is: checked alike at registration and later (http-api.md sections 4 and 6). */
import { textOf } from '../lib/untyped.ts';
import { isIP } from 'node:net';
import { cutAtGrapheme, withoutControls } from '../scene/text.ts';

const ORIGIN_MAX_UNITS = 240;
const NAME_MAX_UNITS = 80;
const EMAIL_MAX_UNITS = 254;

/** Most sockets that an owner may allow a scene. */
const CONNECTION_LIMIT_MAX = 1_000;

/** Second-level labels under which countries register names, so that `moss.co.uk` has a twin and `a.b.uk` has none. */
const COUNTRY_LABELS = new Set(['ac', 'co', 'com', 'edu', 'gov', 'net', 'org']);

export interface SiteDetails {
  readonly name: string;
  readonly origin: string;
  readonly allowedOrigins: readonly string[];
  readonly email: string | null;
}

export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: string };

/**
 * @param input fields of a request as they came; `includeMatchingWww` is true or false only
 * @param addsTwin whether the www or apex twin of the origin is allowed as well when the input does not say
 */
export function siteDetailsFrom(input: Readonly<Record<string, unknown>>, addsTwin: boolean): Checked<SiteDetails> {
  const origin = webOriginFrom(input['origin']);
  if (origin === undefined) return refused('Enter a valid website origin, like https://example.com.');
  const email = textOf(input['email']).trim().slice(0, EMAIL_MAX_UNITS);
  if (email !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    return refused('Enter a valid email address, or leave the field empty.');
  }
  const given = input['includeMatchingWww'];
  const twin = (typeof given === 'boolean' ? given : addsTwin) ? twinOf(origin) : undefined;
  const name = cutAtGrapheme(withoutControls(textOf(input['name'])).trim(), NAME_MAX_UNITS);
  return {
    ok: true,
    value: {
      name: name === '' ? new URL(origin).hostname || 'Untitled site' : name,
      origin,
      allowedOrigins: twin === undefined ? [origin] : [origin, twin],
      email: email === '' ? null : email,
    },
  };
}

/** Whether the twin of a site's own origin is among those allowed. */
export function includesTwin({ origin, allowedOrigins }: Pick<SiteDetails, 'origin' | 'allowedOrigins'>): boolean {
  const twin = twinOf(origin);
  return twin !== undefined && allowedOrigins.includes(twin);
}

/** `www.moss.example` of `moss.example` and the other way round; undefined where there is no such pair. */
export function twinOf(origin: string): string | undefined {
  const url = new URL(origin);
  const { hostname } = url;
  if (hostname === 'localhost' || isIP(hostname) !== 0 || hostname.startsWith('[')) return undefined;
  const labels = hostname.split('.');
  if (labels[0] === 'www') {
    if (labels.length < 3) return undefined;
    url.hostname = hostname.slice('www.'.length);
    return url.origin;
  }
  const isApex = labels.length === 2 || (labels.length === 3 && COUNTRY_LABELS.has(labels[1] ?? ''));
  if (!isApex) return undefined;
  url.hostname = `www.${hostname}`;
  return url.origin;
}

/** Sockets a scene takes. @returns `preset` for what is no number of at least 1 */
export function connectionLimitFrom(value: unknown, preset: number): number {
  const limit = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(limit) && limit >= 1 ? Math.min(Math.round(limit), CONNECTION_LIMIT_MAX) : preset;
}

function webOriginFrom(value: unknown): string | undefined {
  const url = URL.parse(textOf(value).trim().slice(0, ORIGIN_MAX_UNITS));
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.origin : undefined;
}

function refused(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
