/** The two palettes. Coats are chosen per theme: at least 4.5:1 as text and 3:1 as shapes on paper (unit-tested). */

export type ThemeName = 'light' | 'dark';

export interface Palette {
  /** Faces, plates, signs, bubbles. */
  readonly paper: string;
  /** Lines and text. */
  readonly ink: string;
  /** Secondary text and lines; still ≥ 4.5:1 on paper. */
  readonly faint: string;
  readonly accent: string;
  /** Lit glass, drawn with an ink outline. */
  readonly lamp: string;
  /** Lines on it. */
  readonly onLamp: string;
  readonly glow: string;
  /** Crowns of trees. */
  readonly leaf: string;
  /** Coat colours in the order of the look codes. */
  readonly coats: readonly string[];
}

export const PALETTES: Readonly<Record<ThemeName, Palette>> = {
  light: {
    paper: '#fffdf7',
    ink: '#2d2a32',
    faint: '#67626b',
    accent: '#a9480f',
    lamp: '#f6b13d',
    onLamp: '#2d2a32',
    glow: '#f9c25c',
    leaf: '#dfe6cd',
    coats: [
      '#5f6b73',
      '#b65312',
      '#2f7558',
      '#3263ab',
      '#7d4fa8',
      '#ad3d60',
      '#8a6a00',
      '#0f7180',
      '#a63a2b',
      '#58701c',
      '#6e2f63',
      '#3d4690',
    ],
  },
  dark: {
    paper: '#23252d',
    ink: '#ece5d8',
    faint: '#aaa59c',
    accent: '#f2a65e',
    lamp: '#ffcf70',
    onLamp: '#23252d',
    glow: '#ffb648',
    leaf: '#34423a',
    coats: [
      '#a8b4bc',
      '#f0a060',
      '#7cc7a3',
      '#8ab4f0',
      '#c5a5ee',
      '#ef96b4',
      '#e5c462',
      '#70cdd6',
      '#f1937f',
      '#b9cd76',
      '#dc9fd4',
      '#a9b8f6',
    ],
  },
};

/** For systems whose user has chosen all colours: theirs and no others, which a canvas understands by name. */
export const FORCED_PALETTE: Palette = {
  paper: 'Canvas',
  ink: 'CanvasText',
  faint: 'CanvasText',
  accent: 'LinkText',
  lamp: 'Highlight',
  onLamp: 'HighlightText',
  // Half-transparent variants are made of it, which needs digits.
  glow: '#808080',
  leaf: 'Canvas',
  coats: Array.from({ length: PALETTES.light.coats.length }, () => 'Canvas'),
};

/** The second colour of each coat, worn as hat and scarf: far enough from it to be told apart. */
const ACCENT_OF_COAT = [1, 7, 6, 1, 9, 2, 4, 5, 3, 10, 6, 8] as const;

export function accentOf(palette: Palette, coat: number): string {
  return palette.coats[ACCENT_OF_COAT[coat] ?? 1] ?? palette.accent;
}

/** WCAG 2.2 contrast ratio, 1…21, of two `#rrggbb` colours. */
export function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** WCAG relative luminance, 0…1. */
export function luminance(hex: string): number {
  const channel = (from: number): number => {
    const part = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
