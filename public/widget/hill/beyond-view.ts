/** What is drawn over the hill besides the figures: the street they stand on, their names, and heads that look at us. */
import type { Side } from '../../../src/protocol/limits.ts';
import { groundPath } from '../art/ground-lines.ts';
import { groundRise, streetPx, type Layout } from '../model/layout.ts';
import { el, setText, svg } from '../view/dom.ts';
import type { Frame } from '../view/frame.ts';
import { beyondPx, beyondRise, HEARD_MS, type Sighting } from './peek.ts';

/** Names and lines at once; the crowd stays a crowd. */
const PLATES_MAX = 6;
const PLATE_TOP = 97;
const LINE_TOP = 22;
/** Heads above one ridge. */
const HEADS_MAX = 3;
/** Where on the hill they look over, as a part of its width. */
const RIDGE_AT = 0.72;

export class BeyondView {
  readonly #ground = svg('g', { class: 'beyond' });
  readonly #heads = { left: svg('g'), right: svg('g') };
  readonly #labels: HTMLElement;
  /** By figure, and whether it is what they said. */
  readonly #plates = new Map<string, HTMLElement>();
  #groundKey = '';

  constructor(frame: Frame) {
    frame.world.append(this.#ground, this.#heads.left, this.#heads.right);
    this.#labels = frame.labels;
  }

  /** Draws the street over one hill, or takes it away. */
  street(layout: Layout, side: Side | undefined): void {
    const key = side === undefined ? '' : `${side} ${layout.widthPx}`;
    if (key === this.#groundKey) return;
    this.#groundKey = key;
    if (side === undefined) return this.#ground.replaceChildren();
    const crest = side === 'left' ? -layout.horizonPx : streetPx(layout) + layout.horizonPx;
    const end = beyondPx(layout, side, side === 'left' ? -0.4 : 1.4);
    const rise = (px: number): number => beyondRise(layout, side, px);
    const d = groundPath(Math.min(crest, end), Math.max(crest, end), rise);
    this.#ground.replaceChildren(svg('path', { class: 'theirs', d }));
  }

  /** Names under those who gave one, nearest to the middle first, and what they just said. */
  label(sightings: readonly Sighting[], widthPx: number, nowMs: number): void {
    const texts: { key: string; text: string; x: number; top: number }[] = [];
    const byNearness = (a: Sighting, b: Sighting): number => Math.abs(a.x - widthPx / 2) - Math.abs(b.x - widthPx / 2);
    for (const { figure, x } of sightings.filter((one) => one.x > 0 && one.x < widthPx).sort(byNearness)) {
      const { h, said, name } = figure;
      if (said !== undefined && nowMs - said.at < HEARD_MS) {
        texts.push({ key: `${h} said`, text: said.text, x, top: LINE_TOP });
      }
      if (name !== '') texts.push({ key: h, text: name, x, top: PLATE_TOP });
    }
    texts.splice(PLATES_MAX);
    for (const { key, text, x, top } of texts) {
      let plate = this.#plates.get(key);
      if (plate === undefined) {
        plate = el('span', { class: 'plate theirs', dir: 'auto' });
        this.#plates.set(key, plate);
        this.#labels.append(plate);
      }
      setText(plate, text);
      plate.style.transform = `translate(${Math.round(x)}px,${top}px) translateX(-50%)`;
    }
    if (this.#plates.size === texts.length) return;
    const shown = new Set(texts.map(({ key }) => key));
    for (const [key, plate] of this.#plates) {
      if (shown.has(key)) continue;
      plate.remove();
      this.#plates.delete(key);
    }
  }

  /** Those next door who look at us now: heads above the ridge. */
  lookers(layout: Layout, side: Side, count: number): void {
    const root = this.#heads[side];
    const out = side === 'left' ? -1 : 1;
    const base = (side === 'left' ? 0 : streetPx(layout)) + out * layout.horizonPx * RIDGE_AT;
    const key = `${count} ${base}`;
    if (root.dataset['key'] === key) return;
    root.dataset['key'] = key;
    root.replaceChildren(
      ...Array.from({ length: Math.min(count, HEADS_MAX) }, (_, index) => {
        const x = base + out * index * 17;
        const y = -groundRise(layout, x);
        // Shoulders behind the ridge, a head with one eye above it.
        return svg('path', {
          class: 'head',
          d: `M${x - 5.5} ${y}q0-4.5 5.5-4.5t5.5 4.5M${x} ${y - 4.6}a4.4 4.4 0 1 1 .01 0zM${x - out * 1.6} ${y - 9.6}v.01`,
        });
      }),
    );
  }
}
