import { refused, type CommandOutcome } from './command-outcome.ts';
import { withRing, type RingContext } from './desk-session.ts';
import { squareNamed } from './list-command.ts';
import { createTermsDesk } from './terms-desk.ts';

/** Mutes the square that a word names, on this square alone, or unmutes it. */
export function muteSquare(context: RingContext, word: string, isMuted: boolean): Promise<CommandOutcome> {
  return withRing(context, (ring, { key, rings, store }) => {
    const desk = createTermsDesk({ rings, store, self: key.square, sites: () => [] });
    const left = desk.terms(ring.ringId).find((terms) => terms.square === word)?.square;
    const square = squareNamed(ring, word) ?? left;
    if (square === undefined) return refused(`the ring has no square and no site ${JSON.stringify(word)}`);
    const isPreview = context.isDryRun;
    const muted = desk.mute(ring.ringId, square, isMuted, { isPreview });
    if (!muted.ok) return muted;
    return {
      ok: true,
      lines: [muted.value, ...(isPreview ? ['Dry run, nothing was written.'] : [])],
      json: { ring: ring.ringId, square, change: muted.value, isDryRun: isPreview, isMuted },
    };
  });
}
