/** `townring-weather.js`: rain, snow and storm as the site has them, on a canvas that is there only while something falls. */
import type { Palette } from '../art/palette.ts';
import type { Painter } from '../art/painter.ts';
import { record } from '../model/decode.ts';
import { el } from '../view/dom.ts';
import type { Layer, View } from './layer.ts';

/** Set by the build: all files of one build have the same. */
declare const TOWNRING_BUILD: string;
export const build: string = TOWNRING_BUILD;

const KINDS = ['clear', 'rain', 'snow', 'storm'] as const;
type Kind = (typeof KINDS)[number];

interface Config {
  /** undefined: by the hour. */
  readonly pinned: Kind | undefined;
  /** Per cent, in the order of {@link KINDS}. */
  readonly shares: readonly number[];
}

const HOUR_MS = 3_600_000;
/** How often the hour is looked at. Source: wire protocol, section 12. */
const LOOK_EVERY_MS = 60_000;
const HEIGHT_PX = 116;
/** Fall: drops in 1,000 px, px per second down and aside, length of a stroke in px. */
const FALL = {
  rain: { drops: 70, down: 190, aside: 18, length: 7 },
  storm: { drops: 130, down: 280, aside: 90, length: 10 },
  snow: { drops: 60, down: 26, aside: 7, length: 0 },
} as const;
const STRENGTH = 0.42;

/** @param scene takes the canvas */
export function openWeather(scene: Element, palette: () => Palette): WeatherLayer {
  return new WeatherLayer(scene, palette, Date.now);
}

export class WeatherLayer implements Layer {
  isHidden = false;
  readonly #palette: () => Palette;
  readonly #canvas = el('canvas', { class: 'weather', 'aria-hidden': 'true' });
  readonly #scene: Element;
  readonly #epochMs: () => number;
  #config: Config | undefined;
  #kind: Kind = 'clear';
  #lookAt = 0;
  #fallenMs = 0;

  /** @param scene takes the canvas @param epochMs the time of day */
  constructor(scene: Element, palette: () => Palette, epochMs: () => number) {
    this.#scene = scene;
    this.#palette = palette;
    this.#epochMs = epochMs;
  }

  /** @param value `weatherConfig` of a frame; undefined where the site has no weather */
  update(value: unknown): void {
    const { mode, weather, distribution } = record(value);
    const shares = record(distribution);
    this.#config =
      value === undefined
        ? undefined
        : {
            pinned: mode === 'permanent' ? KINDS.find((kind) => kind === weather) : undefined,
            shares: KINDS.map((kind) => Number(shares[kind]) || 0),
          };
    this.#lookAt = 0;
  }

  step(dtMs: number, nowMs: number): boolean {
    if (nowMs >= this.#lookAt) {
      this.#lookAt = nowMs + LOOK_EVERY_MS;
      this.#kind =
        this.#config === undefined ? 'clear' : (this.#config.pinned ?? weatherAt(this.#epochMs(), this.#config.shares));
    }
    this.#fallenMs += dtMs;
    return !this.isHidden && this.#kind !== 'clear';
  }

  settle(): void {}

  paint(_painter: Painter, { layout, pixelRatio }: View): void {
    const kind = this.isHidden ? 'clear' : this.#kind;
    if (kind === 'clear') {
      this.#canvas.remove();
      return;
    }
    if (!this.#canvas.isConnected) this.#scene.prepend(this.#canvas);
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    // Setting a size clears.
    this.#canvas.width = layout.widthPx * pixelRatio;
    this.#canvas.height = HEIGHT_PX * pixelRatio;
    context.scale(pixelRatio, pixelRatio);
    context.globalAlpha = STRENGTH;
    context.strokeStyle = this.#palette().ink;
    context.fillStyle = this.#palette().ink;
    context.lineCap = 'round';
    const { drops, down, aside, length } = FALL[kind];
    const count = Math.round((drops * layout.widthPx) / 1_000);
    context.beginPath();
    for (let drop = 0; drop < count; drop += 1) {
      const speed = 0.8 + 0.4 * scatter(drop, 3);
      const fallen = (scatter(drop, 1) * HEIGHT_PX + (this.#fallenMs / 1_000) * down * speed) % HEIGHT_PX;
      const sway = kind === 'snow' ? Math.sin(fallen / 14 + drop) * aside : (fallen / down) * aside;
      const x = scatter(drop, 2) * layout.widthPx + sway;
      if (length === 0) {
        const radius = 0.8 + scatter(drop, 4) * 0.9;
        context.moveTo(x + radius, fallen);
        context.arc(x, fallen, radius, 0, 2 * Math.PI);
      } else {
        context.moveTo(x, fallen);
        context.lineTo(x + (aside / down) * length, fallen + length);
      }
    }
    if (length === 0) context.fill('nonzero');
    else context.stroke();
  }
}

/** The same weather for everybody in the same hour. Source of the mixture: wire protocol, section 12. Pure. */
export function weatherAt(epochMs: number, shares: readonly number[]): Kind {
  let hash = Math.floor(epochMs / HOUR_MS) ^ 0x9e37_79b9;
  for (let turn = 0; turn < 2; turn += 1) hash = Math.imul(hash ^ (hash >>> 16), 0x045d_9f3b);
  const value = ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  let total = 0;
  for (const [index, kind] of KINDS.entries()) {
    total += (shares[index] ?? 0) / 100;
    if (value < total) return kind;
  }
  return 'clear';
}

/** Repeatable, 0…1: each drop has its own way down. */
function scatter(drop: number, salt: number): number {
  const value = Math.sin(drop * 12.9898 + salt * 78.233) * 43_758.5453;
  return value - Math.floor(value);
}
