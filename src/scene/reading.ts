import { READING_LABEL_MAX_UNITS, READING_URL_MAX_UNITS } from '../protocol/limits.ts';
import type { SceneState } from './state.ts';
import { cutAtGrapheme, withoutControls } from './text.ts';
import type { SceneConnection } from './visitor.ts';

/** What a visitor reads, as everybody sees it. Both "" when nothing may be shown. */
export interface Reading {
  readonly label: string;
  readonly url: string;
}

export const NO_READING: Reading = { label: '', url: '' };

/**
 * Derives what is shown from the page address a client names (wire protocol section 7). Never throws.
 * @param acceptsOrigin whether pages of a web origin may be shown here
 */
export function deriveReading(rawUrl: string, acceptsOrigin: (origin: string) => boolean): Reading {
  const url = URL.parse(rawUrl.slice(0, READING_URL_MAX_UNITS));
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return NO_READING;
  if (!acceptsOrigin(url.origin)) return NO_READING;
  return { label: labelOf(url), url: url.href };
}

/** Derives a reading by this scene's rule of what may be shown. */
export function readingIn(state: SceneState, connection: SceneConnection, rawUrl: string): Reading {
  const allowed = state.rules.hosted?.allowedOrigins;
  return deriveReading(rawUrl, (origin) =>
    allowed === undefined ? connection.origin === undefined || origin === connection.origin : allowed.includes(origin),
  );
}

function labelOf(url: URL): string {
  const segment = url.pathname.split('/').findLast((part) => part !== '');
  if (segment === undefined) return url.hostname.replace(/^www\./, '').slice(0, READING_LABEL_MAX_UNITS);
  const decoded = decodedOf(segment);
  if (decoded === undefined) return spaced(segment).slice(0, READING_LABEL_MAX_UNITS);
  const words = spaced(decoded.replace(/\.[A-Za-z0-9]+$/, '')).replaceAll(/\s+/g, ' ');
  // An address can spell what turns text around as well as a name can.
  return cutAtGrapheme(withoutControls(words).trim(), READING_LABEL_MAX_UNITS);
}

function spaced(text: string): string {
  return text.replaceAll(/[-_]+/g, ' ');
}

function decodedOf(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // a stray % is no reason to show nothing
  }
}
