/**
 * A site's colours as a stylesheet (http-api.md section 7): custom properties only. Our strip takes its own from them in
 * public/classic/widget.css.
 */
import type { StyleConfig, StylePalette } from '../protocol/frames.ts';

/** Custom properties of each token, in the order of the sheet; the second is what the first was once called. */
const PROPERTIES: readonly (readonly [token: string, ...names: string[]])[] = [
  ['sky', '--scene'],
  ['groundFill', '--ground-fill', '--page'],
  ['actionZoneFill', '--action-zone-fill'],
  ['surface', '--surface'],
  ['ink', '--ink'],
  ['accent', '--you'],
  ['treeTrunk', '--tree-trunk'],
  ['treeCanopy', '--tree-canopy'],
  ['other', '--other'],
  ['groundLine', '--ground-line', '--ground'],
];

/** Follow from others, in both themes. */
const DERIVED = ['--you-deep: var(--you);', '--text: var(--ink);', '--muted: var(--ink);'];

/** Twice, to win over a widget's own sheet whichever is loaded first. */
const ROOT = '#townsquare-root#townsquare-root';

/** @param style sanitised, so that nothing in it can end a declaration */
export function siteStylesheet({ light, dark }: StyleConfig): string {
  const auto = rule(`${ROOT}[data-townsquare-theme="auto"]`, dark)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return [
    rule(ROOT, light),
    rule(`${ROOT}[data-townsquare-theme="dark"]`, dark),
    `@media (prefers-color-scheme: dark) {\n${auto}\n}`,
    '',
  ].join('\n');
}

function rule(selector: string, palette: StylePalette): string {
  const declarations = PROPERTIES.flatMap(([token, ...names]) => names.map((name) => `${name}: ${palette[token]};`));
  return `${selector} {\n${[...declarations, ...DERIVED].map((line) => `  ${line}`).join('\n')}\n}`;
}
