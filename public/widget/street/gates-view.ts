/** The two gates: real links that hang from their posts, or lie as chips at the edges of a phone. */
import type { Side } from '../../../src/protocol/limits.ts';
import { CHEVRON, icon } from '../art/icons.ts';
import type { GateView } from '../model/gate-view.ts';
import type { HillState } from './scenery.ts';
import { headCountText } from './head-count.ts';
import { streetPx, type Layout } from '../model/layout.ts';
import { SIGN_AIR_PX, type Span } from '../model/place.ts';
import { apply, bdi, el } from '../view/dom.ts';
import type { StreetWords } from './street-words.ts';

const SIGN_TOP = 33;
/** A sign whose post is out of sight is over the street: higher than anybody's hat. */
const LOOSE_TOP = 27;
const CHIP_TOP = 12;
/** Air between a post and its sign. */
const POST_GAP_PX = SIGN_AIR_PX / 2;
/** Least room between a sign and the strip's edge, px: with {@link POST_GAP_PX} a sign of full width stands free of its post. */
const EDGE_PX = 2;
const CHIP_EDGE_PX = 6;

export function hillStateOf(gate: GateView | undefined, count: number | undefined): HillState {
  const state = gate?.state ?? 'unknown';
  const lamp = state === 'live' && count !== 0 ? 'lit' : state === 'live' || state === 'dim' ? 'low' : 'out';
  return { hasGate: gate !== undefined, lamp, isMisty: state === 'dim', isAsleep: state === 'dark' };
}

export class GatesView {
  readonly #nodes: Readonly<Record<Side, HTMLAnchorElement>>;
  readonly #words: StreetWords;
  readonly #keys: Record<Side, string> = { left: '', right: '' };
  /** undefined until a written sign is hung: both are measured at once, since it has them laid out. */
  readonly #widths: Record<Side, number | undefined> = { left: 0, right: 0 };
  /** What is said of each beside its name. */
  readonly spoken: Record<Side, string> = { left: '', right: '' };
  /** For which the signs hang where they do; undefined when one was written anew. */
  #layout: Layout | undefined;
  #camera = 0;
  #between: Span = [0, 0];

  constructor(nodes: Readonly<Record<Side, HTMLAnchorElement>>, words: StreetWords) {
    this.#nodes = nodes;
    this.#words = words;
  }

  /** Writes the sign. `count` is what the sign may say now. */
  write(side: Side, gate: GateView | undefined, count: number | undefined, isChip: boolean): void {
    const key = JSON.stringify([gate, count, isChip]);
    if (key === this.#keys[side]) return;
    this.#keys[side] = key;
    const node = this.#nodes[side];
    node.hidden = gate === undefined;
    this.#layout = undefined;
    if (gate === undefined) {
      node.removeAttribute('href');
      return;
    }
    const short = this.#short(gate, count, isChip);
    const spoken = [this.#spoken(gate, count), this.#words(side === 'left' ? 'gateLeft' : 'gateRight')]
      .filter((part) => part !== '')
      .join(', ');
    this.spoken[side] = spoken;
    const name = el('bdi', { class: 'name', dir: 'auto' }, gate.name);
    const number = el('span', { class: 'n', 'aria-hidden': 'true' }, short);
    const parts = [
      ...(isChip ? [el('span', { class: 'vh' }, bdi(gate.name))] : [name]),
      ...(short === '' ? [] : [number]),
      el('span', { class: 'vh' }, `, ${spoken}`),
    ];
    node.replaceChildren(...(side === 'left' ? [icon(CHEVRON), ...parts] : [...parts, icon(CHEVRON)]));
    node.classList.toggle('dark', gate.state === 'dark');
    apply(node, { href: gate.url, title: [gate.name, spoken].join(', '), 'data-state': gate.state });
    this.#widths[side] = undefined;
  }

  reword(): void {
    this.#keys.left = this.#keys.right = '';
  }

  /** Hangs both signs: outward from their posts, never beyond the strip. @returns the room between them */
  place(layout: Layout, camera: number): Span {
    if (this.#layout !== layout || this.#camera !== camera) {
      this.#layout = layout;
      this.#camera = camera;
      this.#between = this.#hang(layout, camera);
    }
    return this.#between;
  }

  #hang(layout: Layout, camera: number): Span {
    const between: [number, number] = [0, layout.widthPx];
    const { isPhone, widthPx } = layout;
    const widths = {
      left: (this.#widths.left ??= this.#nodes.left.offsetWidth),
      right: (this.#widths.right ??= this.#nodes.right.offsetWidth),
    };
    for (const side of ['left', 'right'] as const) {
      const width = widths[side];
      const postX = (side === 'left' ? 0 : streetPx(layout)) - camera;
      const wanted = side === 'left' ? postX - POST_GAP_PX - width : postX + POST_GAP_PX;
      const edge = isPhone ? CHIP_EDGE_PX : EDGE_PX;
      const most = widthPx - width - edge;
      const x = isPhone ? (side === 'left' ? edge : most) : Math.min(Math.max(wanted, edge), most);
      const isLoose = isPhone || Math.abs(x - wanted) > width - 30;
      const node = this.#nodes[side];
      node.style.transform = `translate(${Math.round(x)}px,${isPhone ? CHIP_TOP : isLoose ? LOOSE_TOP : SIGN_TOP}px)`;
      // Without its post in sight a sign hangs from nothing.
      node.style.setProperty('--rod', `${Math.abs(x - wanted) - POST_GAP_PX}px`);
      node.classList.toggle('loose', isLoose);
      if (node.hidden) continue;
      const air = isPhone ? 0 : SIGN_AIR_PX;
      if (side === 'left') between[0] = x + width + air;
      else between[1] = x - air;
    }
    return between;
  }

  #short(gate: GateView, count: number | undefined, isChip: boolean): string {
    // A chip has room for the sleeper's breath only; the word is in its name.
    if (gate.state === 'dark') return isChip ? 'zz' : this.#words('asleep');
    if (count === undefined || gate.state === 'unknown') return '';
    const text = headCountText(count);
    return gate.state === 'dim' ? this.#words('about', { count: text }) : text;
  }

  #spoken(gate: GateView, count: number | undefined): string {
    const words = this.#words;
    const past = gate.past.length > 0 ? words('past', { names: gate.past.join(', ') }) : '';
    const state =
      gate.state === 'dark'
        ? words('asleep')
        : gate.state === 'dim'
          ? words('outOfSight')
          : count === undefined
            ? ''
            : count === 0
              ? words('empty')
              : words('heads', { n: count });
    return [state, past].filter((part) => part !== '').join(', ');
  }
}
