/** Light or dark: what the owner says, else what the page's own text tells of the ground it stands on. */
import { luminance, type ThemeName } from '../art/palette.ts';

/** Text lighter than this is written on a dark ground. WCAG luminance; body text keeps far away from it on either side. */
const LIGHT_TEXT = 0.3;

export function resolveTheme(host: HTMLElement, wanted: string | null): ThemeName {
  if (wanted === 'light' || wanted === 'dark') return wanted;
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(host).color.match(/[\d.]+/g) ?? []).map(Number);
  const hex = [red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('');
  return luminance(`#${hex}`) > LIGHT_TEXT ? 'dark' : 'light';
}
