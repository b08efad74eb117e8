/** Colours of the owner: the `--ts-*` properties of the page, for what a style sheet does not reach. */
import type { Palette } from '../art/palette.ts';

/** Colours that owners may set, each as `--ts-` and its name. */
export const TOKENS = ['paper', 'ink', 'faint', 'accent', 'lamp', 'leaf', 'glow'] as const;

/**
 * The palette with what the page sets in its place, resolved: a canvas understands neither `var()` nor `light-dark()`.
 * @param style of an element that has each token as `--` and its name
 * @param computed of the same
 */
export function ownPalette(style: CSSStyleDeclaration, computed: CSSStyleDeclaration, palette: Palette): Palette {
  const own: Record<string, string> = {};
  for (const name of TOKENS) {
    // Light on a canvas is ours: it has to fade to nothing, which not every way to write a colour allows.
    if (name === 'glow' || computed.getPropertyValue(`--ts-${name}`) === '') continue;
    style.color = `var(--${name})`;
    own[name] = computed.color;
  }
  style.color = '';
  return { ...palette, ...own };
}
