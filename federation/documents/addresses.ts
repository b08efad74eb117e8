import { multiaddr } from '@multiformats/multiaddr';
import { MAX_ADDR_CHARS, MAX_NAME_CHARS, MAX_URL_CHARS } from './limits.ts';

/** Printable ASCII: what every multiaddr and every normalised URL is made of. */
const VISIBLE_ASCII = /^[!-~]+$/;

/** Control and surrogate characters, line breaks, and the marks that turn text around or hide. */
const UNSHOWABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/u;

/** A name or reason as documents hold it: shown as it stands, no blanks at its ends, 1 to `maxChars` code points. */
export function isShowableText(text: string, maxChars: number = MAX_NAME_CHARS): boolean {
  const length = Array.from(text).length;
  return length >= 1 && length <= maxChars && text.trim() === text && !UNSHOWABLE.test(text);
}

/**
 * An absolute URL in its normal form that a visitor may be sent to: https, or http on loopback; no user, no fragment (the
 * claim code of a hop goes there).
 */
export function isEntryUrl(text: string): boolean {
  const url = parseNormalised(text);
  return url !== undefined && url.href === text && url.hash === '' && !text.includes('#');
}

/** A web origin in its normal form, under the rules of {@link isEntryUrl}. */
export function isWebOrigin(text: string): boolean {
  return parseNormalised(text)?.origin === text;
}

/** Whether a URL names this very machine. Takes any text; what is no URL is not loopback. */
export function isLoopbackUrl(text: string): boolean {
  const host = URL.parse(text)?.hostname ?? '';
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A multiaddr in its normal form. When it names a peer, that peer must be `square`. */
export function isAddrOf(square: string, text: string): boolean {
  if (text.length > MAX_ADDR_CHARS || !VISIBLE_ASCII.test(text)) return false;
  try {
    const addr = multiaddr(text);
    const components = addr.getComponents();
    const peers = components.filter(({ name }) => name === 'p2p');
    return addr.toString() === text && components.length > 0 && peers.every(({ value }) => value === square);
  } catch {
    return false;
  }
}

function parseNormalised(text: string): URL | undefined {
  if (text.length > MAX_URL_CHARS || !VISIBLE_ASCII.test(text)) return undefined;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(text)) ? url : undefined;
}
