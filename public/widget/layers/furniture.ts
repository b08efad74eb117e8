/** What an owner puts on the street beside the scene's own props: a notice board, and ornaments of the kit. Inline SVG. */
import type { Board } from '../model/board.ts';
import { propsOf, type SceneConfig } from '../../../src/protocol/scene-kit.ts';
import { scenePx, STREET_UNITS, type Layout } from '../model/layout.ts';
import { svg } from '../view/dom.ts';

/** An ornament: line work, and what is filled behind it, about its place on the ground. */
interface Ornament {
  readonly line: string;
  readonly plank?: string;
  readonly leaf?: string;
  readonly lit?: string;
}

/** Drawings of the kit, by the names that owners write. */
const KIT: Readonly<Record<string, Ornament>> = {
  fence: {
    plank:
      'M-27 0V-16L-24.5-19.5L-22 -16V0ZM-10 0V-16.4L-7.5-20L-5-16.4V0ZM7 0V-16L9.5-19.6L12-16V0ZM24 0V-16.2L26.5-19.8L29-16.2V0Z',
    line: 'M-31-13.4Q0-14.4 33-13.2M-31-7Q0-7.8 33-6.8',
  },
  well: {
    plank: 'M-15 0L-13.6-13.6Q0-11.6 13.6-13.6L15 0Q0 1.6-15 0Z',
    line: 'M-11-13.4V-33M11-13.4V-33M-17-32L0-43L17-32Q0-33.6-17-32ZM0-32.6V-20M-3-20h6l-.8 5h-4.4ZM-14.2-7Q0-5.2 14.2-7M-5-12.4V-6.4M5-12.4V-6.4M0-6V.4',
  },
  mailbox: {
    plank: 'M-9-27V-36Q-9-41-3.5-41H7Q12-41 12-36V-27Z',
    line: 'M1 0Q1.6-14 1-27M-3.4-41Q2-41 2-36V-27M8-33.6h3.4M9-41V-46.5h4v3.2h-4',
  },
  puddle: { line: 'M-22 3.4Q-12 .8 2 2.2T22 3.6M-12 5.4Q-2 4 10 5.6' },
  cat: {
    plank: 'M-7 0C-9-8-4-11-1.6-11C-3.8-13-3.6-16-3.4-19L-.4-16.4H2.6L5.4-19C5.8-15 5.8-13.4 4-11.4C7-8 6.6-3 6 0Z',
    line: 'M-7-.4Q-14 .4-14-5Q-14-8-11.6-8.4M-.6-14.4v.9M3-14.4v.9M1-12.4l.6.6l.6-.6M-1 0v-4M3 0v-4',
  },
  kite: {
    lit: 'M12-62L22-54L16-40L6-49Z',
    line: 'M12-62L16-40M22-54L6-49M16-40Q8-24 0-14Q-4-8-2 0M14-37l-4 1l3 3l-4 1M-5 0h6',
  },
};

/** Middles of the places that ornaments may take, 0…1, in this order. */
const PLACES = [0.33, 0.64, 0.9, 0.52, 0.27, 0.4, 0.6, 0.1];
/** Kit pieces in one scene. Source: widget.md, section 4. */
const KIT_MAX = 8;
/** So near, 0…1, is the same place. */
const TAKEN_WITHIN = 0.05;
/** One reads a board within this distance, in units. */
const READING_UNITS = 42;
/** Half of what a finger finds of a board, px. */
const BOARD_HALF_PX = 22;
const BOARD_TOP_PX = 58;

/** What visitors pinned to a board. */
const NOTE = 'M9-37.6l9 .8l-.7 7.6l-9-.8Z';

export class Furniture {
  readonly #root: SVGGElement;
  readonly #kit: readonly string[];
  board: Board | undefined;

  /** @param world the picture's group in scene px @param kit names; unknown ones are left out */
  constructor(world: SVGGElement, kit: readonly string[]) {
    this.#root = svg('g');
    this.#kit = kit.filter((name) => Object.hasOwn(KIT, name)).slice(0, KIT_MAX);
    world.prepend(this.#root);
  }

  draw(layout: Layout, scene: SceneConfig): void {
    const taken = [...propsOf(scene).map(({ x }) => x), ...(this.board === undefined ? [] : [this.board.x])];
    const parts: SVGElement[] = [];
    for (const name of this.#kit) {
      const place = PLACES.find((x) => taken.every((other) => Math.abs(other - x) >= TAKEN_WITHIN));
      const art = KIT[name];
      if (place === undefined || art === undefined) break;
      taken.push(place);
      parts.push(piece(art, scenePx(layout, place * STREET_UNITS)));
    }
    if (this.board !== undefined) parts.push(boardArt(this.board, scenePx(layout, this.board.x * STREET_UNITS)));
    this.#root.replaceChildren(...parts);
  }

  /** The board at which somebody stands. @param units of the street */
  boardAt(units: number): Board | undefined {
    const { board } = this;
    return board !== undefined && Math.abs(board.x * STREET_UNITS - units) < READING_UNITS ? board : undefined;
  }

  /** Whether a point shows the board. @param units of the street @param up px over the ground */
  isBoard(units: number, up: number): boolean {
    const { board } = this;
    return (
      board !== undefined && Math.abs(board.x * STREET_UNITS - units) < BOARD_HALF_PX && up > 0 && up < BOARD_TOP_PX
    );
  }
}

function piece({ plank, leaf, lit, line }: Ornament, x: number): SVGGElement {
  const fills = Object.entries({ plank, crown: leaf, lit });
  return svg(
    'g',
    { transform: `translate(${Math.round(x)} 0)` },
    ...fills.flatMap(([name, d]) => (d === undefined ? [] : [svg('path', { class: name, d })])),
    svg('path', { d: line }),
  );
}

function boardArt({ variant, title, notes = [] }: Board, x: number): SVGGElement {
  const posts = 'M-16 0Q-15.4-20-16-30M16 0Q15.4-20 16-30';
  const frame = variant === 'sign' ? 'M-22-27V-50H18L26-38.5L18-27Z' : 'M-24-26L-24-52Q0-53 24-52L24-26Q0-25-24-26Z';
  const papers =
    variant === 'sign'
      ? 'M-16-42h26M-16-35h18'
      : 'M-19-48h11v8h-11ZM-3-47.5h9v12h-9ZM11-48h8v7h-8ZM-17-36h9v6h-9ZM-17-45.5h7M-1-44.5h5M-1-41h4';
  const group = piece({ plank: frame, line: posts }, x);
  group.classList.add('board');
  if (variant === 'chalkboard') group.classList.add('chalk');
  group.append(svg('path', { class: 'notes', d: papers }), svg('title', {}, title));
  if (notes.length > 0) group.append(svg('path', { class: 'lit', d: NOTE }));
  return group;
}
