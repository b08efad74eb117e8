/** Page hops: offering our visitors to a neighbour, taking in the neighbours' visitors, redeeming their codes. */
import type { Neighbourhood } from '../presence/neighbourhood.ts';
import type { LocalSite, OfferOutcome, Redemption } from '../ring-service.ts';
import { termsWith } from '../terms.ts';
import type { Count, Log, Plate, Side } from '../types.ts';
import type { Claim, Codes } from './codes.ts';
import { decodeOfferAnswer, encodeOffer, type Offer, type OfferAnswer } from './offer.ts';

export interface PassageDeps {
  readonly ring: string;
  readonly self: string;
  readonly codes: Codes;
  readonly log: Log;
  readonly count: Count;
  neighbourhood(): Neighbourhood;
  localSite(site: string): LocalSite | undefined;
  filterPlate(site: string, plate: Plate): Plate;
  /** Rejects when there is no link or no answer in time. */
  ask(square: string, offer: Uint8Array): Promise<Uint8Array>;
}

export interface Passage {
  /** @param to the site where the strip of the visitor is; absent: the one behind that gate */
  offer(site: string, side: Side, plate: Plate, to?: string): Promise<OfferOutcome>;
  /** An offer that came over the link of `square`. */
  answer(square: string, offer: Offer): OfferAnswer;
  redeem(site: string, code: string): Redemption | undefined;
}

export function createPassage(deps: PassageDeps): Passage {
  const { codes, count } = deps;

  const answer = (square: string, offer: Offer): OfferAnswer => {
    const refuse = (reason: 'closed' | 'busy' | 'unknown', why: string): OfferAnswer => {
      count('offer-received', why);
      return { ok: false, reason };
    };
    const { places, members } = deps.neighbourhood();
    if (!members.has(square)) return refuse('unknown', 'non-member');
    if (places.get(offer.fromSite)?.member.square !== square) return refuse('unknown', 'wrong-origin');
    const local = deps.localSite(offer.toSite);
    if (local === undefined || places.get(offer.toSite)?.member.square !== deps.self)
      return refuse('unknown', 'wrong-site');
    if (!termsWith(local, square).admitsGuests) return refuse('closed', 'closed');
    const plate = deps.filterPlate(offer.toSite, offer.plate);
    const { fromSite, toSite, side } = offer;
    const issued = codes.issue({ plate, fromSite, toSite, side, square });
    if (!issued.ok) return refuse('busy', issued.reason);
    count('offer-received', 'accepted');
    return issued;
  };

  const askForCode = async (square: string, offer: Offer): Promise<OfferAnswer | undefined> => {
    if (square === deps.self) return answer(square, offer);
    try {
      return decodeOfferAnswer(await deps.ask(square, encodeOffer(offer)));
    } catch (err) {
      deps.log.debug({ square, err }, 'offer not answered');
      return undefined;
    }
  };

  return {
    answer,
    async offer(site, side, plate, to) {
      const { gates, places } = deps.neighbourhood();
      const target = to === undefined ? gates.get(site)?.[side] : places.get(to);
      if (target === undefined || target === null) return { ok: false, reason: 'no-neighbour' };
      const local = deps.localSite(site);
      const mayLeave = local !== undefined && termsWith(local, target.member.square).letsVisitorsOut;
      if (!mayLeave) return { ok: false, reason: 'closed' };
      const toSite = target.site.id;
      const reply = await askForCode(target.member.square, { ring: deps.ring, plate, fromSite: site, toSite, side });
      if (reply?.ok === false && reply.reason === 'closed') {
        count('offer-sent', 'closed');
        return { ok: false, reason: 'closed' };
      }
      // The list may have changed while we waited: whatever happened, the URL is the list's.
      const place = deps.neighbourhood().places.get(toSite);
      if (place === undefined) return { ok: false, reason: 'no-neighbour' };
      count('offer-sent', reply === undefined ? 'unanswered' : reply.ok ? 'code' : reply.reason);
      const { entry } = place.site;
      // A site that changed squares in between knows nothing of the code.
      if (reply?.ok !== true || place.member.square !== target.member.square) return { ok: true, url: entry };
      return { ok: true, url: entryWithCode(entry, reply.code), code: reply.code };
    },
    redeem(site, code) {
      const claimed = codes.redeem(site, code);
      const redemption = claimed.ok ? redemptionOf(claimed.claim) : undefined;
      count('code', claimed.ok ? (redemption === undefined ? 'origin-gone' : 'redeemed') : claimed.reason);
      return redemption;
    },
  };

  function redemptionOf({ plate, fromSite, side, square }: Claim): Redemption | undefined {
    const origin = deps.neighbourhood().places.get(fromSite);
    if (origin === undefined || origin.member.square !== square) return undefined;
    const { id, name, entry } = origin.site;
    // Who leaves through the right gate comes in at the left end, and the other way round.
    return { plate, from: { site: id, name, url: entry }, side: side === 'right' ? 'left' : 'right' };
  }
}

/** The one place where a code meets a URL; the URL comes from the signed list. */
function entryWithCode(entry: string, code: string): string {
  const url = new URL(entry);
  url.hash = `ts=${code}`;
  return url.href;
}
