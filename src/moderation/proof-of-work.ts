import { createHash } from 'node:crypto';

/** Random bytes of a salt; twice as many hex characters on the wire. */
export const SALT_BYTES = 16;

/** Longest nonce looked at, in UTF-16 units. */
export const NONCE_MAX_UNITS = 64;

/** Whether SHA-256 of `salt:nonce` begins with enough zero bits, counted from the most significant bit of byte 0. */
export function isSolution(salt: string, nonce: string, difficulty: number): boolean {
  const digest = createHash('sha256').update(`${salt}:${nonce}`, 'utf8').digest();
  return leadingZeroBits(digest) >= difficulty;
}

export function leadingZeroBits(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 8 * bytes.length : 8 * first + Math.clz32(bytes[first] ?? 0) - 24;
}

export type ProofAnswer<Held> =
  /** What was held back while the browser worked; to be handled now. */
  { readonly kind: 'proven'; readonly held: Held } | { readonly kind: 'wrong' } | { readonly kind: 'not-asked' };

/**
 * One connection's proof of work: a salt is good for one answer, and asking again makes the salt before it worthless.
 * @typeParam Held - the message that waits for the proof
 */
export class ProofOfWork<Held> {
  #asked: { readonly salt: string; readonly difficulty: number; readonly held: Held } | undefined;
  #isProven = false;

  get isProven(): boolean {
    return this.#isProven;
  }

  /** @param salt 32 lowercase hex characters, never given out before */
  ask(salt: string, difficulty: number, held: Held): void {
    this.#asked = { salt, difficulty, held };
  }

  /** @param nonce undefined when the client sent none that can be looked at */
  answer(nonce: string | undefined): ProofAnswer<Held> {
    const asked = this.#asked;
    if (asked === undefined) return { kind: 'not-asked' };
    this.#asked = undefined;
    if (nonce === undefined || !isSolution(asked.salt, nonce, asked.difficulty)) return { kind: 'wrong' };
    this.#isProven = true;
    return { kind: 'proven', held: asked.held };
  }
}
