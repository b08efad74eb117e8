import type { Member, TrustedRing } from '../../federation/documents/types.ts';
import type { Drafted } from '../../federation/governance/member-draft.ts';
import type { Store } from '../store/store.ts';
import { refused } from './command-outcome.ts';
import { keepTerms, keptTerms, type SquareTerms } from './square-terms.ts';

/** Squares with terms of their own, over all rings: far more than anybody has neighbours. */
const TERMS_MAX = 1_024;

/** What one operator holds with other squares, by themselves: nothing of it is told to anybody. */
export interface TermsDesk {
  /** Of one ring. */
  terms(ringId: string): readonly SquareTerms[];
  /**
   * Has nothing more to do with a square of a ring, or has again.
   * @returns the sentence that says what that means
   */
  mute(ringId: string, square: string, isMuted: boolean, how: { readonly isPreview: boolean }): Drafted<string>;
}

export interface TermsDeskDeps {
  readonly rings: { all(): readonly TrustedRing[] };
  readonly store: Pick<Store, 'ringRecords' | 'saveRingRecord' | 'removeRingRecord'>;
  /** Peer id of this square. */
  readonly self: string;
}

export function createTermsDesk({ rings, store, self }: TermsDeskDeps): TermsDesk {
  const memberOf = (ringId: string, square: string): Member | undefined =>
    rings
      .all()
      .find((ring) => ring.ringId === ringId)
      ?.members.members.find((member) => member.square === square);

  /** Terms with squares that are in no ring any more make room. */
  const hasRoom = (): boolean => {
    const all = keptTerms(store);
    if (all.length < TERMS_MAX) return true;
    const gone = all.filter(({ ringId, square }) => memberOf(ringId, square) === undefined);
    for (const { ringId, square } of gone) store.removeRingRecord('terms', `${ringId} ${square}`);
    return gone.length > 0;
  };

  return {
    terms: (ringId) => keptTerms(store).filter((terms) => terms.ringId === ringId),
    mute(ringId, square, isMuted, { isPreview }) {
      if (square === self) return refused('this is your own square');
      const member = memberOf(ringId, square);
      const known = keptTerms(store).find((terms) => terms.ringId === ringId && terms.square === square);
      if (member === undefined && known === undefined) return refused('the ring has no such square');
      const name = member === undefined ? square : namesOf(member);
      if ((known?.isMuted ?? false) === isMuted)
        return refused(`${name} is ${isMuted ? 'muted already' : 'not muted'}`);
      if (known === undefined && !hasRoom())
        return refused('this square has terms with as many squares as it can keep');
      if (!isPreview) keepTerms(store, { ringId, square, isMuted });
      return { ok: true, value: isMuted ? muteSentence(name) : unmuteSentence(name) };
    },
  };
}

function muteSentence(name: string): string {
  return (
    `Mutes ${name} here: its gate goes dark and shuts, nobody of theirs looks in, waves or walks in, and nobody of yours ` +
    'over there. It goes on hearing how many are here, as all neighbours do: that word is one for all. Nobody is told.'
  );
}

function unmuteSentence(name: string): string {
  return `Mutes ${name} no more: its gate lights up again, and visitors look, wave and walk both ways as your sites allow.`;
}

/** Its sites, and where it is. */
function namesOf({ origin, sites }: Member): string {
  return `${sites.map(({ name }) => name).join(', ')} (${new URL(origin).host})`;
}
