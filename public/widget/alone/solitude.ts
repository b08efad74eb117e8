/** `townring-alone.js`: what keeps whoever is alone company. Where the last visitor walked, a cat, brighter lamps at the gates. */
import { isQuiet } from '../../../src/protocol/quiet.ts';
import type { Palette } from '../art/palette.ts';
import { Cat, CAT_COMES_MS, SLEEPS_AFTER_MS } from './cat.ts';
import { Footprints } from './footprints.ts';
import { lastWayFrom } from './last-way.ts';
import type { Clock } from '../time/clock.ts';
import { record } from '../model/decode.ts';
import type { Footfall } from '../model/footfalls.ts';
import { selfOf, type World, type WorldEvent } from '../model/world.ts';
import type { Timers } from '../time/timers.ts';
import type { Frame } from '../view/frame.ts';
import type { SceneView } from '../view/scene-view.ts';

/** Set by the build: all files of one build have the same. */
declare const TOWNRING_BUILD: string;
export const build: string = TOWNRING_BUILD;

/** A cat that sat down after the longest way is asleep by then. */
const ASLEEP_MS = SLEEPS_AFTER_MS + 15_000;

export interface SolitudeDeps {
  readonly frame: Frame;
  readonly world: World;
  readonly scene: SceneView;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly palette: () => Palette;
  /** Where one stands, in units. */
  readonly selfX: () => number;
  /** Nothing walks or fades. */
  readonly isCalm: () => boolean;
  readonly onChange: () => void;
}

export function openSolitude(deps: SolitudeDeps): Solitude {
  return new Solitude(deps);
}

export class Solitude {
  readonly #deps: SolitudeDeps;
  readonly #cat: Cat;
  readonly #prints: Footprints;
  #isAccompanied = false;

  constructor(deps: SolitudeDeps) {
    this.#deps = deps;
    this.#cat = new Cat(deps.palette, deps.selfX);
    this.#prints = new Footprints(deps.frame.world);
    deps.scene.layers.push(this.#cat);
  }

  get #nowMs(): number {
    return this.#deps.clock.now();
  }

  fell(fall: Footfall): void {
    if (fall.id !== this.#deps.world.selfId) this.#prints.fell(fall);
  }

  happened(event: WorldEvent): void {
    if (event.type === 'left') {
      this.#prints.left(event.person.id, this.#nowMs);
      this.#fadeLater();
    } else if (event.type === 'hello') {
      this.#prints.arrive(lastWayFrom(record(event.source['footprints'])), this.#nowMs);
      this.#fadeLater();
      this.#cat.vanish();
      this.#isAccompanied = false;
    }
  }

  /** The world, the layout or the mood changed. */
  refresh(): void {
    const { frame, world, scene, isCalm } = this.#deps;
    const isAlone = world.people.size === 1 && selfOf(world) !== undefined;
    frame.town.classList.toggle('alone', isAlone);
    this.#prints.show(scene.layout, isAlone && !isCalm(), this.#nowMs);
    if (isCalm()) this.#cat.vanish();
    // With people over the hills it is they who are to be seen.
    this.#accompany(isAlone && isQuiet(world.gates) && !isCalm());
  }

  #accompany(isWanted: boolean): void {
    const { timers, onChange } = this.#deps;
    if (isWanted === this.#isAccompanied) return;
    this.#isAccompanied = isWanted;
    if (!isWanted) {
      timers.end('cat');
      this.#cat.go();
      return;
    }
    timers.after('cat', CAT_COMES_MS, () => {
      this.#cat.come();
      onChange();
      timers.after('cat', ASLEEP_MS, onChange);
    });
  }

  #fadeLater(): void {
    const fadesAt = this.#prints.nextFade(this.#nowMs);
    if (fadesAt === undefined) return this.#deps.timers.end('prints');
    this.#deps.timers.after('prints', fadesAt - this.#nowMs, () => {
      this.#fadeLater();
      this.refresh();
    });
  }
}
