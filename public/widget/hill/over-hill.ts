/** Looks over the hill, soft hops and waves, put together over one strip. */
import { gateNear } from '../model/walker.ts';
import type { Gate, ViewRefusal } from '../../../src/protocol/frames.ts';
import type { Side } from '../../../src/protocol/limits.ts';
import type { Clock } from '../time/clock.ts';
import type { Layout } from '../model/layout.ts';
import { selfOf, type World, type WorldEvent } from '../model/world.ts';
import type { MoreWords } from '../words/more-strings.ts';
import { Timers } from '../time/timers.ts';
import { setText } from '../view/dom.ts';
import type { Frame } from '../view/frame.ts';
import type { Layer } from '../layers/layer.ts';
import { BeyondView } from './beyond-view.ts';
import { decodeBeyond, type Beyond, type Seen } from './beyond.ts';
import { Crossing } from './crossing.ts';
import { Journey } from './journey.ts';
import { PageWay } from './page-way.ts';
import { Peek, SIGHTING_SIZE } from './peek.ts';
import { Ribbon } from './ribbon.ts';

const SIDES = ['left', 'right'] as const;
/** Nobody looks longer without a sign of life. Source: widget.md, section 8. */
const LOOK_IDLE_MS = 12_000;
/** The hand stays at the brow for as long as one looks; this only bounds it. */
const LOOK_MAX_MS = 10 * 60_000;
/** A gate's remark stays this long. */
const REMARK_MS = 5_000;
/** A pointer that rests on a sign this long looks over the hill; a finger held on it as well. */
const HOVER_MS = 600;
const SHRUG_MS = 1_400;
const WAVE_MIN_MS = 5_000;

export interface OverHillDeps {
  readonly frame: Frame;
  readonly world: World;
  readonly clock: Clock;
  readonly words: MoreWords;
  readonly layers: Layer[];
  /** @returns false when nothing could be sent */
  readonly send: (message: object) => boolean;
  readonly isCalm: () => boolean;
  /** Asked at each hop, and true for the first one: the visitor is told what a hop is. */
  readonly isFirstHop: () => boolean;
  readonly layout: () => Layout;
  /** Pushes the camera, in px. */
  readonly push: (px: number) => void;
  /** One's own figure: climbs the hill, comes back down, comes in through a gate. */
  readonly climb: (side: Side) => void;
  readonly slideBack: () => void;
  readonly walkIn: (edge: Side) => void;
  /** One's own figure takes a pose for so long, or until it walks. */
  readonly play: (frame: 'look' | 'shrug', ms: number) => void;
  /** The page may want no hop. */
  readonly mayHop: (side: Side, url: string) => boolean;
  readonly onChange: () => void;
}

export class OverHill {
  readonly #deps: OverHillDeps;
  readonly #journey: Journey;
  readonly #peek = new Peek();
  readonly #crossing: Crossing;
  readonly #view: BeyondView;
  readonly #ribbon: Ribbon;
  readonly #pageWay: PageWay;
  readonly #timers: Timers;
  #remark: string | undefined;
  #wavedAt = -Infinity;
  #lookers: Record<Side, number> = { left: 0, right: 0 };

  constructor(deps: OverHillDeps) {
    this.#deps = deps;
    const { frame, clock, words } = deps;
    this.#timers = new Timers(clock);
    this.#crossing = new Crossing(frame);
    this.#view = new BeyondView(frame);
    this.#pageWay = new PageWay({ clock, send: deps.send, go: (url) => location.assign(url) });
    this.#ribbon = new Ribbon(
      words,
      () => this.#journey.goHome(),
      (url) => this.#pageWay.take(url),
    );
    frame.notice.before(this.#ribbon.node, this.#ribbon.remarkNode);
    this.#journey = new Journey({
      clock,
      send: deps.send,
      leaving: (from) => this.#crossing.hold(from),
      entered: (edge) => this.#entered(edge),
      refused: (name, reason) => {
        deps.slideBack();
        deps.play('shrug', SHRUG_MS);
        this.say(words(`hop-${reason}`, { name }));
      },
      onChange: deps.onChange,
    });
    deps.layers.push({
      step: (dtMs) => this.#step(this.#peek.step(dtMs)),
      settle: () => {
        this.#peek.settle();
        this.#step(false);
      },
      paint: (painter, view) => {
        const { layout, camera } = view;
        const sightings = this.#peek.sightings(layout, camera);
        for (const { figure, frame: picture, x, lift, alpha } of sightings) {
          const { look, facing } = figure;
          painter.stamp({ look, frame: picture, facing, x, lift, size: SIGHTING_SIZE, alpha });
        }
        this.#view.street(layout, this.#peek.isAway ? this.#lastLook : undefined);
        this.#view.label(sightings, layout.widthPx, clock.now());
      },
    });
    this.#listen();
  }

  #lastLook: Side | undefined;

  /** Of the site one is walking over to. */
  get hoppingTo(): string | undefined {
    return this.#journey.asking?.name;
  }

  /** Whether the strip shows another square's street. */
  get isAway(): boolean {
    return this.#journey.place !== undefined;
  }

  get lookingAt(): Side | undefined {
    return this.#peek.side;
  }

  // ── from the visitor ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Walks on through a gate. @returns whether there is one that a strip can walk through */
  hop(side: Side): boolean {
    const gate = this.#deps.world.gates?.[side];
    if (gate === null || gate === undefined) return false;
    if (this.#journey.asking !== undefined) return true;
    if (gate.state === 'dark') {
      this.say(this.#deps.words('hop-unreachable', { name: gate.name }));
      return true;
    }
    this.unlook();
    if (this.#deps.mayHop(side, gate.url) && this.#journey.start(side, gate.name)) this.#deps.climb(side);
    return true;
  }

  /** @returns whether there is a hill to look over */
  look(side: Side): boolean {
    const gate = this.#deps.world.gates?.[side];
    if (gate === null || gate === undefined) return false;
    if (this.#peek.side === side) return true;
    this.unlook();
    if (gate.state === 'dark') this.say(this.#deps.words('hop-unreachable', { name: gate.name }));
    else if (this.#deps.send({ type: 'look', side, on: true })) {
      this.#lastLook = side;
      this.#peek.begin(side);
      this.#deps.play('look', LOOK_MAX_MS);
      this.#stayAwake();
      this.#announce(this.#deps.words('looking', { name: gate.name }));
      this.#deps.onChange();
    }
    return true;
  }

  /** Looks back at one's own street. @returns whether one was looking away */
  unlook(): boolean {
    const { side } = this.#peek;
    if (side === undefined) return false;
    this.#timers.after('idle', 0, () => {});
    this.#peek.end();
    this.#deps.play('look', 0);
    this.#deps.send({ type: 'look', side, on: false });
    this.#deps.onChange();
    return true;
  }

  /** One raised a hand at this place of the street, in units: near a gate it is meant for those behind the hill too. */
  wave(units: number): void {
    const side = gateNear(units);
    const nowMs = this.#deps.clock.now();
    if (side === undefined || nowMs - this.#wavedAt < WAVE_MIN_MS) return;
    const gate = this.#deps.world.gates?.[side];
    if (gate?.state !== 'live') return;
    const raised = gate.figures.find(({ pose }) => pose === 'wave');
    if (this.#deps.send({ type: 'wave', side, ...(raised && { h: raised.h }) })) this.#wavedAt = nowMs;
  }

  // ── from the square ──────────────────────────────────────────────────────────────────────────────────────────────

  happened(event: WorldEvent): void {
    if (event.type === 'extra') {
      const frame = decodeBeyond(event.source);
      if (frame !== undefined) this.#heard(frame);
    } else if (event.type === 'passage') this.#pageWay.answer(event.frame);
    else if (event.type === 'hello') {
      this.#pageWay.cancel();
      this.#journey.greeted();
    } else if (event.type === 'gates') this.#countLookers();
  }

  #heard(frame: Beyond): void {
    const { words, world } = this.#deps;
    switch (frame.type) {
      case 'view':
        if (frame.side !== this.#peek.side) return;
        this.#see(frame.side, frame.seen);
        break;
      case 'steps':
        if (frame.side === this.#peek.side) this.#peek.move(frame.steps);
        return;
      case 'unseen':
        if (frame.side !== this.#peek.side) return;
        this.#peek.end();
        this.#unseen(frame.side, frame.reason ?? 'lost');
        break;
      case 'waved':
        this.say(
          words(
            frame.to === world.selfId && frame.to !== undefined
              ? 'wavedBack'
              : frame.side === 'left'
                ? 'waveLeft'
                : 'waveRight',
          ),
        );
        break;
      default:
        if (frame.type !== 'refused') {
          this.#timers.after('idle', 0, () => {});
          this.#peek.end();
        }
        this.#journey.heard(frame);
    }
    this.#deps.onChange();
  }

  /** Who is there is told once, when the look begins; after that it is for the eyes. */
  #see(side: Side, seen: Seen): void {
    const isFirst = this.#peek.count === undefined;
    this.#peek.take(seen, this.#deps.clock.now());
    const name = this.#deps.world.gates?.[side]?.name;
    if (isFirst && name !== undefined) this.#announce(this.#deps.words('lookingAt', { name, n: seen.count }));
  }

  #unseen(side: Side, reason: ViewRefusal): void {
    const { words, world } = this.#deps;
    if (reason !== 'lost') return this.say(words(`look-${reason}`));
    const name = world.gates?.[side]?.name;
    if (name !== undefined) this.say(words('hop-unreachable', { name }));
  }

  #entered(edge: Side | undefined): void {
    const { words } = this.#deps;
    const { place, homecoming } = this.#journey;
    if (edge !== undefined) this.#deps.walkIn(edge);
    if (this.#deps.isCalm()) this.#crossing.cut();
    else this.#crossing.pan();
    if (place !== undefined) this.#tell(place.name);
    else if (homecoming !== undefined) this.say(words(`home-${homecoming === 'blocked' ? 'kicked' : homecoming}`));
    this.#deps.onChange();
  }

  /** Where one is and what went along; the first time also what a hop is. */
  #tell(name: string): void {
    const { words, isFirstHop } = this.#deps;
    const text = words('youCameTo', { name, along: this.#along });
    if (!isFirstHop()) return this.#announce(text);
    this.say(words('firstHop'));
    this.#announce(`${text} ${words('firstHop')}`);
  }

  /** What the other square was told of the visitor, as it says itself. */
  get #along(): string {
    const { words, world } = this.#deps;
    return words(selfOf(world)?.name ? 'alongNamed' : 'along');
  }

  // ── shown ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Text that follows from the state; cheap when nothing changed. */
  refresh(): void {
    const count = this.#peek.side === undefined ? undefined : this.#peek.count;
    const gate = this.#peek.side && this.#deps.world.gates?.[this.#peek.side];
    const seen =
      gate === null || gate === undefined
        ? undefined
        : count === undefined
          ? this.#deps.words('looking', { name: gate.name })
          : this.#deps.words('lookingAt', { name: gate.name, n: count });
    this.#ribbon.show({ place: this.#journey.place, along: this.#along, remark: this.#remark ?? seen });
  }

  /** Another language is spoken. */
  reword(): void {
    this.#ribbon.reword();
    this.refresh();
  }

  stop(): void {
    this.#timers.stop();
    this.#journey.stop();
    this.#pageWay.cancel();
    this.#crossing.cut();
  }

  #step(moves: boolean): boolean {
    this.#deps.push(this.#peek.shiftPx(this.#deps.layout()));
    return moves;
  }

  /** A remark for a while, read out too. */
  say(text: string): void {
    this.#remark = text;
    this.#announce(text);
    this.#timers.after('remark', REMARK_MS, () => {
      this.#remark = undefined;
      this.#deps.onChange();
    });
    this.#deps.onChange();
  }

  #announce(text: string): void {
    setText(this.#deps.frame.status, text);
  }

  #countLookers(): void {
    for (const side of SIDES) {
      const count = lookersOf(this.#deps.world.gates?.[side]);
      this.#view.lookers(this.#deps.layout(), side, count);
      if (count > 0 && this.#lookers[side] === 0) {
        this.#announce(this.#deps.words(side === 'left' ? 'lookersLeft' : 'lookersRight', { n: count }));
      }
      this.#lookers[side] = count;
    }
  }

  /** Whoever looks and does nothing for long looks back. */
  #stayAwake(): void {
    this.#timers.after('idle', LOOK_IDLE_MS, () => this.unlook());
  }

  #listen(): void {
    const { frame } = this.#deps;
    for (const type of ['keydown', 'pointermove'] as const) {
      frame.town.addEventListener(type, () => this.#peek.side !== undefined && this.#stayAwake());
    }
    for (const side of SIDES) {
      const sign = frame.gates[side];
      let held = false;
      const rest = (): void =>
        this.#timers.after('rest', HOVER_MS, () => {
          held = this.look(side);
        });
      const move = (): void => this.#timers.after('rest', 0, () => {});
      sign.addEventListener('pointerenter', (event) => event.pointerType === 'mouse' && rest());
      sign.addEventListener('pointerdown', (event) => {
        held = false;
        if (event.pointerType !== 'mouse') rest();
      });
      for (const type of ['pointerleave', 'pointerup', 'pointercancel'] as const) sign.addEventListener(type, move);
      // A finger that was held for a look does not follow the link when it is lifted, nor open the browser's menu.
      sign.addEventListener('contextmenu', (event) => held && event.preventDefault());
      sign.addEventListener(
        'click',
        (event) => {
          move();
          if (!held) return;
          held = false;
          if (!(event instanceof PointerEvent) || event.pointerType === 'mouse') return;
          event.preventDefault();
          event.stopImmediatePropagation();
        },
        { capture: true },
      );
    }
  }
}

function lookersOf(gate: Gate | null | undefined): number {
  return gate?.lookers ?? 0;
}
