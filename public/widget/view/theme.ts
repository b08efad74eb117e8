/** Light or dark: what the owner says, else what the page's own text tells of the ground it stands on. */
import type { ThemeName } from '../art/palette.ts';

/** Text brighter than this, of 255, is written on a dark ground; body text keeps far away from it on either side. */
const BRIGHT = 140;

export function resolveTheme(host: HTMLElement, wanted: string | null): ThemeName {
  if (wanted === 'light' || wanted === 'dark') return wanted;
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(host).color.match(/[\d.]+/g) ?? []).map(Number);
  return red * 0.3 + green * 0.6 + blue * 0.1 > BRIGHT ? 'dark' : 'light';
}
