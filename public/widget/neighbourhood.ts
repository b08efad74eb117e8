/** What lies at both ends of the street: where the gates are known from, their signs, and who is seen beyond them. */
import type { Side } from '../../src/protocol/limits.ts';
import type { Clock } from './clock.ts';
import { createHeadCount, updateHeadCount, waitMs } from './model/head-count.ts';
import { STREET_UNITS } from './model/layout.ts';
import type { Span } from './model/place.ts';
import { gateNear } from './model/walker.ts';
import type { World } from './model/world.ts';
import type { CoreWords } from './strings.ts';
import type { Timers } from './timers.ts';
import type { Frame } from './view/frame.ts';
import type { Hint } from './view/labels-view.ts';
import { GatesView, hillStateOf, type GateView } from './view/gates-view.ts';
import type { SceneView } from './view/scene-view.ts';

const SIDES = ['left', 'right'] as const;

export type Links = Readonly<Record<Side, { readonly name: string; readonly url: string } | undefined>>;

export interface NeighbourhoodDeps {
  readonly world: World;
  readonly scene: SceneView;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Links inside the element: the gates until the square names its own. */
  readonly links: Links;
  /** Whether signs tell head-counts. */
  readonly countsHeads: boolean;
}

export class Neighbourhood {
  readonly #deps: NeighbourhoodDeps;
  readonly #view: GatesView;
  readonly #words: CoreWords;
  /** Room between the signs. */
  between: Span = [0, 0];
  readonly #heads = { left: createHeadCount(), right: createHeadCount() };

  constructor(frame: Frame, words: CoreWords, deps: NeighbourhoodDeps) {
    this.#deps = deps;
    this.#words = words;
    this.#view = new GatesView(frame.gates, words);
  }

  /** The ring's gate, else the site's own connection, else the page's link while nothing else is known. */
  gateOf(side: Side): GateView | undefined {
    const { world, links } = this.#deps;
    const gate = world.gates?.[side];
    if (gate !== null && gate !== undefined) {
      return { name: gate.name, url: gate.url, state: gate.state, past: gate.past ?? [] };
    }
    const own = world.connections.find((connection) => connection.side === side);
    const link = world.gates === undefined ? links[side] : undefined;
    const known = own === undefined ? link : { name: own.label, url: own.url };
    return known === undefined ? undefined : { ...known, state: 'unknown', past: [] };
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
    const { world, scene, countsHeads } = this.#deps;
    for (const side of SIDES) {
      const gate = this.gateOf(side);
      this.#view.write(side, gate, countsHeads ? this.#heads[side].shown : undefined, scene.layout.isPhone);
      scene.drawHill(side, hillStateOf(gate, world.gates?.[side]?.count));
    }
    this.place();
  }

  /** Another language is spoken. */
  reword(): void {
    this.#view.reword();
    this.draw();
  }

  /** What a gate near a figure offers, and where that is written. */
  hint(units: number, hop: 'soft' | 'page' | 'off'): Hint | undefined {
    const side = gateNear(units);
    const gate = side === undefined ? undefined : this.gateOf(side);
    if (gate === undefined || hop === 'off') return undefined;
    const isSoft = hop === 'soft' && gate.state !== 'unknown' && !this.#deps.scene.layout.isPhone;
    const text = this.#words(
      isSoft ? 'walkOnOrLook' : hop === 'page' || gate.state !== 'unknown' ? 'walkOn' : 'visit',
      { name: gate.name },
    );
    return { text, x: this.#deps.scene.screenX(side === 'left' ? 0 : STREET_UNITS) };
  }

  /** Hangs the signs where the camera shows their posts. */
  place(): void {
    const { scene } = this.#deps;
    this.between = this.#view.place(scene.layout, scene.camera);
  }
}
