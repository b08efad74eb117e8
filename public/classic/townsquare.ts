/**
 * What pages that were made for a classic TownSquare server load from `/townsquare.mjs`: it puts our strip where they expect
 * theirs. Their embed snippets work on a square as they are.
 */

/** Text brighter than this, of 255, is written on a dark ground; as the strip itself judges (view/theme.ts). */
const BRIGHT = 140;

/** Options of a classic snippet; those of the classic widget that are not named here are accepted and not needed. */
export interface MountOptions {
  /** Web origin of the square; default: where this module came from. */
  readonly serverOrigin?: string;
  /** A registered site; default: the shared scene. */
  readonly siteKey?: string;
  /** `host` (default): as the page looks. */
  readonly theme?: 'host' | 'auto' | 'light' | 'dark';
}

/**
 * Puts the strip into `#townsquare-root`, once, however often it is called.
 * @returns the strip's element, or undefined when the page has no such place
 */
export function mountTownSquare(options: MountOptions = {}): HTMLElement | undefined {
  const root = document.getElementById('townsquare-root');
  if (root === null) return undefined;
  const mounted = root.querySelector<HTMLElement>('town-square');
  if (mounted !== null) return mounted;
  const { serverOrigin = '' } = options;
  const square = new URL(URL.canParse(serverOrigin) ? serverOrigin : import.meta.url).origin;
  const strip = document.createElement('town-square');
  strip.setAttribute('href', square);
  if (typeof options.siteKey === 'string' && options.siteKey !== '') strip.setAttribute('site', options.siteKey);
  root.append(strip);
  const recolor = (): void => {
    const theme = themeOf(root, options.theme);
    if (root.dataset['townsquareTheme'] === theme) return;
    // The site's own colours hang on the root; those of the strip follow the same choice.
    root.dataset['townsquareTheme'] = theme;
    strip.setAttribute('theme', theme);
  };
  recolor();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolor);
  const page = new MutationObserver(recolor);
  for (const node of [document.documentElement, document.body]) page.observe(node, { attributes: true });
  void import(new URL('/townring.js', square).href);
  return strip;
}

function themeOf(root: HTMLElement, wanted: MountOptions['theme']): 'light' | 'dark' {
  if (wanted === 'light' || wanted === 'dark') return wanted;
  if (wanted === 'auto') return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(root).color.match(/[\d.]+/g) ?? []).map(Number);
  return red * 0.3 + green * 0.6 + blue * 0.1 > BRIGHT ? 'dark' : 'light';
}
