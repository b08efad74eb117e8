import type { answerChallenge } from './proof-of-work.ts';

/** How the square's text begins that asks for work. */
const CHALLENGE = '{"type":"challenge"';

/**
 * Answers what is a challenge with the help of `townring-proof.js`, which lies beside this bundle and is only fetched then.
 * @returns false when it is any other frame
 */
export function takeChallenge(
  data: unknown,
  later: (run: () => void) => void,
  isWanted: () => boolean,
  send: (text: string) => void,
): boolean {
  if (typeof data !== 'string' || !data.startsWith(CHALLENGE)) return false;
  const url = new URL('townring-proof.js', import.meta.url).href;
  const proof: Promise<{ answerChallenge: typeof answerChallenge }> = import(url);
  // Without it there is no hello, and the connection tries again later, as after any other silence.
  proof.then((module) => module.answerChallenge(data, later, isWanted, send)).catch(() => undefined);
  return true;
}
