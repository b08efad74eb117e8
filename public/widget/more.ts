/**
 * Entry of `townring-more.js`: names and words over the figures, and what opens over the strip. It knows the first file by what it
 * is handed only, so that nothing exists twice but a few small functions.
 */
import type { Side } from '../../src/protocol/limits.ts';
import type { Palette } from './art/palette.ts';
import { Birds } from './layers/birds.ts';
import type { Clock } from './time/clock.ts';
import { Company } from './alone/company.ts';
import { boardFrom } from './model/board.ts';
import { Furniture } from './layers/furniture.ts';
import { OverHill } from './hill/over-hill.ts';
import { fetchPart } from './files/fetch-part.ts';
import { Hearing } from './sound/hearing.ts';
import { Horizons } from './layers/horizons.ts';
import type { Source } from './model/decode.ts';
import { Footfalls } from './model/footfalls.ts';
import { STREET_UNITS, type Layout } from './model/layout.ts';
import { nameOf } from './model/naming.ts';
import type { Person, World, WorldEvent } from './model/world.ts';
import { MORE_WORDS, type MoreWords } from './words/more-strings.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import type { NoteWords } from './notes/note-words.ts';
import type { PartDeps } from './files/part.ts';
import type { FigureDrawing } from './panels/portrait.ts';
import type { openPanels, PanelName, Panels } from './panels/panels.ts';
import type { PanelWords } from './panels/panel-words.ts';
import type { Profile } from './visitor/profile.ts';
import type { Self } from './visitor/self.ts';
import type { Frame } from './view/frame.ts';
import { LabelsView, type Hint, type Standing } from './view/labels-view.ts';
import { MORE_STYLES } from './view/more-styles.ts';
import { RingBird } from './layers/ring-bird.ts';
import type { SceneView } from './view/scene-view.ts';
import type { StripSettings } from './settings.ts';
import { Sky } from './layers/sky.ts';
import { Sleep } from './visitor/sleep.ts';

import { Talk } from './visitor/talk.ts';
import type { Timers } from './time/timers.ts';

/** Set by the build: the first file takes no other. */
declare const TOWNRING_BUILD: string;
export const build: string = TOWNRING_BUILD;
export const texts = MORE_WORDS;

export interface MoreDeps {
  readonly host: HTMLElement;
  readonly frame: Frame;
  readonly world: World;
  readonly words: PanelWords & NoteWords;
  readonly learn: PartDeps['learn'];
  readonly profile: Profile;
  readonly settings: StripSettings;
  /** Takes further layers. */
  readonly scene: SceneView;
  readonly self: Self;
  readonly controls: {
    /** Hovered, tapped or focused. */
    readonly pointedId: number | undefined;
    walkTo(person: Person): void;
    waveTo(person: Person): void;
    /** @param units of the street */
    goTo(units: number): void;
  };
  readonly around: Neighbourhood;
  readonly art: FigureDrawing;
  readonly visit: (side: Side) => void;
  /** Opens a panel when it is here. */
  readonly open: (panel: PanelName) => void;
  /** The page may want no hop. */
  readonly mayHop: (side: Side, url: string) => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The line for newcomers is to be seen. */
  readonly isNewcomer: () => boolean;
  /** One is here in person, and not about to leave. */
  readonly isFree: () => boolean;
  /** Some of it is in view of the page. */
  readonly isOnScreen: () => boolean;
  /** Somebody can see the strip. */
  readonly isSeen: () => boolean;
  /** Lets the socket go. @returns false when there is none */
  readonly fallAsleep: () => boolean;
  readonly wakeUp: () => void;
  /** @returns false when nothing could be sent */
  readonly send: (message: object) => boolean;
  /** Whether a line may wait for the square's return. */
  readonly mayWait: () => boolean;
  /** Something changed that others show. */
  readonly onChange: () => void;
}

/** So rarely is it said where the ring's bird went. */
const BIRD_TOLD_EVERY_MS = 10 * 60_000;

export function openMore(deps: MoreDeps): More {
  return new More(deps);
}

export class More {
  readonly labels: LabelsView;
  readonly talk: Talk;
  readonly hill: OverHill;
  readonly #deps: MoreDeps;
  readonly #words: MoreWords;
  readonly #horizons = new Horizons();
  readonly #hearing: Hearing;
  readonly #birds: Birds;
  readonly #ringBird: RingBird;
  #birdToldAt = -Infinity;
  readonly #sky: Sky;
  readonly #furniture: Furniture;
  readonly #company: Company;
  readonly #sleep: Sleep;
  #panels: Panels | undefined;
  #hung: Source = {};

  constructor(deps: MoreDeps) {
    this.#deps = deps;
    const { host, frame, world, scene, self, profile } = deps;
    const palette = (): Palette => scene.palette;
    const layout = (): Layout => scene.layout;
    this.#words = deps.words;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(MORE_STYLES);
    host.shadowRoot?.adoptedStyleSheets.push(sheet);
    this.labels = new LabelsView(frame.labels, frame.more, this.#words);
    this.#hearing = new Hearing({
      world,
      timers: deps.timers,
      isWanted: () => deps.profile.hasSound,
      isCalm: () => deps.profile.isCalm,
      isSeen: deps.isSeen,
      across: (units) => scene.screenX(units) / layout().widthPx,
      fetch: () => fetchPart('townring-sound.js'),
      onSilence: () => {
        deps.profile.hasSound = false;
        this.#panels?.refill();
      },
    });
    for (const type of ['pointerup', 'keydown']) frame.town.addEventListener(type, () => this.#hearing.pressed());
    const spoke = (): void => this.#hearing.hear('line', this.#selfUnits);
    this.talk = new Talk(frame, { ...deps, words: this.#words, spoke });
    frame.more.addEventListener('click', () => (this.#panels ?? deps).open('talk'));
    this.#birds = new Birds(palette);
    this.#ringBird = new RingBird(palette, () => world.scene);
    this.#sky = new Sky(scene.layers, frame.scene, palette);
    this.#furniture = new Furniture(frame.world, deps.settings.kit);
    const isCalm = (): boolean => profile.isCalm;
    this.#company = new Company({ ...deps, palette, isCalm, selfX: () => self.walker.x });
    const footfalls = new Footfalls();
    scene.layers.push(this.#horizons, this.#birds, this.#ringBird, {
      step: () => {
        for (const fall of footfalls.look(scene.walkers())) {
          this.#hearing.step(fall);
          this.#company.fell(fall);
        }
        return false;
      },
      settle: () => undefined,
      paint: () => undefined,
    });
    this.relayout();
    this.#horizons.update(world.gates);
    this.hill = new OverHill({
      ...deps,
      words: this.#words,
      layers: scene.layers,
      isCalm,
      layout,
      push: (px) => scene.push(px),
      climb: (side) => self.leave(side),
      slideBack: () => self.stay(),
      walkIn: (edge) => !isCalm() && self.walkIn(edge),
      isFirstHop: () => profile.hopped(),
      play: (picture, ms) => scene.play(picture, deps.clock.now() + ms),
    });
    // Who is on another street would lose it.
    this.#sleep = new Sleep({ ...deps, fallAsleep: () => !this.hill.isAway && deps.fallAsleep() });
    this.attend();
    this.profileChanged();
    this.reword();
  }

  profileChanged(): void {
    const { settings, profile } = this.#deps;
    this.#horizons.isHidden = settings.horizon !== 'on' || profile.isCalm;
    this.#birds.isHidden = this.#ringBird.isHidden = this.#sky.isHidden = profile.isCalm;
    this.#company.refresh();
  }

  /** The strip came into sight or went out of it. */
  attend(): void {
    this.#hearing.attend();
    this.#sleep.look(document.hidden, this.#deps.isOnScreen());
  }

  get #selfUnits(): number {
    return this.#deps.self.walker.x;
  }

  /** The street lies elsewhere on the screen, or has other things on it. */
  relayout(): void {
    this.#furniture.draw(this.#deps.scene.layout, this.#deps.world.scene);
    this.#company.refresh();
  }

  /** Hangs names and words over the figures of one picture. */
  label(standing: readonly Standing[], nowMs: number): void {
    const { world, scene, self, controls, around, settings, isNewcomer, isFree } = this.#deps;
    const { widthPx, isPhone } = scene.layout;
    const selfUnits = this.#selfUnits;
    this.labels.render(standing, {
      widthPx,
      isPhone,
      selfId: world.selfId,
      selfX: scene.screenX(selfUnits),
      pointedId: controls.pointedId,
      between: around.street?.between ?? [0, widthPx],
      nowMs,
      selfLine: isNewcomer() && !isPhone ? this.#words('firstVisit') : undefined,
      hint:
        isFree() && self.walker.target === undefined && this.hill.lookingAt === undefined
          ? (around.street?.hint(selfUnits, settings.hop) ?? this.#boardHint(selfUnits))
          : undefined,
    });
  }

  #boardHint(units: number): Hint | undefined {
    const board = this.#furniture.boardAt(units);
    return board && { text: `↓ ${this.#words('readBoard')}`, x: this.#deps.scene.screenX(board.x * STREET_UNITS) };
  }

  /** Opens the board at which one stands. @returns false when there is none */
  read(units: number): boolean {
    const board = this.#furniture.boardAt(units);
    if (board !== undefined) this.#panels?.read(board);
    return board !== undefined;
  }

  /** Somebody pressed on the picture. @param up px over the ground @returns whether that was for us */
  tapped(units: number, up: number): boolean {
    const { board } = this.#furniture;
    if (board === undefined || !this.#furniture.isBoard(units, up)) return false;
    this.#panels?.read(board);
    return true;
  }

  /** The last of the files is here. */
  furnish(open: typeof openPanels): Panels {
    this.#panels = open({
      ...this.#deps,
      board: () => this.#furniture.board,
      look: (side) => this.hill.look(side),
      onSound: (isOn) => {
        this.#deps.profile.hasSound = isOn;
        if (isOn) this.#hearing.pressed();
        else this.#hearing.stop();
      },
    });
    return this.#panels;
  }

  /** A card about somebody who was pressed on. */
  meet(person: Person): void {
    this.#panels?.meet(person);
  }

  /** @returns whether something was open */
  close(): boolean {
    return this.#panels?.close() === true;
  }

  /** The world changed. */
  refresh(): void {
    const { world, clock, timers, onChange } = this.#deps;
    this.labels.choose();
    const next = this.labels.nextEnd(world.people.values(), clock.now());
    if (next !== undefined) timers.after('bubble', next + 20, onChange);
    this.#panels?.refresh();
    this.hill.refresh();
    this.#horizons.without = this.hill.lookingAt;
    this.#company.refresh();
  }

  happened(event: WorldEvent): void {
    this.hill.happened(event);
    this.#company.happened(event);
    if (event.type === 'hello') {
      this.#ringBird.clear();
      this.#birds.greet(event.source['birds']);
      this.#sky.update(event.source['weatherConfig']);
      this.#hang(event.source);
      this.talk.release();
    } else if (event.type === 'extra') this.#extra(event.source);
    else if (event.type === 'gates') this.#horizons.update(this.#deps.world.gates);
    else if (event.type === 'came') {
      this.talk.came(event.person);
      this.#hear('arrival', event.person);
    } else if (event.type === 'said') {
      this.talk.heard(event.person, event.text);
      this.#hear('line', event.person);
    } else if (event.type === 'gestured') this.#hear('wave', event.person);
    else if (event.type === 'left' && event.toward !== undefined) {
      const gate = this.#deps.around.gateOf(event.toward)?.name;
      if (gate !== undefined) this.talk.left(event.person, gate);
    }
  }

  #hear(name: 'arrival' | 'line' | 'wave', { x, shunned }: Person): void {
    if (shunned !== 'hidden') this.#hearing.hear(name, x * STREET_UNITS);
  }

  #extra(source: Source): void {
    if (source['type'] === 'bird') {
      this.#birds.heard(source);
      if (source['action'] === 'spawn') this.#hearing.hear('bird', Number(source['x']) * STREET_UNITS || 0);
    } else if (source['type'] === 'ringBird') this.#birdFlies(this.#ringBird.heard(source));
    else if (source['type'] === 'weather') this.#sky.update(source['weatherConfig']);
    else if (source['type'] === 'noted') this.#panels?.noted(source['refused']);
    else if ('messageBoard' in source || 'notes' in source) this.#hang({ ...this.#hung, ...source });
  }

  /** Says now and then where the ring's bird went; in calm it is not seen, and not spoken of. */
  #birdFlies(toward: Side | undefined): void {
    const gate = toward && this.#deps.around.gateOf(toward)?.name;
    const nowMs = this.#deps.clock.now();
    if (gate === undefined || this.#deps.profile.isCalm || nowMs - this.#birdToldAt < BIRD_TOLD_EVERY_MS) return;
    this.#birdToldAt = nowMs;
    this.hill.say(this.#words('birdTo', { name: gate }));
  }

  /** @param source what was last said of the board: in the greeting, or since */
  #hang(source: Source): void {
    this.#hung = { messageBoard: source['messageBoard'], notes: source['notes'] };
    this.#furniture.board = boardFrom(this.#hung['messageBoard'], this.#hung['notes']);
    this.relayout();
  }

  /** Says to a screen reader who that is. */
  tell(person: Person): void {
    this.talk.tell(nameOf(person, this.#words));
  }

  stop(): void {
    this.#company.stop();
    this.#hearing.stop();
    this.hill.stop();
    this.talk.stop();
  }

  /** Another language is spoken. */
  reword(): void {
    this.labels.reword();
    this.hill.reword();
    this.#panels?.reword();
  }
}
