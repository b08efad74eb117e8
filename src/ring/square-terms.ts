import { z } from 'zod';
import type { SharingTerms, Terms } from '../../federation/ring-service.ts';
import type { Store } from '../store/store.ts';

/** What a neighbour may see when it looks over the hill, where that is not what all may see. `count`: it may not look. */
const seesSchema = z.enum(['count', 'figures', 'live']);
/** Which way one neighbour's gate is open. `in`: for its guests only; `out`: for our visitors only. */
const gateSchema = z.enum(['open', 'in', 'out', 'shut']);

/** Of one of our sites with one square; what is absent is as with all. */
const siteTermsSchema = z.strictObject({ sees: seesSchema.exactOptional(), gate: gateSchema.exactOptional() });

const termsSchema = z.strictObject({
  isMuted: z.boolean(),
  /** By the id of the ring site. */
  sites: z.record(z.string().max(64), siteTermsSchema).default({}),
});

/** What this square's operator decided about one other square of a ring. */
export interface SquareTerms extends z.infer<typeof termsSchema> {
  readonly ringId: string;
  /** Peer id. */
  readonly square: string;
}

/** A change of {@link SiteTerms}: null makes a part as with all again. */
export const termsChangeSchema = z.strictObject({
  sees: seesSchema.nullable().exactOptional(),
  gate: gateSchema.nullable().exactOptional(),
});
export type TermsChange = z.infer<typeof termsChangeSchema>;

const MUTED: Terms = { isMuted: true, sharing: 'nothing', admitsGuests: false, letsVisitorsOut: false };

/** @returns what holds between one of our sites and a square, undefined when that is what holds with all */
export function termsOf(site: SharingTerms, siteId: string, { isMuted, sites }: SquareTerms): Terms | undefined {
  if (isMuted) return MUTED;
  const own = sites[siteId];
  if (own === undefined) return undefined;
  const { sees = site.sharing, gate } = own;
  return {
    isMuted,
    // Who shows nothing to all shows nothing: a neighbour could not see that there is something to look at.
    sharing: site.sharing === 'nothing' ? 'nothing' : sees,
    admitsGuests: gate === undefined ? site.admitsGuests : gate === 'open' || gate === 'in',
    letsVisitorsOut: gate === undefined ? site.letsVisitorsOut : gate === 'open' || gate === 'out',
  };
}

/** In the order of rings and squares; whatever in the store cannot be read decides nothing. */
export function keptTerms(store: Pick<Store, 'ringRecords'>): readonly SquareTerms[] {
  return store.ringRecords('terms').flatMap(({ id, json }) => {
    const [ringId = '', square = ''] = id.split(' ');
    const terms = termsSchema.safeParse(parsed(json));
    return terms.success ? [{ ringId, square, ...terms.data }] : [];
  });
}

/** Terms that say nothing of their own leave no record. */
export function keepTerms(
  store: Pick<Store, 'saveRingRecord' | 'removeRingRecord'>,
  { ringId, square, isMuted, sites }: SquareTerms,
): void {
  const id = `${ringId} ${square}`;
  const own = Object.fromEntries(Object.entries(sites).filter(([, { sees, gate }]) => (sees ?? gate) !== undefined));
  if (!isMuted && Object.keys(own).length === 0) store.removeRingRecord('terms', id);
  else store.saveRingRecord('terms', { id, json: JSON.stringify({ isMuted, sites: own }) });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
