/**
 * The work that a bot-protected site asks of a newcomer (wire protocol section 2): found in slices, so that the page stays
 * alive. A module of its own, `townring-proof.js`, since most pages never need it; what crosses its border are functions
 * and texts only, because the main bundle shortens the names of its properties.
 */

export interface Challenge {
  readonly salt: string;
  /** Zero bits at the front of the digest. */
  readonly difficulty: number;
}

/** Some 5 ms of work on a telephone. */
const NONCES_PER_SLICE = 1_500;

/** More is not a question for a browser. */
const DIFFICULTY_MAX = 24;

/** @returns undefined when it is none that can be answered */
export function challengeFrom(frame: string): Challenge | undefined {
  try {
    const { salt, difficulty }: { salt?: unknown; difficulty?: unknown } = JSON.parse(frame);
    if (typeof salt !== 'string' || !/^[0-9a-f]{32}$/.test(salt) || typeof difficulty !== 'number') return undefined;
    return { salt, difficulty: Math.min(Math.max(difficulty, 0), DIFFICULTY_MAX) };
  } catch {
    return undefined;
  }
}

/**
 * Looks for the answer to a `challenge` frame until it is found or nobody wants it any more.
 * @param later runs a function when the page had its turn
 * @param send takes the `solve` frame
 */
export function answerChallenge(
  frame: string,
  later: (run: () => void) => void,
  isWanted: () => boolean,
  send: (solve: string) => void,
): void {
  const challenge = challengeFrom(frame);
  if (challenge === undefined) return;
  const { salt, difficulty } = challenge;
  const firstWordOf = digester();
  let nonce = 0;
  const work = (): void => {
    if (!isWanted()) return;
    for (const end = nonce + NONCES_PER_SLICE; nonce < end; nonce += 1) {
      if (Math.clz32(firstWordOf(`${salt}:${nonce}`)) < difficulty) continue;
      return send(JSON.stringify({ type: 'solve', nonce: String(nonce) }));
    }
    later(work);
  };
  work();
}

/** SHA-256 (FIPS 180-4) of a text of at most 55 ASCII characters: one block, of whose digest the first word is enough. */
export function digester(): (text: string) => number {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
  const start = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const words = new Int32Array(64);
  const at = (array: Int32Array, index: number): number => array[index] ?? 0;
  return (text) => {
    words.fill(0, 0, 16);
    const put = (index: number, byte: number): void => {
      words[index >> 2] = at(words, index >> 2) | (byte << (24 - 8 * (index & 3)));
    };
    for (let index = 0; index < text.length; index += 1) put(index, text.charCodeAt(index));
    put(text.length, 0x80);
    words[15] = 8 * text.length;
    for (let t = 16; t < 64; t += 1) {
      const early = at(words, t - 15);
      const late = at(words, t - 2);
      const small0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      const small1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      words[t] = (at(words, t - 16) + small0 + at(words, t - 7) + small1) | 0;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = start;
    for (let t = 0; t < 64; t += 1) {
      const big1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const one = (h + big1 + ((e & f) ^ (~e & g)) + at(constants, t) + at(words, t)) | 0;
      const big0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const two = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    return ((start[0] ?? 0) + a) | 0;
  };
}

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function fraction(value: number): number {
  return ((value - Math.floor(value)) * 2 ** 32) | 0;
}
