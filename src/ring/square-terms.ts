import { z } from 'zod';
import type { Store } from '../store/store.ts';

const termsSchema = z.strictObject({ isMuted: z.boolean() });

/** What this square's operator decided about one other square of a ring. */
export interface SquareTerms extends z.infer<typeof termsSchema> {
  readonly ringId: string;
  /** Peer id. */
  readonly square: string;
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
  { ringId, square, ...terms }: SquareTerms,
): void {
  const id = `${ringId} ${square}`;
  if (terms.isMuted) store.saveRingRecord('terms', { id, json: JSON.stringify(terms) });
  else store.removeRingRecord('terms', id);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
