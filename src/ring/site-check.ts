import { z } from 'zod';
import { decodeUtf8, parseStrictJson } from '../../federation/documents/strict-json.ts';
import type { Member, MemberSite } from '../../federation/documents/types.ts';
import { fetchGuarded } from '../lib/guarded-fetch.ts';

/** What a look at a site found. */
export const siteCheckSchema = z.strictObject({
  site: z.string(),
  /** The page is there, and it belongs to the square that says so. */
  isGood: z.boolean(),
  /** `well-known` or `embed` when it is good, else what was wrong. */
  found: z.enum([
    'well-known',
    'embed',
    'no-link-back',
    'bad-url',
    'private-address',
    'no-such-host',
    'refused',
    'timeout',
    'status',
    'too-large',
    'too-many-redirects',
  ]),
});

export type SiteCheck = z.infer<typeof siteCheckSchema>;

const PAGE_MAX_BYTES = 2 * 1024 * 1024;
const ABOUT_MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 15_000;

const aboutSchema = z.object({ square: z.string().max(128) });

/** Each finding in words for an operator. */
export const FINDING_WORDS: Record<SiteCheck['found'], string> = {
  'well-known': 'its /.well-known/townring.json names the square',
  embed: 'its entry page shows the strip of the square',
  'no-link-back': 'its entry page does not show the strip, and its /.well-known/townring.json does not name the square',
  'bad-url': 'its entry page leads to an address that is not https',
  'private-address': 'its name leads into a private network',
  'no-such-host': 'its name cannot be resolved',
  refused: 'it does not take connections, or its certificate is not good',
  timeout: 'it did not answer in time',
  status: 'its entry page answers with an error',
  'too-large': 'its entry page is larger than 2 MiB',
  'too-many-redirects': 'its entry page redirects too often',
};

/**
 * Looks whether a site belongs to the square that brings it: its origin names the square, or its entry page shows the strip.
 * The link back is the same look, every day.
 */
export async function checkSite(
  { square, origin }: Pick<Member, 'square' | 'origin'>,
  { id, entry }: MemberSite,
  allowPrivate: boolean,
): Promise<SiteCheck> {
  const page = await fetchGuarded(entry, { maxBytes: PAGE_MAX_BYTES, timeoutMs: TIMEOUT_MS, allowPrivate });
  if (page.ok && showsStrip(decodeUtf8(page.body) ?? '', origin)) return { site: id, isGood: true, found: 'embed' };
  // A page that is gone is not there for visitors, whoever the machine belongs to.
  if (!page.ok) return { site: id, isGood: false, found: page.reason };
  const about = URL.parse('/.well-known/townring.json', entry)?.href ?? '';
  const said = await fetchGuarded(about, { maxBytes: ABOUT_MAX_BYTES, timeoutMs: TIMEOUT_MS, allowPrivate });
  const text = said.ok ? decodeUtf8(said.body) : undefined;
  const parsed = aboutSchema.safeParse(text === undefined ? undefined : parseStrictJson(text)?.value);
  if (parsed.success && parsed.data.square === square) return { site: id, isGood: true, found: 'well-known' };
  return { site: id, isGood: false, found: 'no-link-back' };
}

/** The embed as `townring site add` prints it, in any quoting: the element, and the square that it is of. */
function showsStrip(html: string, origin: string): boolean {
  return /<town-square[\s>]/i.test(html) && html.includes(origin);
}
