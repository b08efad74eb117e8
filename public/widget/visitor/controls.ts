/** What the visitor does on the strip: keys, touches and presses become steps, gestures and visits. */
import { HIGH_FIVE_DISTANCE, type Side } from '../../../src/protocol/limits.ts';
import { STREET_UNITS } from '../model/layout.ts';
import { gateNear, GATE_LEFT, GATE_RIGHT } from '../model/walker.ts';
import { othersByDistance, selfOf, type Person, type World } from '../model/world.ts';
import type { Later } from '../files/later.ts';
import type { Profile } from './profile.ts';
import type { Self } from './self.ts';
import type { StripSettings } from '../settings.ts';
import type { Timers } from '../time/timers.ts';
import { GROUND_Y, type Frame } from '../view/frame.ts';
import type { SceneView } from '../view/scene-view.ts';
import { listenToStage } from '../view/stage-input.ts';

/** How long a tapped plate stays. */
const POINTED_MS = 4_000;
/** One stops so far from the person one walks to, in units. */
const TALKING_DISTANCE = 34;

export interface ControlsDeps {
  readonly frame: Frame;
  readonly world: World;
  readonly scene: SceneView;
  readonly self: Self;
  readonly later: Later;
  readonly profile: Profile;
  readonly timers: Timers;
  readonly now: () => number;
  readonly hop: StripSettings['hop'];
  readonly isLive: () => boolean;
  /** Out through a gate. */
  readonly go: (side: Side) => void;
  /** The same with the page, as a link does. */
  readonly goToPage: (side: Side) => void;
  /** Something looks different. */
  readonly onChange: () => void;
}

export class Controls {
  readonly #deps: ControlsDeps;
  /** Hovered, tapped or spoken of. */
  pointedId: number | undefined;

  constructor(deps: ControlsDeps) {
    this.#deps = deps;
    const { frame, self, scene, later, profile } = deps;
    // A page's own shortcuts must not hear what is typed here.
    for (const type of ['keydown', 'keyup', 'keypress']) {
      frame.town.addEventListener(type, (event) => event.stopPropagation());
    }
    listenToStage(
      frame.stage,
      {
        walk: (direction, isRunning) => this.#walk(direction, isRunning),
        tap: (x, y) => this.#tap(x, y),
        point: (x, y) => this.#point(x === undefined ? undefined : scene.personAt(x, y)),
        toGate: (side) => self.walkTo(side === 'left' ? GATE_LEFT : GATE_RIGHT, profile.isCalm),
        sit: () => this.#down(),
        stand: () => this.#lookBack() || self.standUp(),
        act: () => this.#act(),
        wave: () => this.#wave(),
        jump: () => self.gesture('jump', undefined),
        speak: () => frame.input.focus(),
        leave: () => this.#lookBack() || later.part?.close() === true || frame.stage.blur(),
      },
      deps.now,
    );
    // The stage answers the keys that it knows, and the pointer unless it scrolls the page.
    frame.stage.addEventListener(
      'keydown',
      (event) => event.defaultPrevented && event.key !== 'Escape' && profile.acted(),
    );
    frame.stage.addEventListener('pointerup', () => profile.acted());
    frame.form.addEventListener('input', () => profile.acted());
    frame.wave.addEventListener('click', () => {
      this.#wave();
      profile.acted();
    });
    frame.form.addEventListener('submit', () => {
      later.submit();
      this.#offerBack();
    });
    frame.calm.addEventListener('click', () => {
      profile.isCalm = !profile.isCalm;
    });
    frame.people.addEventListener('click', () => later.open('people'));
    frame.menu.addEventListener('click', () => later.open('menu'));
    frame.input.addEventListener('focus', () => later.want());
    for (const side of ['left', 'right'] as const) {
      frame.gates[side].addEventListener('click', (event) => this.#gateClicked(event, side));
    }
  }

  walkTo(person: Person): void {
    const { frame, self, later, profile } = this.#deps;
    later.part?.close();
    const side = person.x * STREET_UNITS > self.walker.x ? -1 : 1;
    self.walkTo(person.x * STREET_UNITS + side * TALKING_DISTANCE, profile.isCalm);
    frame.stage.focus();
  }

  /** Turns to somebody and raises a hand, or claps theirs. */
  waveTo(person: Person): void {
    const { self, scene, world } = this.#deps;
    const actor = scene.actorOf(world.selfId);
    if (actor !== undefined) actor.facing = person.x * STREET_UNITS < self.walker.x ? -1 : 1;
    self.wave();
  }

  /** To a place of the street, in units; there one sits down or leans by oneself. */
  goTo(units: number): void {
    const { frame, self, later, profile } = this.#deps;
    later.part?.close();
    self.walkTo(units, profile.isCalm);
    frame.stage.focus();
  }

  #walk(direction: -1 | 0 | 1, isRunning: boolean): void {
    const { self, isLive, profile } = this.#deps;
    if (!isLive()) return;
    if (direction !== 0) this.#lookBack();
    if (!profile.isCalm) self.steer(direction, isRunning);
    else if (direction !== 0) self.hop(direction);
  }

  /** At a gate one looks over the hill, elsewhere one reads or sits down on what is there. */
  #down(): void {
    const { self, later } = this.#deps;
    const side = gateNear(self.walker.x);
    if (side !== undefined && later.part?.hill.look(side) === true) return;
    if (later.part?.read(self.walker.x) !== true) self.settle();
  }

  /** @returns whether one was looking over a hill */
  #lookBack(): boolean {
    return this.#deps.later.part?.hill.unlook() === true;
  }

  /** Who may not speak or wave is led to the button that changes that. @returns whether one may not */
  #offerBack(): boolean {
    const { wave, notice } = this.#deps.frame;
    if (wave.ariaDisabled === null) return false;
    notice.querySelector('button')?.focus();
    return true;
  }

  #wave(): void {
    const { self, later } = this.#deps;
    if (this.#offerBack()) return;
    self.wave();
    later.part?.hill.wave(self.walker.x);
  }

  #tap(x: number, y: number): void {
    const { scene, self, later, world, isLive, profile, hop, go } = this.#deps;
    const units = scene.unitsAt(x);
    const id = scene.personAt(x, y);
    const person = id === undefined ? undefined : world.people.get(id);
    if (person !== undefined) {
      this.#pointFor(person.id);
      later.part?.meet(person);
    } else if (later.part?.tapped(units, GROUND_Y - y) === true || !isLive()) return;
    // Whoever stands at a gate and presses the hill behind it walks over, the others walk up to the gate.
    else if (hop !== 'off' && units > GATE_RIGHT && gateNear(self.walker.x) === 'right') go('right');
    else if (hop !== 'off' && units < GATE_LEFT && gateNear(self.walker.x) === 'left') go('left');
    else self.walkTo(units, profile.isCalm);
  }

  #point(id: number | undefined): void {
    if (id === this.pointedId) return;
    this.pointedId = id;
    this.#deps.onChange();
  }

  #pointFor(id: number): void {
    this.#point(id);
    this.#deps.timers.after('point', POINTED_MS, () => this.#point(undefined));
  }

  /** Enter on the stage: the gate one stands at, else whoever is near. */
  #act(): void {
    const { self, world, hop, go, later } = this.#deps;
    const side = gateNear(self.walker.x);
    if (side !== undefined && hop !== 'off') {
      go(side);
      return;
    }
    const x = selfOf(world)?.x ?? 0.5;
    const [near] = othersByDistance(world, x);
    if (near === undefined || Math.abs(near.x - x) > HIGH_FIVE_DISTANCE) return;
    this.#pointFor(near.id);
    later.part?.tell(near);
  }

  #gateClicked(event: MouseEvent, side: Side): void {
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!isPlain || this.#deps.hop === 'off') return;
    event.preventDefault();
    this.#deps.goToPage(side);
  }
}
