/** The ring's one bird, in the colour of lamplight: comes over a hill, sits on the street's highest place near by, leaves over a hill. */
import type { Side } from '../../../src/protocol/limits.ts';
import { perchesOf, propsOf, type SceneConfig } from '../../../src/protocol/scene-kit.ts';
import type { Painter } from '../art/painter.ts';
import type { Palette } from '../art/palette.ts';
import { drawBird, perchOf } from './birds.ts';
import type { Source } from '../model/decode.ts';
import { groundRise, scenePx, STREET_UNITS, streetPx } from '../model/layout.ts';
import type { Layer, View } from './layer.ts';

/** No longer than a square waits before it hands the bird on. */
const FLIGHT_MS = 2_300;
/** As far beyond the picture, or the hill's top, as it is drawn. */
const BEYOND_PX = 30;
/** Height of its way over a ridge, and how small it is there. */
const RIDGE_PX = 44;
const FAR_SIZE = 0.5;
/** On a street lamp, px aside and up. */
const LAMP_TOP = [7, 54] as const;

export class RingBird implements Layer {
  isHidden = false;
  readonly #palette: () => Palette;
  readonly #scene: () => SceneConfig;
  #state: 'away' | 'coming' | 'sitting' | 'going' = 'away';
  /** 0…1 of the strip. */
  #x = 0;
  /** The hill that it comes over, or leaves over; null: the sky. */
  #side: Side | null = null;
  /** Of the flight. */
  #ms = 0;

  constructor(palette: () => Palette, scene: () => SceneConfig) {
    this.#palette = palette;
    this.#scene = scene;
  }

  /** A `hello`: it is not here until the square says so. */
  clear(): void {
    this.#state = 'away';
  }

  /** @param frame a `ringBird` frame @returns the hill that it leaves over */
  heard({ action, x, from, toward }: Source): Side | undefined {
    if (action === 'come' && typeof x === 'number' && x >= 0 && x <= 1) {
      this.#x = x;
      this.#fly('coming', from);
    }
    if (action !== 'go' || this.#state === 'away') return undefined;
    this.#fly('going', toward);
    return this.#side ?? undefined;
  }

  #fly(state: 'coming' | 'going', side: unknown): void {
    this.#state = state;
    this.#side = side === 'left' || side === 'right' ? side : null;
    this.#ms = 0;
  }

  step(dtMs: number): boolean {
    if (this.#state === 'away' || this.#state === 'sitting') return false;
    this.#ms += dtMs;
    if (this.#ms >= FLIGHT_MS) this.#state = this.#state === 'coming' ? 'sitting' : 'away';
    return !this.isHidden;
  }

  settle(): void {
    this.step(FLIGHT_MS);
  }

  paint(painter: Painter, { layout, camera }: View): void {
    if (this.isHidden || this.#state === 'away') return;
    const [units, [aside, up]] = this.#perch();
    const sits = this.#state === 'sitting';
    const part = this.#ms / FLIGHT_MS;
    /** 0 on its perch, 1 out of sight; slow near the perch. */
    const away = sits ? 0 : this.#state === 'coming' ? (1 - part) ** 2 : part ** 2;
    const restPx = scenePx(layout, units) - camera + aside;
    const hillPx = layout.horizonPx / 2;
    const edgePx =
      this.#side === null
        ? restPx + BEYOND_PX
        : this.#side === 'left'
          ? Math.max(-camera - hillPx, -BEYOND_PX)
          : Math.min(streetPx(layout) - camera + hillPx, layout.widthPx + BEYOND_PX);
    const x = restPx + (edgePx - restPx) * away;
    const ridge = this.#side === null ? RIDGE_PX * 2 : RIDGE_PX;
    const lift = up + (ridge - up) * away + groundRise(layout, x + camera);
    const isLeftward = edgePx < restPx === (this.#state === 'going');
    const size = 1 - (1 - FAR_SIZE) * away;
    painter.at(x, lift, (context) => {
      context.scale(isLeftward ? -size : size, size);
      context.globalAlpha = Math.min(1, (1 - away) * 4);
      const { ink, lamp } = this.#palette();
      drawBird(context, ink, lamp, sits ? undefined : this.#ms);
    });
  }

  /** On the nearest lamp; on a street without lamps on the nearest bench or tree, else on the ground. */
  #perch(): readonly [units: number, at: readonly [aside: number, up: number]] {
    const props = propsOf(this.#scene());
    const lamps = props.filter(({ kind }) => kind === 'lamp');
    const perches = lamps.length > 0 ? lamps : perchesOf(props);
    const [nearest] = perches.toSorted((one, other) => Math.abs(one.x - this.#x) - Math.abs(other.x - this.#x));
    if (nearest === undefined) return [this.#x * STREET_UNITS, [0, 0]];
    return [nearest.x * STREET_UNITS, lamps.length > 0 ? LAMP_TOP : perchOf(nearest.id)];
  }
}
