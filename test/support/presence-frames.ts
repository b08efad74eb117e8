import type { Digest } from '../../federation/presence/digest.ts';
import type { Summary } from '../../federation/presence/summary.ts';
import { NOON } from './ring-documents.ts';

/** A made-up ring's id. */
export const RING = 'ab'.repeat(32);

const versions = { charter: 1, members: 1, beat: 1, head: 0 };

/** A summary that is in order, of one visitor; everything can be set. Its time is {@link NOON} unless said. */
export function summaryOf(site: string, change: Partial<Summary> = {}): Summary {
  return {
    ring: RING,
    site,
    epoch: 1,
    seq: 0,
    ts: NOON,
    versions,
    sharing: 'figures',
    count: 1,
    figures: [],
    bye: false,
    ...change,
  };
}

/** A digest that is in order, of seven visitors at `alder`; everything can be set. Its time is {@link NOON} unless said. */
export function digestOf(change: Partial<Digest> = {}): Digest {
  return { ring: RING, epoch: 1, seq: 0, ts: NOON, versions, counts: [{ site: 'alder', count: 7 }], ...change };
}
