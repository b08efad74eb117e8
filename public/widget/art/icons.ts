/** The few drawings that stand beside words, 20 × 20, in the ink of their text. */
import { svg } from '../view/dom.ts';

const PATHS = {
  wave: 'M6.5 11.5V6.2a1.2 1.2 0 0 1 2.4 0V10M8.9 9.6V4.4a1.2 1.2 0 0 1 2.4 0v5.2M11.3 9.8V5.4a1.2 1.2 0 0 1 2.4 0v5.8M6.5 11.4L5 9.7a1.2 1.2 0 0 0-1.8 1.5l3 4.2c1 1.4 2.3 2.2 4.1 2.2c2.7 0 4.6-1.9 4.6-4.5v-2.2a1.2 1.2 0 0 0-1.2-1.2',
  people:
    'M7.3 8.9a2.7 2.7 0 1 0 0-5.4a2.7 2.7 0 0 0 0 5.4ZM2.4 16.3c.2-3.3 2-5.1 4.9-5.1s4.7 1.8 4.9 5.1M13.2 4.2a2.4 2.4 0 0 1 .2 4.7M14 11.4c2.2.4 3.5 2.1 3.7 4.7',
  menu: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  chevron: 'M7.5 4.8L12.7 10L7.5 15.2',
  gear: 'M10 12.6a2.6 2.6 0 1 0 0-5.2a2.6 2.6 0 0 0 0 5.2ZM10 2.8v2.2M10 15v2.2M2.8 10H5M15 10h2.2M4.9 4.9l1.6 1.6M13.5 13.5l1.6 1.6M15.1 4.9l-1.6 1.6M6.5 13.5l-1.6 1.6',
  key: 'M7 9.7a3.1 3.1 0 1 0 0-.1ZM10 9.7H17V13M13.8 9.7V12.2',
  ring: 'M10 15a5 5 0 1 0 0-10a5 5 0 0 0 0 10Z',
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  return svg('svg', { viewBox: '0 0 20 20', class: `icon ${name}`, 'aria-hidden': 'true' }, svg('path', { d: PATHS[name] }));
}
