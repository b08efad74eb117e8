/**
 * The square behind the lab's socket: says real frames, judges nothing. It answers as a square does, so that the strip can
 * be walked on, and lets others live a little.
 */
import { CLOSE } from '../../src/protocol/close-codes.ts';
import type {
  NeighboursFrame,
  NoteView,
  SpectatorHelloFrame,
  WireFrame,
  VisitorView,
} from '../../src/protocol/frames.ts';
import { WALK_MAX, WALK_MIN, type Side } from '../../src/protocol/limits.ts';
import { colorOfCoat } from '../../src/protocol/look.ts';
import { perchesOf, PROP_RULES, propsOf, sceneConfigFrom } from '../../src/protocol/scene-kit.ts';
import { crowd, lineFor } from './crowd.ts';
import { siteOver, viewOf } from './other-street.ts';
import { lookOver } from './over-the-hill.ts';
import { seeded } from './seeded.ts';
import type { LabSetup } from './setup.ts';

export interface LabWire {
  send(frame: WireFrame): void;
  close(code: number, reason: string): void;
  /** Runs once after `delayMs`, unless the socket has ended. */
  after(delayMs: number, run: () => void): void;
}

const SELF_ID = 1;
/** When `lost` and `cuts` hang up. */
const HANG_UP_MS = 2_000;
/** Walkers tell where they are five times a second, as widgets do while walking. */
const STEP_MS = 200;
const STEP = 0.03;
const HILLS_MS = 500;
/** Somebody speaks so often. */
const TALK_MS = { none: 0, some: 4_500, much: 700, difficult: 1_100 } as const;
const FIRST_WORD_MS = 900;
/** People on the street next door, and their first id. */
const NEXT_DOOR_PEOPLE = 6;
const NEXT_DOOR_ID = 500;
/** How long a neighbour takes to answer. */
const HOP_MS = 350;
const VIEW_MS = 400;
/** Where somebody walked before an empty street was come to. */
const LAST_WAY = { x: 0.74, heading: 'right', minutesAgo: 3 } as const;
const HOUR_MS = 3_600_000;
const NO_BOARD = { enabled: false, variant: 'corkboard', accent: '', title: '', body: '' } as const;
/** A scared bird is followed by the next after so long. */
const NEXT_BIRD_MS = 4_000;

interface Walking {
  who: VisitorView;
  goal: number;
}

export class LabSquare {
  readonly #isWatched: boolean;
  readonly #setup: LabSetup;
  readonly #wire: LabWire;
  readonly #random: () => number;
  readonly #scene = sceneConfigFrom({});
  readonly #props = propsOf(this.#scene);
  #self: VisitorView;
  #people: VisitorView[];
  #notes: readonly NoteView[];
  #birds: { id: number; perchId: string; x: number; state: 'perched' }[];
  #nextBird = 100;
  /** Who one was at home, and with whom, while the strip is next door. */
  #home: { readonly self: VisitorView; readonly people: VisitorView[] } | undefined;
  #looks: { readonly side: Side; readonly people: VisitorView[] } | undefined;

  /** @param isWatched by somebody who only watches */
  constructor(setup: LabSetup, wire: LabWire, isWatched: boolean) {
    this.#setup = setup;
    this.#isWatched = isWatched;
    this.#wire = wire;
    this.#random = seeded(setup.seed);
    this.#people = crowd(setup.people, this.#props, setup.state.talk, this.#random);
    this.#self = {
      ...this.#stranger(),
      id: SELF_ID,
      x: setup.state.x,
      displayName: setup.state.name,
    };
    this.#notes = (setup.state.notes ?? []).map((text, index) => ({
      text,
      at: Date.now() - (index + 1) ** 3 * HOUR_MS,
    }));
    this.#birds = perchesOf(this.#props)
      .slice(0, setup.birds)
      .map(({ id, x }, index) => ({ id: index + 1, perchId: id, x, state: 'perched' }));
  }

  /** @param isReturn the browser was here before, in this page */
  opened(isReturn: boolean): void {
    const { trouble } = this.#setup.state;
    if (typeof trouble === 'object' && 'refuses' in trouble) this.#hangUp(trouble.refuses);
    if (trouble === 'lost' && isReturn) this.#wire.close(CLOSE.internalError.code, CLOSE.internalError.reason);
  }

  /** One message of the widget. */
  heard(message: Readonly<Record<string, unknown>>): void {
    const { type, x, text } = message;
    if (type === 'init') this.#greet(message);
    else if (type === 'move' && typeof x === 'number') this.#moved(x);
    else if (type === 'settle') this.#settle(String(message['propId']));
    else if (type === 'profile') this.#profile(message);
    else if (type === 'gate' && (message['side'] === 'left' || message['side'] === 'right')) {
      const { side } = message;
      this.#wire.after(1_500, () => this.#wire.send({ type: 'passage', side, refused: 'closed' }));
    } else if (type === 'hop')
      this.#hop(message['home'] === true ? 'home' : message['side'] === 'left' ? 'left' : 'right');
    else if (type === 'look' && message['on'] === true) this.#look(message['side'] === 'left' ? 'left' : 'right');
    else if (type === 'look') this.#looks = undefined;
    else if (type === 'note' && typeof text === 'string') this.#pin(text);
    else if (type === 'say' && typeof text === 'string' && this.#people.length > 0) this.#answer();
  }

  #greet(message: Readonly<Record<string, unknown>>): void {
    const { state } = this.#setup;
    const { trouble } = state;
    if (trouble === 'silent') return;
    this.#wear(message);
    this.#hello();
    if (state.hasRing) this.#tellHills(0);
    if (trouble === 'lost') this.#wire.after(HANG_UP_MS, () => this.#hangUp('internal error'));
    if (typeof trouble === 'object' && 'cuts' in trouble) {
      const { cuts } = trouble;
      this.#wire.after(HANG_UP_MS, () => this.#hangUp(cuts));
    }
    this.#live();
  }

  #hello(): void {
    const { state, sky } = this.#setup;
    const view: Omit<SpectatorHelloFrame, 'type' | 'id' | 'spectator'> = {
      peers: this.#people,
      birds: this.#birds,
      chatThrottleMs: 500,
      pluginModules: [],
      pluginEntities: {},
      scene: this.#scene,
      ...(state.notes && { messageBoard: { ...NO_BOARD, x: 0.34 } }),
      ...(state.hasBoard && {
        messageBoard: {
          enabled: true,
          x: 0.34,
          variant: 'corkboard',
          accent: '#c8641f',
          title: 'Seed swap on Sunday',
          body: 'Bring what you have too much of: beans, marigolds, a spare watering can. Under the tree, from four.',
        },
      }),
      ...(state.notes && { notes: this.#notes }),
      ...(sky !== 'none' && {
        weatherConfig: {
          mode: 'permanent',
          weather: sky,
          distribution: { clear: 100, rain: 0, snow: 0, storm: 0, [sky]: 100 },
        },
      }),
    };
    if (this.#isWatched) return this.#wire.send({ type: 'hello', id: null, spectator: true, ...view });
    const arrival = state.arrival !== undefined && { arrival: state.arrival };
    const footprints = this.#people.length === 0 && { footprints: LAST_WAY };
    this.#wire.send({
      type: 'hello',
      ...this.#self,
      browserSecret: '5e'.repeat(32),
      ...view,
      ...arrival,
      ...footprints,
    });
  }

  #hop(to: Side | 'home'): void {
    const { seed } = this.#setup;
    this.#wire.after(HOP_MS, () => {
      if (to === 'home') {
        if (this.#home === undefined) return;
        ({ self: this.#self, people: this.#people } = this.#home);
        this.#home = undefined;
        this.#wire.send({ type: 'hopped', site: siteOver('home', seed), home: 'asked', x: this.#self.x });
      } else {
        const edge = to === 'left' ? 'right' : 'left';
        this.#home ??= { self: this.#self, people: this.#people };
        this.#people = this.#nextDoor();
        this.#self = { ...this.#self, id: NEXT_DOOR_ID - 1, x: edge === 'left' ? WALK_MIN : WALK_MAX };
        this.#wire.send({ type: 'hopped', site: siteOver(to, seed), edge, x: this.#self.x });
      }
      this.#hello();
    });
  }

  #nextDoor(): VisitorView[] {
    return crowd(NEXT_DOOR_PEOPLE, this.#props, 'some', seeded(this.#setup.seed + NEXT_DOOR_ID)).map(
      (who): VisitorView => Object.assign(who, { id: who.id + NEXT_DOOR_ID }),
    );
  }

  #look(side: Side): void {
    this.#looks = { side, people: this.#nextDoor() };
    this.#tellView(this.#looks, true);
  }

  #tellView(looks: { readonly side: Side; readonly people: VisitorView[] }, isWhole: boolean): void {
    if (this.#looks !== looks) return;
    const [walker] = looks.people;
    if (walker !== undefined && !isWhole) {
      const x = Math.min(WALK_MAX, Math.max(WALK_MIN, walker.x + (this.#random() - 0.5) * 0.06));
      looks.people[0] = { ...walker, x };
    }
    const { seed } = this.#setup;
    this.#wire.send(
      viewOf(looks.side, isWhole ? looks.people : looks.people.slice(0, 1), looks.people.length, isWhole, seed),
    );
    this.#wire.after(VIEW_MS, () => this.#tellView(looks, false));
  }

  /** The others walk about and talk. */
  #live(): void {
    const standing = this.#people.filter(({ pose }) => pose === null);
    const walking = standing.slice(0, this.#setup.walkers).map((who): Walking => ({ who, goal: this.#somewhere() }));
    // Spread over the step, as independent widgets are.
    for (const [index, one] of walking.entries()) {
      this.#wire.after((STEP_MS * index) / walking.length, () => this.#walk(one));
    }
    const every = TALK_MS[this.#setup.state.talk];
    if (every > 0 && this.#people.length > 0) this.#wire.after(FIRST_WORD_MS, () => this.#talk(every));
  }

  #walk(one: Walking): void {
    // Those at home are not seen from next door.
    if (!this.#people.some(({ id }) => id === one.who.id)) return this.#wire.after(STEP_MS, () => this.#walk(one));
    const gap = one.goal - one.who.x;
    if (Math.abs(gap) < STEP) one.goal = this.#somewhere();
    const x = Math.round((one.who.x + Math.sign(gap) * Math.min(STEP, Math.abs(gap))) * 1e4) / 1e4;
    one.who = { ...one.who, x };
    this.#wire.send({ type: 'move', ...one.who });
    this.#wire.after(STEP_MS, () => this.#walk(one));
  }

  #talk(everyMs: number): void {
    const who = this.#people[Math.floor(this.#random() * this.#people.length)];
    const at = Date.now();
    if (who !== undefined) {
      this.#wire.send({ type: 'say', id: who.id, text: lineFor(this.#setup.state.talk, this.#random), at });
    }
    this.#wire.after(everyMs * (0.6 + 0.8 * this.#random()), () => this.#talk(everyMs));
  }

  #answer(): void {
    const near = this.#people.toSorted((a, b) => Math.abs(a.x - this.#self.x) - Math.abs(b.x - this.#self.x))[0];
    if (near === undefined) return;
    this.#wire.after(600, () => this.#wire.send({ type: 'typing', id: near.id, typing: true }));
    this.#wire.after(2_200, () => {
      this.#wire.send({ type: 'typing', id: near.id, typing: false });
      this.#wire.send({ type: 'say', id: near.id, text: lineFor('some', this.#random), at: Date.now() });
    });
  }

  #tellHills(step: number): void {
    const { state, left, right, seed } = this.#setup;
    const frame: NeighboursFrame = {
      type: 'neighbours',
      ring: { id: 'lab', name: 'Small Hours' },
      left: lookOver('left', left === 'own' ? state.left : left, step, seed),
      right: lookOver('right', right === 'own' ? state.right : right, step, seed),
    };
    this.#wire.send(frame);
    this.#wire.after(HILLS_MS, () => this.#tellHills(step + 1));
  }

  #moved(x: number): void {
    this.#self = { ...this.#self, x, pose: null, propId: null };
    const scared = this.#birds.find((bird) => Math.abs(bird.x - x) < 0.07);
    if (scared === undefined) return;
    this.#birds = this.#birds.filter((bird) => bird !== scared);
    const dir = scared.x < x ? -1 : 1;
    this.#wire.send({ type: 'bird', action: 'flee', id: scared.id, x: scared.x, dir, at: Date.now() });
    this.#wire.after(NEXT_BIRD_MS, () => {
      const { perchId, x: at } = scared;
      const id = (this.#nextBird += 1);
      this.#birds.push({ id, perchId, x: at, state: 'perched' });
      const from = dir < 0 ? 'left' : 'right';
      this.#wire.send({ type: 'bird', action: 'spawn', id, perchId, x: at, from, at: Date.now() });
    });
  }

  #pin(text: string): void {
    this.#notes = [{ text, at: Date.now() }, ...this.#notes];
    this.#wire.send({ type: 'notes', notes: this.#notes });
    this.#wire.send({ type: 'noted' });
  }

  #settle(propId: string): void {
    const prop = this.#props.find(({ id }) => id === propId);
    if (prop === undefined) return;
    const { pose, seatOffsets } = PROP_RULES[prop.kind];
    const taken = new Set(this.#people.filter((who) => who.propId === propId).map(({ x }) => x));
    const seat = seatOffsets.map((offset) => Math.round((prop.x + offset) * 1e4) / 1e4).find((x) => !taken.has(x));
    if (pose === null || seat === undefined) return;
    this.#self = { ...this.#self, x: seat, pose, propId };
    this.#wire.send({ type: 'move', ...this.#self });
  }

  #profile(message: Readonly<Record<string, unknown>>): void {
    this.#wear(message);
    this.#wire.send({ type: 'profile', ...this.#self });
  }

  #wear({ displayName, look, color }: Readonly<Record<string, unknown>>): void {
    this.#self = {
      ...this.#self,
      ...(typeof displayName === 'string' && displayName !== '' && { displayName }),
      ...(typeof color === 'string' && { color }),
      ...(typeof look === 'number' && { ring: { look } }),
    };
  }

  #hangUp(reason: string): void {
    const close = Object.values(CLOSE).find((one) => one.reason === reason) ?? CLOSE.internalError;
    this.#wire.close(close.code, close.reason);
  }

  #somewhere(): number {
    return WALK_MIN + (WALK_MAX - WALK_MIN) * this.#random();
  }

  #stranger(): VisitorView {
    return {
      id: SELF_ID,
      x: 0.5,
      pose: null,
      propId: null,
      displayName: '',
      color: colorOfCoat(0),
      readingLabel: '',
      readingUrl: '',
      readingActive: true,
      widgetVisible: true,
      isOwner: false,
      messages: [],
    };
  }
}
