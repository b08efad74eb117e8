/** The few drawings that stand beside words, 20 × 20, in the ink of their text; each alone, so that a file holds only its own. */
import { svg } from '../view/dom.ts';

export interface Icon {
  /** Its class. */
  readonly kind: string;
  readonly d: string;
}

export const WAVE: Icon = {
  kind: 'wave',
  d: 'M7 11V6a1 1 0 0 1 2 0v4V4a1 1 0 0 1 2 0v6V5a1 1 0 0 1 2 0v6V8a1 1 0 0 1 2 0v5c0 6-7 6-9 2l-3-4a1 1 0 0 1 2-2l2 3',
};
export const PEOPLE: Icon = {
  kind: 'people',
  d: 'M7 9a3 3 0 1 0 0-6a3 3 0 0 0 0 6ZM2 16c0-7 10-7 10 0M13 4a2 2 0 0 1 0 5M14 11q4 1 4 5',
};
export const MENU: Icon = { kind: 'menu', d: 'M4 10h.01M10 10h.01M16 10h.01' };
export const CALM: Icon = { kind: 'calm', d: 'M3 8q2-2.4 4.6 0t4.6 0t4.6 0M3 13q2-2.4 4.6 0t4.6 0t4.6 0' };
export const MUTE: Icon = { kind: 'mute', d: 'M4 4h12v9h-7l-3 3v-3h-2ZM3 17L17 2' };
export const HIDE: Icon = { kind: 'hide', d: 'M2 10q8-9 16 0q-8 9-16 0ZM10 12a2 2 0 1 0 0-4a2 2 0 0 0 0 4ZM3 17L17 3' };
export const LOOK: Icon = { kind: 'look', d: 'M2 10q8-9 16 0q-8 9-16 0ZM10 12a2 2 0 1 0 0-4a2 2 0 0 0 0 4Z' };
export const CHEVRON: Icon = { kind: 'chevron', d: 'M8 5l5 5l-5 5' };
export const GEAR: Icon = {
  kind: 'gear',
  d: 'M10 13a3 3 0 1 0 0-6a3 3 0 0 0 0 6ZM10 3v2M10 15v2M3 10h2M15 10h2M5 5l2 2M13 13l2 2M15 5l-2 2M7 13l-2 2',
};
export const KEY: Icon = { kind: 'key', d: 'M3 10a3 3 0 1 0 6 0a3 3 0 1 0-6 0ZM9 10h8v3M14 10v2' };
export const RING: Icon = { kind: 'ring', d: 'M10 15a5 5 0 1 0 0-10a5 5 0 0 0 0 10Z' };

export function icon({ kind, d }: Icon): SVGSVGElement {
  return svg('svg', { viewBox: '0 0 20 20', class: `icon ${kind}`, 'aria-hidden': 'true' }, svg('path', { d }));
}
