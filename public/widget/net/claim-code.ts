/** What a claim code looks like, and how it is taken out of a URL fragment. Pure. */

/** 128 random bits in base64url. */
const CODE = /^[A-Za-z0-9_-]{22}$/;

/**
 * Takes `ts=CODE` out of a URL fragment.
 * @param hash as `location.hash` gives it, "" or starting with "#"
 * @returns the fragment without any `ts` part, and the first well-formed code
 */
export function takeCode(hash: string): { readonly rest: string; readonly code?: string } {
  const parts = hash.replace(/^#/, '').split('&');
  const kept = parts.filter((part) => !part.startsWith('ts='));
  if (kept.length === parts.length) return { rest: hash };
  const rest = kept.join('&');
  const code = parts
    .filter((part) => part.startsWith('ts='))
    .map((part) => part.slice(3))
    .find((part) => CODE.test(part));
  return { rest: rest === '' ? '' : `#${rest}`, ...(code !== undefined && { code }) };
}

/** True for a code that may be put into a URL. */
export function isCode(value: unknown): value is string {
  return typeof value === 'string' && CODE.test(value);
}
