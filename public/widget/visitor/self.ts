/** One's own figure: steered here, told to the square, seated by its echo. */
import { ACTION_THROTTLE_MS, type Action, type Side } from '../../../src/protocol/limits.ts';
import { PROP_RULES, propsOf, SETTLE_AFTER_MS, type Prop } from '../../../src/protocol/scene-kit.ts';
import type { Clock, Timer } from '../time/clock.ts';
import { advance, type Actor } from '../model/actors.ts';
import { STREET_UNITS } from '../model/layout.ts';
import {
  clampToStreet,
  createWalker,
  GATE_LEFT,
  GATE_RIGHT,
  hopWalker,
  moveDue,
  onHill,
  stepWalker,
  type MoveSender,
} from '../model/walker.ts';
import { gesture, raisedHandNear, selfOf, type Person, type World } from '../model/world.ts';

/** How far a visitor from next door walks in, in units. */
const WALK_IN_UNITS = 150;

/** So long after a step of this tab a position of oneself may be its echo. A thinned crowd's comes within a second. */
const ECHO_MS = 2_000;

export interface SelfDeps {
  readonly world: World;
  readonly clock: Clock;
  readonly send: (message: object) => boolean;
  readonly actor: () => Actor | undefined;
  readonly wake: () => void;
  /** One raised a hand, clapped or jumped. */
  readonly gestured: (self: Person) => void;
  readonly onPush: (side: Side) => unknown;
}

export class Self {
  readonly walker = createWalker(STREET_UNITS / 2);
  readonly #deps: SelfDeps;
  readonly #sender: MoveSender = { sentX: -1, sentAt: -Infinity };
  #settling: Timer | undefined;
  #askedProp: string | undefined;
  #actedAt = -Infinity;

  constructor(deps: SelfDeps) {
    this.#deps = deps;
  }

  /** Where one is on the street, 0…1. */
  get x(): number {
    return clampToStreet(this.walker.x) / STREET_UNITS;
  }

  /** The square's word on where one stands; it wins over ours. */
  place(x: number): void {
    this.walker.x = x * STREET_UNITS;
    this.walker.target = undefined;
    this.walker.leaving = undefined;
    this.#sender.sentX = x;
    const actor = this.#deps.actor();
    if (actor !== undefined) actor.x = actor.target = this.walker.x;
  }

  /** Comes in over a hill. @param goal where to, in units of the street */
  walkIn(side: Side, goal = side === 'left' ? GATE_LEFT + WALK_IN_UNITS : GATE_RIGHT - WALK_IN_UNITS): void {
    const { walker } = this;
    walker.x = onHill(side);
    walker.target = goal;
    const actor = this.#deps.actor();
    if (actor !== undefined) {
      actor.x = actor.target = walker.x;
      actor.alpha = 0;
    }
    this.#deps.wake();
  }

  /** Is at once where one was walking to: nobody looks on. */
  arrive(): void {
    if (this.walker.target === undefined) return;
    this.walker.x = this.walker.target;
    this.walker.target = undefined;
    this.#moved();
  }

  steer(direction: -1 | 0 | 1, isRunning: boolean): void {
    this.walker.direction = direction;
    this.walker.isRunning = isRunning;
    if (direction !== 0) this.walker.target = undefined;
    this.#deps.wake();
  }

  /** One step at once, for calm. */
  hop(direction: -1 | 1): void {
    hopWalker(this.walker, direction);
    this.#moved();
  }

  /** @param units of the street */
  walkTo(units: number, isCalm: boolean): void {
    this.walker.target = clampToStreet(units);
    this.walker.isRunning = false;
    if (isCalm) this.arrive();
    this.#deps.wake();
  }

  leave(side: Side): void {
    this.walker.leaving = side;
    this.#deps.wake();
  }

  stay(): void {
    if (this.walker.leaving === undefined) return;
    this.walker.leaving = undefined;
    this.walker.target = clampToStreet(this.walker.x);
    this.#deps.wake();
  }

  /** @returns whether one walks, or has still to tell where one stopped */
  step(dtMs: number, nowMs: number): boolean {
    const step = stepWalker(this.walker, dtMs);
    if (step.moved) this.#moved(nowMs);
    if (step.pushed !== undefined) this.#deps.onPush(step.pushed);
    const isPushing = this.walker.direction !== 0;
    return this.#tell(nowMs) || step.moved || isPushing;
  }

  /** Sits down on the prop one stands at. @returns false when there is none */
  settle(): boolean {
    const prop = this.#propHere();
    if (prop === undefined || selfOf(this.#deps.world)?.pose !== null) return false;
    this.#askedProp = prop.id;
    return this.#deps.send({ type: 'settle', propId: prop.id });
  }

  /** Stands up by a small step to the side. */
  standUp(): void {
    if (selfOf(this.#deps.world)?.pose === null) return;
    const x = this.walker.x / STREET_UNITS;
    // Small enough to stay in the zone, large enough to be a move.
    this.walker.x = clampToStreet((x + (x > 0.5 ? -0.004 : 0.004)) * STREET_UNITS);
    this.#moved();
  }

  /** Raises a hand, or claps the one that is raised near. */
  wave(): void {
    const { world, clock } = this.#deps;
    const target = raisedHandNear(world, this.walker.x / STREET_UNITS, clock.now());
    this.gesture(target === undefined ? 'raise-hand' : 'high-five', target);
  }

  gesture(action: Action, target: Person | undefined): void {
    const { world, clock, send, gestured } = this.#deps;
    const self = selfOf(world);
    const nowMs = clock.now();
    if (self === undefined || nowMs - this.#actedAt < ACTION_THROTTLE_MS) return;
    if (!send({ type: 'action', action, targetId: target?.id })) return;
    this.#actedAt = nowMs;
    gesture(self, action, target, nowMs);
    gestured(self);
  }

  /** A `move` about oneself: an echo of settling, or another tab of the same visitor. */
  heard(x: number): void {
    const own = selfOf(this.#deps.world);
    if (own?.pose !== null || (this.walker.direction === 0 && this.walker.target === undefined)) this.place(x);
  }

  /** A position of oneself, which may be the echo of a step of this tab: only when it has not told one lately it is another's. */
  follow(x: number): void {
    const { world, clock } = this.#deps;
    const own = selfOf(world);
    if (own === undefined || clock.now() - this.#sender.sentAt < ECHO_MS) return;
    own.x = x;
    own.pose = null;
    this.heard(x);
  }

  stop(): void {
    this.#settling?.cancel();
  }

  #moved(nowMs = this.#deps.clock.now()): void {
    const { world, clock } = this.#deps;
    const own = selfOf(world);
    const actor = this.#deps.actor();
    const { walker } = this;
    if (actor !== undefined) {
      advance(actor, walker.x, nowMs);
      actor.target = walker.x;
      actor.facing = walker.facing;
    }
    if (own !== undefined) {
      own.x = this.x;
      own.pose = null;
      own.activeAt = nowMs;
    }
    this.#tell(nowMs);
    this.#settling?.cancel();
    this.#settling = clock.setTimer(() => this.#mayRest(), SETTLE_AFTER_MS);
    this.#deps.wake();
  }

  /** Standing still at a prop sits down, once for each time one comes to it. */
  #mayRest(): void {
    const prop = this.#propHere();
    if (prop === undefined) this.#askedProp = undefined;
    else if (prop.id !== this.#askedProp) this.settle();
  }

  #propHere(): Prop | undefined {
    const x = this.walker.x / STREET_UNITS;
    return propsOf(this.#deps.world.scene).find((prop) => Math.abs(x - prop.x) < PROP_RULES[prop.kind].settleHalfWidth);
  }

  #tell(nowMs: number): boolean {
    const { x } = this;
    const due = moveDue(this.#sender, x, nowMs);
    if (due !== 'send') return due === 'wait';
    const rounded = Math.round(x * 1e4) / 1e4;
    if (this.#deps.send({ type: 'move', x: rounded })) {
      this.#sender.sentX = x;
      this.#sender.sentAt = nowMs;
    }
    return false;
  }
}
