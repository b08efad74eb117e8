import { createHash } from 'node:crypto';
import { signingKeyFromSeed, type SigningKey } from './signing-key.ts';

/** Crockford's alphabet: no I, L, O or U, so that a hand cannot confuse what an eye reads. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SEED_BYTES = 32;
/** Four bytes of checksum leave a slip of the pen one chance in four thousand million. */
const CHECK_BYTES = 4;
/** ⌈36 × 8 / 5⌉ */
const LETTERS = 58;

/** A private key for a sheet of paper: 58 letters in groups of five, with a checksum inside. */
export function encodePaperKey({ seed }: SigningKey): string {
  const bytes = Buffer.concat([seed, checksum(seed)]);
  // Two zero bits fill the last letter.
  let bits = BigInt(`0x${bytes.toString('hex')}`) << 2n;
  let letters = '';
  for (let at = 0; at < LETTERS; at++, bits >>= 5n) letters = ALPHABET.charAt(Number(bits & 31n)) + letters;
  return letters.match(/.{1,5}/g)?.join('-') ?? letters;
}

/**
 * Reads a key back as somebody types it: any case, any grouping, O for 0, I or L for 1.
 * @returns undefined when it is not one, or a letter is wrong
 */
export function decodePaperKey(text: string): SigningKey | undefined {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (letters.length !== LETTERS) return undefined;
  let bits = 0n;
  for (const letter of letters) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return undefined;
    bits = (bits << 5n) | BigInt(value);
  }
  if ((bits & 3n) !== 0n) return undefined;
  const bytes = Buffer.from((bits >> 2n).toString(16).padStart((SEED_BYTES + CHECK_BYTES) * 2, '0'), 'hex');
  const seed = bytes.subarray(0, SEED_BYTES);
  return checksum(seed).equals(bytes.subarray(SEED_BYTES)) ? signingKeyFromSeed(seed) : undefined;
}

function checksum(seed: Uint8Array): Buffer {
  return createHash('sha256').update('townring/paper/1').update(seed).digest().subarray(0, CHECK_BYTES);
}
