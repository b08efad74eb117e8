/** The scene: actors and horizons kept in step with the world, and one picture of them. */
import type { Side } from '../../../src/protocol/limits.ts';
import type { Look } from '../../../src/protocol/look.ts';
import { Atlas, drawFigure } from '../art/atlas.ts';
import { figureArt, type Frame as Picture } from '../art/figure-art.ts';
import { GROUND_Y, type Frame } from './frame.ts';
import { Painter, type Drawn } from '../art/painter.ts';
import { FORCED_PALETTE, PALETTES, type Palette } from '../art/palette.ts';
import { ownPalette, TOKENS } from './tokens.ts';
import { groundPath } from '../art/ground-lines.ts';
import { createActor, dismissActor, isGone, settleActor, stepActor, type Actor } from '../model/actors.ts';
import { CROWD_MIN } from '../model/notice.ts';
import { pictureOf, stepFrame } from '../model/frame-choice.ts';
import { cameraFor, groundRise, layoutFor, scenePx, streetPx, STREET_UNITS, type Layout } from '../model/layout.ts';
import { GATE_LEFT, GATE_RIGHT, onHill } from '../model/walker.ts';
import type { Person, World } from '../model/world.ts';
import type { Shade } from '../model/shade.ts';
import { apply } from './dom.ts';
import type { Layer } from '../layers/layer.ts';
import type { Standing } from './labels-view.ts';

/** Figures that are still walking away or fading. */
const LEAVING_MAX = 40;
/** Drawn one by one in a crowd; how long that choice holds. Source of the number: widget.md, section 12. */
const NEAREST_MAX = 60;
const NEAREST_FOR_MS = 700;
/** The others of a crowd: a row of shapes a little up the path. */
/** So many shapes stand in that row at most: more would be a wall. */
const ROW_MAX = 150;
const ROW = { size: 0.8, lift: 5, alpha: 0.26 } as const;
const TAP_HALF_PX = 20;

export class SceneView {
  /** Painted behind the people. */
  readonly layers: Layer[] = [];
  layout: Layout = layoutFor(1_200);
  camera = -this.layout.horizonPx;
  isCalm = false;
  /** Since when the path is lost; figures are grey, and asleep in the end. */
  lostSince: number | undefined;
  palette: Palette = PALETTES.light;
  #given: Palette | undefined;
  /** What tells {@link palette} from another. */
  #key = '';
  /** One's own figure while it is none of the people's. */
  shade: (Shade & { readonly look: Look; readonly x: number }) | undefined;
  readonly #frame: Frame;
  readonly #world: World;
  readonly #shadow = createActor(0, STREET_UNITS / 2);
  readonly #actors = new Map<number, Actor>();
  readonly #leaving = new Map<number, { actor: Actor; person: Person }>();
  readonly #atlas = new Atlas(PALETTES.light, 1);
  readonly #painter: Painter;
  #hasCamera = false;
  /** How far the camera is to be pushed over a hill, and how far it was when last aimed. */
  #pushPx = 0;
  #pushedPx = 0;
  #shownCamera: number | undefined;
  #near: ReadonlySet<number> = new Set();
  #nearestUntil = -Infinity;

  constructor(frame: Frame, world: World) {
    this.#frame = frame;
    this.#world = world;
    this.#painter = new Painter(frame.canvas, this.#atlas);
  }

  get pixelRatio(): number {
    return this.#atlas.pixelRatio;
  }

  resize(widthPx: number, pixelRatio: number): void {
    this.layout = layoutFor(widthPx);
    this.#hasCamera = false;
    this.#atlas.reset(this.palette, pixelRatio);
    const left = -this.layout.horizonPx;
    const right = streetPx(this.layout) - left;
    apply(this.#frame.fade, { x1: left, x2: right });
    apply(this.#frame.ground, { d: groundPath(left, right, (px) => groundRise(this.layout, px)) });
  }

  /** @returns whether anything has another colour now */
  recolor(palette: Palette): boolean {
    const { town } = this.#frame;
    const { style } = town;
    if (palette !== this.#given) {
      this.#given = palette;
      for (const name of TOKENS) {
        // Who chose all colours of the system chose them over the page's too.
        const color = palette === FORCED_PALETTE ? palette[name] : `var(--ts-${name},${palette[name]})`;
        style.setProperty(`--${name}`, color);
      }
      style.setProperty('--glow-strength', palette === PALETTES.dark ? '.55' : '.34');
      style.setProperty('color-scheme', palette === PALETTES.dark ? 'dark' : 'light');
    }
    const own = ownPalette(style, getComputedStyle(town), palette);
    const key = String(Object.values(own));
    if (key === this.#key) return false;
    this.#key = key;
    this.palette = own;
    this.#atlas.reset(own, this.#atlas.pixelRatio);
    return true;
  }

  /** Pushes the camera beyond where it follows one's own figure, px. */
  push(px: number): void {
    this.#pushPx = px;
  }

  /** Everybody anew, where they are. */
  reset(): void {
    this.#leaving.clear();
    const known = new Map(this.#actors);
    this.#actors.clear();
    for (const person of this.#world.people.values()) {
      const actor = known.get(person.id) ?? createActor(person.id, person.x * STREET_UNITS);
      actor.target = person.x * STREET_UNITS;
      this.#actors.set(person.id, actor);
    }
  }

  actorOf(id: number): Actor | undefined {
    return this.#actors.get(id) ?? (this.shade && this.#shadow);
  }

  /** Everybody who is drawn, and who is on their way out. */
  *walkers(): Iterable<Actor> {
    yield* this.#actors.values();
    for (const { actor } of this.#leaving.values()) yield actor;
  }

  /** Shows one's own figure in a picture for a while. */
  play(frame: Picture, until: number): void {
    const actor = this.actorOf(this.#world.selfId);
    if (actor !== undefined) actor.played = { frame, until };
  }

  /** Who begins at an end of the street comes over its hill. */
  came(person: Person): void {
    const x = person.x * STREET_UNITS;
    const side = x <= GATE_LEFT ? 'left' : x >= GATE_RIGHT ? 'right' : undefined;
    const actor = createActor(person.id, side === undefined ? x : onHill(side), 0);
    actor.target = x;
    this.#actors.set(person.id, actor);
  }

  moved(person: Person): void {
    const actor = this.#actors.get(person.id);
    if (actor !== undefined) actor.target = person.x * STREET_UNITS;
  }

  left(person: Person, toward: Side | undefined): void {
    const actor = this.#actors.get(person.id);
    this.#actors.delete(person.id);
    if (actor === undefined || this.#leaving.size >= LEAVING_MAX) return;
    dismissActor(actor, toward);
    this.#leaving.set(person.id, { actor, person });
  }

  /** @returns what still moves; one's own actor is moved by its walker */
  step(dtMs: number, nowMs: number): { readonly people: boolean; readonly layers: boolean } {
    let people = stepActor(this.#shadow, dtMs, nowMs);
    for (const actor of this.#actors.values()) people = stepActor(actor, dtMs, nowMs) || people;
    for (const [id, { actor }] of this.#leaving) {
      people = stepActor(actor, dtMs, nowMs) || people;
      if (isGone(actor)) this.#leaving.delete(id);
    }
    let layers = false;
    for (const layer of this.layers) layers = layer.step(dtMs, nowMs) || layers;
    return { people, layers };
  }

  /** Puts everyone where they are known to be, without gliding. */
  settle(): void {
    for (const actor of this.#actors.values()) settleActor(actor);
    this.#leaving.clear();
    for (const layer of this.layers) layer.settle();
  }

  /** In a crowd the nearest are drawn as they are, and the rest as a row behind them. */
  #nearest(nowMs: number): ReadonlySet<number> | undefined {
    if (this.#actors.size < CROWD_MIN) return undefined;
    if (nowMs < this.#nearestUntil) return this.#near;
    this.#nearestUntil = nowMs + NEAREST_FOR_MS;
    const selfX = this.#actors.get(this.#world.selfId)?.x ?? STREET_UNITS / 2;
    const byDistance = [...this.#actors.values()].sort((a, b) => Math.abs(a.x - selfX) - Math.abs(b.x - selfX));
    this.#near = new Set(byDistance.slice(0, NEAREST_MAX).map(({ id }) => id));
    return this.#near;
  }

  /** @returns whether some figure's picture changes by itself, and who stands where */
  paint(nowMs: number): { readonly isLively: boolean; readonly standing: Standing[] } {
    this.#aim();
    const painter = this.#painter;
    painter.begin(this.layout.widthPx);
    for (const layer of this.layers) layer.paint(painter, this);
    const standing: Standing[] = [];
    let isLively = this.#paintShade();
    let own: Drawn | undefined;
    const nearest = this.#nearest(nowMs);
    if (nearest !== undefined) this.#paintRow(nearest);
    for (const [id, actor] of this.#actors) {
      const person = this.#world.people.get(id);
      if (person === undefined || person.shunned === 'hidden' || nearest?.has(id) === false) continue;
      const drawn = this.#draw(person, actor, nowMs);
      isLively ||= drawn.isLively;
      standing.push({ person, x: drawn.figure.x });
      if (id === this.#world.selfId) own = drawn.figure;
      else painter.stamp(drawn.figure);
    }
    for (const { actor, person } of this.#leaving.values()) painter.stamp(this.#draw(person, actor, nowMs).figure);
    // One's own figure stands in front.
    if (own !== undefined) painter.stamp(own);
    return { isLively, standing };
  }

  /** @returns whether it is still being drawn */
  #paintShade(): boolean {
    const { shade, layout, palette } = this;
    if (shade === undefined) return false;
    const shadow = this.#shadow;
    shadow.x = shadow.target = shade.x;
    const px = scenePx(layout, shade.x);
    this.#painter.at(px - this.camera, groundRise(layout, px), (context) => {
      context.scale(shadow.facing, 1);
      context.setLineDash([...shade.dash]);
      const frame = shadow.isWalking ? stepFrame(shadow) : 'stand';
      drawFigure(context, figureArt(shade.look, frame), (tone) => palette[tone === 'ink' ? 'ink' : 'paper'], true);
    });
    return shade.isLively;
  }

  #paintRow(nearest: ReadonlySet<number>): void {
    const every = Math.ceil(this.#actors.size / ROW_MAX);
    for (const { id, x, facing } of this.#actors.values()) {
      if (id % every > 0 || nearest.has(id) || this.#world.people.get(id)?.shunned === 'hidden') continue;
      this.#painter.stamp({ ...ROW, frame: 'stand', facing, x: this.screenX(x) });
    }
  }

  /** The person under a point of the stage. */
  personAt(x: number, y: number): number | undefined {
    let nearest: number | undefined;
    let best = TAP_HALF_PX;
    if (y < GROUND_Y - 48 || y > GROUND_Y + 22) return undefined;
    for (const actor of this.#actors.values()) {
      const distance = Math.abs(this.screenX(actor.x) - x);
      const isHidden = this.#world.people.get(actor.id)?.shunned === 'hidden';
      if (distance < best && actor.id !== this.#world.selfId && !isHidden) [best, nearest] = [distance, actor.id];
    }
    return nearest;
  }

  screenX(units: number): number {
    return scenePx(this.layout, units) - this.camera;
  }

  unitsAt(screenX: number): number {
    return (screenX + this.camera) / this.layout.scale;
  }

  #aim(): void {
    const self = this.#actors.get(this.#world.selfId);
    const selfPx = scenePx(this.layout, self?.x ?? this.shade?.x ?? STREET_UNITS / 2);
    const previous = this.#hasCamera ? this.camera - this.#pushedPx : undefined;
    this.#pushedPx = this.#pushPx;
    this.camera = Math.round(cameraFor(this.layout, previous, selfPx) + this.#pushPx);
    this.#hasCamera = self !== undefined;
    // Written again, even the same, it would have the whole picture laid out and painted anew.
    if (this.camera === this.#shownCamera) return;
    this.#shownCamera = this.camera;
    this.#frame.world.setAttribute('transform', `translate(${-this.camera} ${GROUND_Y})`);
  }

  #draw(person: Person, actor: Actor, nowMs: number): { figure: Drawn; isLively: boolean } {
    const isLost = this.lostSince !== undefined;
    const asleep = isLost && nowMs - (this.lostSince ?? nowMs) > 10_000;
    const picture = pictureOf(asleep ? { ...person, isActive: false } : person, actor, nowMs, this.isCalm);
    const px = scenePx(this.layout, actor.x);
    const beyond = Math.max(-px, px - streetPx(this.layout), 0);
    const figure: Drawn = {
      ...(isLost && person.id !== this.#world.selfId ? {} : { look: person.look }),
      frame: picture.frame,
      facing: actor.facing,
      x: px - this.camera,
      lift: picture.lift + groundRise(this.layout, px),
      size: 1 - Math.min(beyond / this.layout.horizonPx, 1) * 0.35,
      alpha: actor.alpha * (isLost ? 0.4 : 1),
    };
    return { figure, isLively: picture.isLively };
  }
}
