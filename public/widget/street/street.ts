/**
 * `townring-street.js`: what stands on the street and hangs at its ends. Fetched as soon as the first figure stands there, or
 * when there is no hope of one.
 */
import type { Side } from '../../../src/protocol/limits.ts';
import type { Clock } from '../time/clock.ts';
import { STREET_UNITS } from '../model/layout.ts';
import type { NoticeInput, Remark } from '../model/notice.ts';
import type { Span } from '../model/place.ts';
import { gateNear } from '../model/walker.ts';
import type { World } from '../model/world.ts';
import type { GateView } from '../model/gate-view.ts';
import type { StripSettings } from '../settings.ts';
import type { Timers } from '../time/timers.ts';
import type { Frame } from '../view/frame.ts';
import type { Hint } from '../view/labels-view.ts';
import type { SceneView } from '../view/scene-view.ts';
import { GatesView, hillStateOf } from './gates-view.ts';
import { createHeadCount, updateHeadCount, waitMs } from './head-count.ts';
import { remarkOn } from './remarks.ts';
import { drawHill, drawScenery } from './scenery.ts';
import { STREET_STYLES } from './street-styles.ts';
import { STREET_WORDS, type StreetWords } from './street-words.ts';

/** Set by the build: all files of one build have the same. */
declare const TOWNRING_BUILD: string;
export const build: string = TOWNRING_BUILD;
export const texts = STREET_WORDS;

const SIDES = ['left', 'right'] as const;

export interface StreetDeps {
  readonly host: HTMLElement;
  readonly frame: Frame;
  readonly world: World;
  readonly scene: SceneView;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly words: StreetWords;
  readonly gateOf: (side: Side) => GateView | undefined;
  /** Whether signs tell head-counts. */
  readonly countsHeads: boolean;
}

export function openStreet(deps: StreetDeps): Street {
  return new Street(deps);
}

export class Street {
  readonly #deps: StreetDeps;
  readonly #view: GatesView;
  /** Room between the signs, px. */
  between: Span = [0, 0];
  readonly #heads = { left: createHeadCount(), right: createHeadCount() };
  readonly #hillKeys = new Map<Side, string>();

  constructor(deps: StreetDeps) {
    this.#deps = deps;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STREET_STYLES);
    deps.host.shadowRoot?.adoptedStyleSheets.push(sheet);
    this.#view = new GatesView(deps.frame.gates, deps.words);
    this.relayout();
    this.changed();
  }

  /** The street lies elsewhere on the screen, or has other things on it. */
  relayout(): void {
    const { frame, scene, world } = this.#deps;
    drawScenery(frame.scenery, scene.layout, world.scene);
    this.#hillKeys.clear();
    this.draw();
  }

  /** The square told something new of its neighbours. */
  changed(): void {
    const { world, clock, timers } = this.#deps;
    for (const side of SIDES) {
      const head = this.#heads[side];
      updateHeadCount(head, world.gates?.[side]?.count, clock.now());
      const wait = waitMs(head, clock.now());
      if (wait !== undefined) timers.after(side, wait + 10, () => this.changed());
    }
    this.draw();
  }

  /** Signs and hills as they are now; cheap when nothing changed. */
  draw(): void {
    const { frame, world, scene, gateOf, countsHeads } = this.#deps;
    for (const side of SIDES) {
      const gate = gateOf(side);
      this.#view.write(side, gate, countsHeads ? this.#heads[side].shown : undefined, scene.layout.isPhone);
      const state = hillStateOf(gate, world.gates?.[side]?.count);
      const key = JSON.stringify(state);
      if (this.#hillKeys.get(side) === key) continue;
      this.#hillKeys.set(side, key);
      drawHill(frame.hills[side], scene.layout, side, state);
    }
    this.place();
  }

  /** What is said of a gate beside its name. */
  about(side: Side): string {
    return this.#view.spoken[side];
  }

  /** Another language is spoken. */
  reword(): void {
    this.#view.reword();
    this.draw();
  }

  /** What a gate near a figure offers, and where that is written. */
  hint(units: number, hop: StripSettings['hop']): Hint | undefined {
    const { scene, words, gateOf } = this.#deps;
    const side = gateNear(units);
    const gate = side && gateOf(side);
    if (gate === undefined || hop === 'off') return undefined;
    const isKnown = gate.state !== 'unknown';
    const isSoft = hop === 'soft' && isKnown && !scene.layout.isPhone;
    const text = words(isSoft ? 'walkOnOrLook' : hop === 'page' || isKnown ? 'walkOn' : 'visit', { name: gate.name });
    return { text, x: scene.screenX(side === 'left' ? 0 : STREET_UNITS) };
  }

  /** What there is to say of the street and its neighbours. */
  remarkOn(state: NoticeInput): Remark | undefined {
    return remarkOn(state, this.#deps.words);
  }

  /** Hangs the signs where the camera shows their posts. */
  place(): void {
    const { scene } = this.#deps;
    this.between = this.#view.place(scene.layout, scene.camera);
  }
}
