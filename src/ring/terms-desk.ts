import type { Member, TrustedRing } from '../../federation/documents/types.ts';
import type { Drafted } from '../../federation/governance/member-draft.ts';
import type { Store } from '../store/store.ts';
import { refused } from './command-outcome.ts';
import type { PairedSite } from './ring-holder.ts';
import { keepTerms, keptTerms, termsOf, type SquareTerms, type TermsChange } from './square-terms.ts';

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
  mute(ringId: string, square: string, isMuted: boolean, how: HowToDoIt): Drafted<string>;
  /**
   * Changes what holds between one of our sites and a square.
   * @returns the sentence that says what holds then
   */
  agree(with_: SiteAndSquare, change: TermsChange, how: HowToDoIt): Drafted<string>;
}

interface HowToDoIt {
  readonly isPreview: boolean;
}

export interface SiteAndSquare {
  readonly ringId: string;
  /** Id of a ring site of ours. */
  readonly siteId: string;
  /** Peer id of the other. */
  readonly square: string;
}

export interface TermsDeskDeps {
  readonly rings: { all(): readonly TrustedRing[] };
  readonly store: Pick<Store, 'ringRecords' | 'saveRingRecord' | 'removeRingRecord'>;
  /** Peer id of this square. */
  readonly self: string;
  /** Our sites in rings, as they are now. */
  readonly sites: () => readonly PairedSite[];
}

export function createTermsDesk({ rings, store, self, sites }: TermsDeskDeps): TermsDesk {
  const memberOf = (ringId: string, square: string): Member | undefined =>
    rings
      .all()
      .find((ring) => ring.ringId === ringId)
      ?.members.members.find((member) => member.square === square);
  const knownTerms = (ringId: string, square: string): SquareTerms | undefined =>
    keptTerms(store).find((terms) => terms.ringId === ringId && terms.square === square);

  /** Terms with squares that are in no ring any more make room. */
  const hasRoom = (): boolean => {
    const all = keptTerms(store);
    if (all.length < TERMS_MAX) return true;
    const gone = all.filter(({ ringId, square }) => memberOf(ringId, square) === undefined);
    for (const { ringId, square } of gone) store.removeRingRecord('terms', `${ringId} ${square}`);
    return gone.length > 0;
  };

  const keep = (
    known: SquareTerms | undefined,
    next: SquareTerms,
    sentence: string,
    how: HowToDoIt,
  ): Drafted<string> => {
    if (how.isPreview) return { ok: true, value: sentence };
    if (known === undefined && !hasRoom()) return refused('this square has terms with as many squares as it can keep');
    keepTerms(store, next);
    return { ok: true, value: sentence };
  };

  return {
    terms: (ringId) => keptTerms(store).filter((terms) => terms.ringId === ringId),
    mute(ringId, square, isMuted, how) {
      if (square === self) return refused('this is your own square');
      const member = memberOf(ringId, square);
      const known = knownTerms(ringId, square);
      if (member === undefined && known === undefined) return refused('the ring has no such square');
      const name = member === undefined ? square : `${namesOf(member)} (${new URL(member.origin).host})`;
      if ((known?.isMuted ?? false) === isMuted)
        return refused(`${name} is ${isMuted ? 'muted already' : 'not muted'}`);
      const next = { ringId, square, isMuted, sites: known?.sites ?? {} };
      return keep(known, next, isMuted ? muteSentence(name) : unmuteSentence(name), how);
    },
    agree({ ringId, siteId, square }, { sees, gate }, how) {
      const site = sites().find((each) => each.ringId === ringId && each.siteId === siteId);
      const member = square === self ? undefined : memberOf(ringId, square);
      const own = memberOf(ringId, self)?.sites.find(({ id }) => id === siteId);
      if (site === undefined || own === undefined) return refused('this square has no such site in that ring');
      if (member === undefined) return refused('the ring has no such neighbour');
      const known = knownTerms(ringId, square);
      if (known?.isMuted === true) return refused(`${namesOf(member)} is muted: unmute it first`);
      const terms = { ...known?.sites[siteId] };
      if (sees === null) delete terms.sees;
      else if (sees !== undefined) terms.sees = sees;
      if (gate === null) delete terms.gate;
      else if (gate !== undefined) terms.gate = gate;
      const next = { ringId, square, isMuted: false, sites: { ...known?.sites, [siteId]: terms } };
      const holds = termsOf(site, siteId, next) ?? site;
      return keep(known, next, termsSentence(own.name, namesOf(member), holds), how);
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

function termsSentence(
  site: string,
  neighbour: string,
  { sharing, admitsGuests, letsVisitorsOut }: Pick<PairedSite, 'sharing' | 'admitsGuests' | 'letsVisitorsOut'>,
): string {
  const seen = {
    nothing: 'may not look',
    count: 'may not look',
    figures: 'sees grey figures, no names',
    live: 'sees figures, their names and what they say',
  }[sharing];
  const walk = [
    `its visitors ${admitsGuests ? 'may walk in' : 'are turned away'}`,
    `visitors of ${site} ${letsVisitorsOut ? 'may walk out to it' : 'do not walk out to it'}`,
  ].join(', ');
  return `Whoever looks over the hill from ${neighbour} at ${site} ${seen}; ${walk}.`;
}

function namesOf({ sites }: Member): string {
  return sites.map(({ name }) => name).join(', ');
}
