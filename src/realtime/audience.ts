/** Whom a frame of a scene is for: everybody who was welcomed, less what is said here. */
export interface Audience {
  /** Not this tab: it caused the frame. */
  readonly except?: number;
  /** These tabs alone. */
  readonly only?: readonly number[];
  /** Those alone who speak so. */
  readonly speaks?: 'ring' | 'classic';
}

export const EVERYBODY: Audience = {};
export const RING_CLIENTS: Audience = { speaks: 'ring' };
export const CLASSIC_CLIENTS: Audience = { speaks: 'classic' };

export function isMeant(
  { except, only, speaks }: Audience,
  { id, isRing }: { readonly id: number; readonly isRing: boolean },
): boolean {
  if (id === except || (speaks !== undefined && isRing !== (speaks === 'ring'))) return false;
  return only === undefined || only.includes(id);
}

/**
 * Steps of one visitor replace each other only when the same audience hears them: what one tab missed, another tab's step must
 * not replace. Undefined: nothing may replace them.
 */
export function nameOf({ except, only, speaks }: Audience): number | undefined {
  return only === undefined && speaks === undefined ? (except ?? 0) : undefined;
}
