/** Colours of a site's strip, light and dark, as an owner sets them (http-api.md section 7). */
import { isRecord, recordOf } from '../lib/untyped.ts';
import type { StyleConfig, StylePalette } from '../protocol/frames.ts';
import { STYLE_COLOR_MAX_UNITS } from '../protocol/limits.ts';

interface Token {
  readonly name: string;
  /** Read when the name itself is no text: what the colour was once called. */
  readonly legacy?: string;
  readonly light: string;
  readonly dark: string;
}

/** Bark and leaves follow the text colours that a page sets, whatever they are. */
const WOOD = 'color-mix(in oklab, var(--text) 58%, var(--muted) 42%)';

/** In the order in which they are written out. */
const TOKENS: readonly Token[] = [
  { name: 'sky', legacy: 'scene', light: '#e4e2dd', dark: '#242521' },
  { name: 'groundFill', legacy: 'page', light: '#efede9', dark: '#181917' },
  { name: 'actionZoneFill', legacy: 'page', light: '#efede9', dark: '#181917' },
  { name: 'surface', light: '#fdf8f4', dark: '#24231f' },
  { name: 'ink', light: '#2a2926', dark: '#f2eee6' },
  { name: 'accent', light: '#c8641f', dark: '#df8a43' },
  { name: 'treeTrunk', light: WOOD, dark: WOOD },
  { name: 'treeCanopy', light: WOOD, dark: WOOD },
  { name: 'other', light: '#26241f', dark: '#ddd7cc' },
  { name: 'groundLine', legacy: 'ground', light: 'rgba(42, 41, 38, 0.16)', dark: 'rgba(242, 238, 230, 0.18)' },
];

const SAFE_COLOR = /^[#(),.%\-\sA-Za-z0-9]+$/;

/**
 * Reads any value as a style: every token of both themes, each a safe colour or its default. A flat object is the light
 * theme alone. Never throws.
 */
export function styleConfigFrom(value: unknown): StyleConfig {
  const source = recordOf(value);
  const isThemed = isRecord(source['light']) || isRecord(source['dark']);
  return {
    light: paletteFrom(isThemed ? source['light'] : source, 'light'),
    dark: paletteFrom(isThemed ? source['dark'] : undefined, 'dark'),
  };
}

/** @returns the trimmed colour when it can do no harm in a stylesheet, or undefined */
export function safeColor(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const color = value.trim();
  if (color.toLowerCase() === 'transparent') return 'transparent';
  if (color.length > STYLE_COLOR_MAX_UNITS || !SAFE_COLOR.test(color)) return undefined;
  return color.toLowerCase().includes('url(') ? undefined : color;
}

function paletteFrom(value: unknown, theme: 'light' | 'dark'): StylePalette {
  const source = recordOf(value);
  return Object.fromEntries(
    TOKENS.map((token) => {
      const given = source[token.name];
      const raw = typeof given === 'string' || token.legacy === undefined ? given : source[token.legacy];
      return [token.name, safeColor(raw) ?? token[theme]];
    }),
  );
}
