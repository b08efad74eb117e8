/** Words that an owner does not want to read, covered with stars (wire protocol section 3, "blocked-word mask"). */

/** A word that ASCII boundaries can hold: the classic rule, to the letter. */
const ASCII_WORD = /^(?=\w)[\x20-\x7E]*(?<=\w)$/;

/** Scripts written without spaces between words: a border there would let every sentence through. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Masks a text; each hit becomes as many stars as it has UTF-16 units. */
export type WordMask = (text: string) => string;

/**
 * Makes the mask of a list of words. Case does not matter, and neither does how accents are composed. A word is only hit
 * where it stands alone: between ASCII word borders when it is ASCII, between letters, digits and marks of any script
 * otherwise, and anywhere in scripts that put no spaces between words.
 */
export function wordMaskOf(words: readonly string[]): WordMask {
  // Longest first, so that of two words that begin alike the longer is covered whole.
  const patterns = [...new Set(words.flatMap((word) => [word.normalize('NFC'), word.normalize('NFD')]))]
    .filter((word) => word !== '')
    .sort((a, b) => b.length - a.length)
    .map(patternOf);
  if (patterns.length === 0) return (text) => text;
  const hits = new RegExp(patterns.join('|'), 'giu');
  return (text) => text.replaceAll(hits, (hit) => '*'.repeat(hit.length));
}

function patternOf(word: string): string {
  const literal = word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (ASCII_WORD.test(word)) return `(?<![A-Za-z0-9_])${literal}(?![A-Za-z0-9_])`;
  if (UNSPACED.test(word)) return literal;
  return `(?<![\\p{L}\\p{N}\\p{M}_])${literal}(?![\\p{L}\\p{N}\\p{M}_])`;
}
