/** What can be read off a strip's picture on any machine, whatever fonts it has. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { turnTo } from '../../scripts/lab-window.ts';
import type { Seen } from './states-seen.ts';

/** Widths of widget.md, section 17, in px: a window is turned from the first to the others. */
export const DESKTOP = [1_280, 768, 1_920] as const;
export const PHONE = [390, 320] as const;

/** How a page is looked at without loading it anew. */
export interface Look {
  readonly theme: 'light' | 'dark';
  readonly dir: 'ltr' | 'rtl';
}

export const LOOKS: readonly Look[] = [
  { theme: 'light', dir: 'ltr' },
  { theme: 'dark', dir: 'rtl' },
  { theme: 'dark', dir: 'ltr' },
  { theme: 'light', dir: 'rtl' },
];

export interface Facts {
  /** Beyond the strip's own edges, by more than half a pixel. */
  readonly outside: readonly string[];
  /** Pairs of which one lies over the other and hides words. */
  readonly overlaps: readonly string[];
  /** Signs of gates that look out from behind somebody's words. */
  readonly covered: readonly string[];
  /** Words of the strip, and signs without a post, that hang so low that they hide the heads of those who stand there. */
  readonly low: readonly string[];
  /** Cut off inside themselves, where a part of the words cannot be seen and nothing says so. */
  readonly cut: readonly string[];
  /** Least contrast of words on the paper under them. */
  readonly contrast: number;
  /** The page can be scrolled sideways. */
  readonly scrolls: boolean;
}

function assertFine(facts: Facts, where: string): void {
  assert.deepEqual(facts.outside, [], `${where}: outside the strip`);
  assert.deepEqual(facts.overlaps, [], `${where}: one over the other`);
  assert.deepEqual(facts.covered, [], `${where}: a sign behind words`);
  assert.deepEqual(facts.low, [], `${where}: before somebody's face`);
  assert.deepEqual(facts.cut, [], `${where}: words cut off`);
  assert.equal(facts.scrolls, false, `${where}: the page scrolls sideways`);
  assert.ok(facts.contrast >= 4.5, `${where}: contrast ${facts.contrast.toFixed(2)}`);
}

/** Every width and look of a page that is open, after each other. */
export async function assertFineAround(page: Page, widths: readonly number[], what: string): Promise<void> {
  for (const width of widths) {
    await turnTo(page, width);
    for (const [index, facts] of (await factsOf(page, LOOKS)).entries()) {
      const { theme, dir } = LOOKS[index] ?? {};
      assertFine(facts, `${what}, ${width} px, ${theme}, ${dir}`);
    }
  }
}

/** Tops of heads under the strip's upper edge, px: 94 of the ground less 36 of a figure. */
const HEADS_PX = 58;

/** What is on the strip, by kind. */
export interface Content extends Omit<Seen, 'notice'> {
  readonly notice: string;
  /** Pixels of the canvas that are drawn, a share. */
  readonly ink: number;
}

/** The picture's facts in each of the looks: layout and colours follow at once, without a moment of the page's time. */
export function factsOf(page: Page, looks: readonly Look[]): Promise<Facts[]> {
  return page.evaluate(
    ([wanted, headsPx]) => {
      const host = document.querySelector('town-square');
      const root = host?.shadowRoot;
      if (host === null || root === null || root === undefined) throw new Error('no strip');
      const shown = (selector: string) =>
        [...root.querySelectorAll<HTMLElement>(selector)].filter((node) => {
          const box = node.getBoundingClientRect();
          const { visibility, opacity } = getComputedStyle(node);
          return box.width > 1 && box.height > 1 && visibility === 'visible' && opacity !== '0';
        });
      const nameOf = (node: HTMLElement): string => `${node.className} "${node.textContent}"`;
      /** A remark in the air has no paper: only its words can lie over something. */
      const boxOf = (node: HTMLElement): DOMRect => {
        if (!node.classList.contains('plain')) return node.getBoundingClientRect();
        const words = document.createRange();
        words.selectNodeContents(node);
        return words.getBoundingClientRect();
      };
      const areOver = (one: HTMLElement, other: HTMLElement): boolean => {
        const [a, b] = [boxOf(one), boxOf(other)];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        return across > 1 && down > 1;
      };
      const light = (color: string): number => {
        const parts = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
          const value = Number(part) / 255;
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
      };
      return wanted.map(({ theme, dir }) => {
        document.documentElement.dataset['theme'] = theme;
        document.documentElement.dir = dir;
        host.setAttribute('theme', theme);
        const strip = host.getBoundingClientRect();
        const outside = shown('.plate,.gate,.bubble,.notice>div,.bar>*,.more').filter((node) => {
          const box = node.getBoundingClientRect();
          return box.left < strip.left - 0.5 || box.right > strip.right + 0.5 || box.bottom > strip.bottom + 0.5;
        });
        const overlaps: string[] = [];
        // Words that are said may hang before a sign for a while, but not before what the strip itself has to say.
        for (const kind of ['.plate', '.bubble,.notice>div', '.gate,.notice>div', '.bar>*']) {
          const nodes = shown(kind);
          for (const [index, one] of nodes.entries())
            for (const other of nodes.slice(index + 1))
              if (areOver(one, other)) overlaps.push(`${nameOf(one)} and ${nameOf(other)}`);
        }
        const paper = light(getComputedStyle(document.body).backgroundColor);
        const contrasts = shown('.plate,.gate,.gate .n,.bubble,.notice>div,.bar input,.bar button').map((node) => {
          const ink = light(getComputedStyle(node).color);
          return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
        });
        const isPeopled = shown('.plate').length > 0;
        const low = shown('.notice>div,.gate.loose').filter(
          (node) => isPeopled && node.getBoundingClientRect().bottom > strip.top + headsPx,
        );
        const cut = shown('.bar button,.notice>div,.gate .n').filter((node) => node.scrollWidth > node.clientWidth + 1);
        return {
          outside: outside.map(nameOf),
          overlaps,
          covered: shown('.gate')
            .filter((gate) => shown('.bubble').some((bubble) => areOver(gate, bubble)))
            .map(nameOf),
          low: low.map(nameOf),
          cut: cut.map(nameOf),
          contrast: Math.min(...contrasts),
          scrolls: document.documentElement.scrollWidth > innerWidth,
        };
      });
    },
    [looks, HEADS_PX] as const,
  );
}

export function contentOf(page: Page): Promise<Content> {
  return page.evaluate(() => {
    const root = document.querySelector('town-square')?.shadowRoot;
    if (root === null || root === undefined) throw new Error('no strip');
    const shown = (selector: string) =>
      [...root.querySelectorAll<HTMLElement>(selector)].filter(
        (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility === 'visible',
      );
    const canvas = root.querySelector<HTMLCanvasElement>('.stage canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let drawn = 0;
    let coloured = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(at, at + 4);
      if (alpha > 0) drawn += 1;
      if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured += 1;
    }
    const plates = shown('.plate').length;
    // Birds and silhouettes on the hills are ink too, but less than one figure here is.
    const hasFigures = drawn > 600;
    return {
      ink: drawn / Math.max(1, data.length / 4),
      figures: coloured > 0 ? 'coats' : hasFigures ? 'grey' : 'none',
      plates: plates === 0 ? 'none' : plates === 1 ? 'own' : 'many',
      isTalkedIn: shown('.bubble').length > 0,
      gates: shown('.gate').map((gate) => gate.dataset['state'] ?? ''),
      notice: [...(shown('.notice>div')[0]?.childNodes ?? [])]
        .filter((child) => child.nodeName !== 'BUTTON')
        .map((child) => child.textContent)
        .join(''),
      actions: shown('.notice button').map((button) => button.textContent ?? ''),
      isShut: root.querySelector('.tool.wave')?.getAttribute('aria-disabled') === 'true',
    } as const;
  });
}

/** Where everything that moves is, in colours and to the pixel: the figures' canvas, and words and signs by their places. */
export function standingOf(page: Page): Promise<{ readonly figures: string; readonly words: readonly string[] }> {
  return page.evaluate(() => {
    const root = document.querySelector('town-square')?.shadowRoot;
    const words = [...(root?.querySelectorAll<HTMLElement>('.plate,.bubble,.gate,.notice>div') ?? [])].flatMap(
      (node) => {
        const { x, y } = node.getBoundingClientRect();
        const { color, visibility } = getComputedStyle(node);
        return visibility === 'visible'
          ? [`${node.textContent} at ${Math.round(x)}, ${Math.round(y)} in ${color}`]
          : [];
      },
    );
    return {
      figures: root?.querySelector<HTMLCanvasElement>('.stage canvas')?.toDataURL() ?? '',
      words: words.toSorted(),
    };
  });
}
