/** The few drawings that stand beside words, 20 × 20, in the ink of their text. */
import { svg } from '../view/dom.ts';

const PATHS = {
  wave: 'M7 11V6a1 1 0 0 1 2 0v4V4a1 1 0 0 1 2 0v6V5a1 1 0 0 1 2 0v6V8a1 1 0 0 1 2 0v5c0 6-7 6-9 2l-3-4a1 1 0 0 1 2-2l2 3',
  people: 'M7 9a3 3 0 1 0 0-6a3 3 0 0 0 0 6ZM2 16c0-7 10-7 10 0M13 4a2 2 0 0 1 0 5M14 11q4 1 4 5',
  menu: 'M4 10h.01M10 10h.01M16 10h.01',
  calm: 'M3 8q2-2.4 4.6 0t4.6 0t4.6 0M3 13q2-2.4 4.6 0t4.6 0t4.6 0',
  mute: 'M4 4h12v9h-7l-3 3v-3h-2ZM3 17L17 2',
  hide: 'M2 10q8-9 16 0q-8 9-16 0ZM10 12a2 2 0 1 0 0-4a2 2 0 0 0 0 4ZM3 17L17 3',
  chevron: 'M8 5l5 5l-5 5',
  gear: 'M10 13a3 3 0 1 0 0-6a3 3 0 0 0 0 6ZM10 3v2M10 15v2M3 10h2M15 10h2M5 5l2 2M13 13l2 2M15 5l-2 2M7 13l-2 2',
  key: 'M3 10a3 3 0 1 0 6 0a3 3 0 1 0-6 0ZM9 10h8v3M14 10v2',
  ring: 'M10 15a5 5 0 1 0 0-10a5 5 0 0 0 0 10Z',
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 20 20', class: `icon ${name}`, 'aria-hidden': 'true' },
    svg('path', { d: PATHS[name] }),
  );
}
