/** The strip: socket, world, pictures and controls put together. */
import type { Side } from '../../src/protocol/limits.ts';
import { Attention } from './visitor/attention.ts';
import { drawFigure, toneReader } from './art/atlas.ts';
import { figureArt } from './art/figure-art.ts';
import { FORCED_PALETTE, PALETTES, type ThemeName } from './art/palette.ts';
import { browserClock, type Clock } from './time/clock.ts';
import { Captions } from './captions.ts';
import { Controls } from './visitor/controls.ts';
import { Later, whenIdle, type MoreModule } from './files/later.ts';
import { Loop, type Motion } from './time/loop.ts';
import { decodeFrame } from './model/decode.ts';
import { initText, WATCH_TEXT } from './model/me.ts';
import { CONNECTING_QUIET_MS, type NoticeAction } from './model/notice.ts';
import { shadeOf } from './model/shade.ts';
import type { More } from './more.ts';
import { applyFrame, createWorld, leaveStreet, selfOf, type WorldEvent } from './model/world.ts';
import { Connection, isPathLost, openWebSocket, urlFor, type ConnectionState } from './net/connection.ts';
import { PageHop } from './net/hop.ts';
import { tryPart } from './files/part.ts';
import { Profile } from './visitor/profile.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { Self } from './visitor/self.ts';
import type { StripEvents, StripSettings } from './settings.ts';
import { Speech } from './words/speech.ts';
import { Timers } from './time/timers.ts';
import { Welcome } from './visitor/welcome.ts';
import { buildFrame, nameFrame, type Frame } from './view/frame.ts';
import { SceneView } from './view/scene-view.ts';

/** How long it is said why nothing glides any more. */
const BREATHLESS_LINE_MS = 6_000;

export class Strip {
  readonly frame: Frame;
  readonly world = createWorld();
  readonly #host: HTMLElement;
  readonly #settings: StripSettings;
  readonly #speech: Speech;
  readonly #events: StripEvents;
  readonly #clock: Clock = browserClock;
  readonly profile: Profile;
  readonly #attention: Attention;
  readonly #scene: SceneView;
  readonly #around: Neighbourhood;
  readonly #later: Later;
  readonly #captions: Captions;
  readonly #connection: Connection;
  readonly #self: Self;
  readonly #hop: PageHop;
  readonly #loop: Loop;
  readonly #controls: Controls;
  readonly #timers = new Timers(browserClock);
  readonly #welcome: Welcome;
  #wantsStart = false;
  #isOnScreen = false;
  /** Somebody can see the strip. */
  #isSeen = false;
  /** The visitor was on this street, if only to watch. */
  #hasStood = false;

  constructor(host: HTMLElement, settings: StripSettings, events: StripEvents) {
    this.#host = host;
    this.#settings = settings;
    this.#speech = new Speech(settings.words, settings.language, () => this.name());
    this.#events = events;
    this.frame = buildFrame();
    this.frame.scene.inert = this.frame.bar.hidden = settings.isOverlay;
    const { frame, world } = this;
    const { words } = this.#speech;
    this.#scene = new SceneView(frame, world);
    this.#around = new Neighbourhood(settings.links, {
      host,
      frame,
      world,
      scene: this.#scene,
      clock: this.#clock,
      timers: this.#timers,
      words,
      countsHeads: settings.horizon !== 'off',
    });
    this.#captions = new Captions({
      frame,
      words,
      timers: this.#timers,
      remarkOn: (state) => this.#around.street?.remarkOn(state),
      onAction: (action) => this.#noticed(action),
      onCount: (people) => events.counted(people),
      onTick: () => this.#refresh(),
    });
    this.#connection = new Connection({
      open: (handlers) => openWebSocket(urlFor(settings.socketUrl, this.#isWatching), handlers),
      clock: this.#clock,
      random: Math.random,
      init: () => this.#init(),
      onMessage: (data) => this.#heard(data),
      onState: (state) => this.#connectionChanged(state),
    });
    this.#welcome = new Welcome({
      timers: this.#timers,
      random: Math.random,
      memory: () => this.profile.memory,
      isSeen: () => this.#isSeen,
      walkIn: (side, goal) => !this.profile.isCalm && this.#self.walkIn(side, goal),
      arrive: () => this.#self.arrive(),
      wear: (name, look) => this.profile.wear(name, look),
      onLine: () => this.#changed(),
    });
    const send = (message: object): boolean => this.#send(message);
    this.#attention = new Attention(send, this.#timers, () => this.profile.page);
    this.profile = new Profile({
      world,
      square: settings.socketUrl,
      send,
      sharesPage: settings.sharesPage,
      isArriving: this.#welcome.arrival !== undefined,
      onChange: () => this.#profileChanged(),
      onUnseen: () => {
        this.#connection.stop();
        this.#connection.restart();
      },
      onPageShown: () => this.#attention.tell(),
    });
    this.#self = new Self({
      world,
      clock: this.#clock,
      send,
      actor: () => this.#scene.actorOf(world.selfId),
      wake: () => this.#loop.wake(true),
      gestured: (person) => {
        this.#happened({ type: 'gestured', person });
        this.#loop.wake(true);
      },
      onPush: (side) => settings.hop !== 'off' && this.go(side),
    });
    this.#hop = new PageHop({
      clock: this.#clock,
      // A classic square would not answer.
      ask: (side) => world.gates !== undefined && send({ type: 'gate', side }),
      go: (url) => location.assign(url),
      onChange: () => this.#refresh(),
    });
    this.#loop = new Loop({
      clock: this.#clock,
      nextFrame: (run) => requestAnimationFrame(run),
      draw: (dtMs, nowMs) => this.#draw(dtMs, nowMs),
      isCalm: () => this.profile.isCalm,
      onBreathless: () => {
        this.#timers.after('breathless', BREATHLESS_LINE_MS, () => this.#refresh());
        this.profile.calmDown();
        this.#refresh();
      },
    });
    this.#later = new Later({
      clock: this.#clock,
      whenIdle,
      fetch: (file, attempt) => tryPart(import.meta.url, file, attempt),
      learn: (file, english) => this.#speech.learn(file, english),
      pave: (open) => this.#around.pave(open),
      furnish: (open) => this.#furnish(open),
      onChange: () => {
        frame.town.dataset['more'] = this.#later.state;
        this.#changed();
      },
    });
    this.#controls = new Controls({
      frame,
      world,
      scene: this.#scene,
      self: this.#self,
      later: this.#later,
      profile: this.profile,
      timers: this.#timers,
      now: () => this.#clock.now(),
      hop: settings.hop,
      isLive: () => this.#connection.state.name === 'live',
      go: (side) => this.go(side),
      goToPage: (side) => this.#goToPage(side),
      onChange: () => this.#loop.wake(true),
    });
  }

  // ── from the element ─────────────────────────────────────────────────────────────────────────────────────────────

  /** The strip came near the view. */
  start(): void {
    this.#wantsStart = true;
    if (this.#settings.startsOnClick) this.#waits();
    else this.#connection.start();
  }

  stop(): void {
    this.#loop.pause();
    this.#connection.stop();
    this.#welcome.stop();
    this.#self.stop();
    this.#hop.cancel();
    this.#timers.stop();
    this.#later.stop();
  }

  /** Writes everything in the language of now. */
  name(): void {
    this.frame.town.setAttribute('aria-label', this.#host.getAttribute('label') ?? this.#speech.words('town'));
    nameFrame(this.frame, this.#speech.words);
    this.#around.street?.reword();
    this.#later.part?.reword();
    this.#changed();
  }

  /** @param ratio device px per px */
  resize(widthPx: number, ratio: number): void {
    if (widthPx <= 0) return;
    this.#scene.resize(widthPx, ratio);
    this.frame.town.classList.toggle('chips', this.#scene.layout.isPhone);
    this.#drawGround();
    this.#loop.wake(true);
  }

  recolor(theme: ThemeName): void {
    const palette = matchMedia('(forced-colors: active)').matches ? FORCED_PALETTE : PALETTES[theme];
    this.frame.town.dataset['theme'] = theme;
    if (this.#scene.recolor(palette)) this.#loop.wake(true);
  }

  /** Whether anybody can see the strip, and whether at least half of it is in view. */
  show(isOnScreen: boolean, isVisible: boolean): void {
    this.#attention.isInView = isVisible;
    this.#isOnScreen = isOnScreen;
    this.#isSeen = isOnScreen && !document.hidden;
    this.#welcome.look();
    if (this.#isSeen) this.#loop.resume();
    else this.#loop.pause();
    if (!document.hidden && this.#connection.state.name === 'waiting') this.#connection.start();
    this.#attention.tell();
    this.#later.part?.attend();
  }

  /** The page was looked at or away from. */
  attend(): void {
    this.#attention.lookAgain();
  }

  /** The page came back from the browser's memory, or the net did. */
  returned(): void {
    this.#hop.cancel();
    this.#self.stay();
    if (this.#wantsStart && this.#connection.state.name === 'waiting') this.#connection.start();
  }

  /** Walks on through a gate: the strip alone where it can, else with the page. */
  go(side: Side): void {
    this.#later.part?.close();
    if (this.#settings.hop === 'page' || this.#later.part?.hill.hop(side) !== true) this.#goToPage(side);
  }

  #goToPage(side: Side): void {
    const gate = this.#around.gateOf(side);
    if (gate === undefined || !this.#events.mayHop(side, gate.url, 'page')) return;
    this.#hop.start(side, gate);
    if (this.#connection.state.name === 'live') this.#self.leave(side);
  }

  // ── from the square ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Has no figure here and tells the square nothing. */
  get #isWatching(): boolean {
    return this.#settings.isOverlay || this.profile.isUnseen;
  }

  #send(message: object): boolean {
    return !this.#isWatching && this.#connection.send(message);
  }

  #init(): string {
    if (this.#isWatching) return WATCH_TEXT;
    this.#attention.begin();
    // One's place on another street says nothing here.
    const isNew = !this.#hasStood || this.#later.part?.hill.isAway === true;
    return initText(this.profile.memory.me, {
      x: isNew ? this.#welcome.askIn(this.profile.isCalm) : this.#self.x,
      beyondHill: this.profile.isBeyondHill,
      ...this.#attention.state,
      arrival: this.#welcome.arrival,
    });
  }

  #heard(data: unknown): void {
    const frame = decodeFrame(data);
    if (frame === undefined) return;
    const events = applyFrame(this.world, frame, this.#clock.now());
    for (const event of events) this.#happened(event);
    // Steps are most of what is heard, and change no text.
    if (events.some(({ type }) => type !== 'moved' && type !== 'followed')) this.#refresh();
    this.#loop.wake();
  }

  #happened(event: WorldEvent): void {
    switch (event.type) {
      case 'hello':
        this.#hello(event);
        break;
      case 'came':
        this.#scene.came(event.person);
        break;
      case 'left':
        this.#scene.left(event.person, event.toward);
        break;
      case 'moved':
        if (event.person.id === this.world.selfId) this.#self.heard(event.person.x);
        else this.#scene.moved(event.person);
        break;
      case 'followed':
        this.#self.follow(event.x);
        break;
      case 'gates':
        this.#around.street?.changed();
        break;
      case 'scene':
        this.#drawGround();
        break;
      case 'passage':
        this.#hop.answer(event.frame);
        break;
      default:
        break;
    }
    this.#later.happened(event);
  }

  #hello(event: Extract<WorldEvent, { type: 'hello' }>): void {
    this.#connection.confirm();
    this.#scene.reset();
    const self = selfOf(this.world);
    this.#hasStood = true;
    if (self === undefined) return;
    this.profile.greeted(event.secret, event.look);
    this.#self.place(self.x);
    this.#welcome.greet(self, event.arrival);
    this.#attention.tell();
    this.#events.joined(this.world.people.size);
  }

  #connectionChanged(state: ConnectionState): void {
    // Here nobody may only watch: who would for the browser's sake is counted then, and not drawn over the hill.
    if (state.name === 'stopped' && state.reason === 'plus required' && this.profile.acted()) return;
    const isLost = isPathLost(state);
    if (!isLost) this.#scene.lostSince = undefined;
    else if (this.#scene.lostSince === undefined) {
      this.#scene.lostSince = this.#clock.now();
      // After ten seconds those who stood there are asleep.
      this.#timers.after('asleep', 10_050, () => this.#loop.wake(true));
      this.#self.steer(0, false);
    }
    this.frame.town.dataset['state'] = state.name;
    this.frame.town.classList.toggle('offline', isLost);
    if (state.name === 'stopped') {
      this.#happened(leaveStreet(this.world));
      this.#scene.reset();
      this.#events.failed(state.reason);
    }
    if (state.name === 'connecting' && !state.isReturn)
      this.#timers.after('quiet', CONNECTING_QUIET_MS + 20, () => this.#waits());
    if (isLost) this.#later.wantStreet();
    this.#changed();
  }

  /** No figure will come soon: what stands on the street is shown without. */
  #waits(): void {
    this.#later.wantStreet();
    this.#changed();
  }

  // ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #draw(dtMs: number, nowMs: number): Motion {
    const walks = this.#self.step(dtMs, nowMs);
    if (this.profile.isCalm) this.#scene.settle();
    this.#scene.shade = this.#shade(nowMs);
    const moves = this.#scene.step(dtMs, nowMs);
    const { isLively, standing } = this.#scene.paint(nowMs);
    this.#around.street?.place();
    this.#later.part?.label(standing, nowMs);
    if (this.#hasStood) {
      this.#later.wantStreet();
      this.#later.wantSoon();
    }
    if (walks || moves.people || isLively) return 'people';
    return moves.layers ? 'layers' : 'still';
  }

  #shade(nowMs: number): SceneView['shade'] {
    if (this.#settings.isOverlay) return undefined;
    const shade = shadeOf(this.#connection.state, this.profile.isUnseen, this.profile.isCalm, nowMs);
    const x = this.#hasStood ? this.#self.walker.x : this.#welcome.outside;
    return shade && { ...shade, x, look: this.profile.memory.me.look };
  }

  #drawGround(): void {
    this.#around.street?.relayout();
    this.#later.part?.relayout();
    this.#refresh();
  }

  #profileChanged(): void {
    this.#scene.isCalm = this.profile.isCalm;
    this.#later.part?.profileChanged();
    this.frame.calm.setAttribute('aria-pressed', String(this.profile.isCalm));
    this.#loop.wake(true);
  }

  #changed(): void {
    this.#refresh();
    this.#loop.wake(true);
  }

  /** Text that follows from the state; cheap when nothing changed. */
  #refresh(): void {
    const { world } = this;
    const more = this.#later.part;
    this.#around.street?.draw();
    this.#captions.write({
      connection: this.#connection.state,
      nowMs: this.#clock.now(),
      isLazy: this.#settings.startsOnClick && this.#wantsStart,
      hoppingTo: this.#hop.pending?.name ?? more?.hill.hoppingTo,
      offered: this.#welcome.offered,
      hasQueued: more?.talk.hasQueued === true,
      isNewcomer: this.#welcome.hasFirstLine,
      people: world.people.size,
      hasSelf: selfOf(world) !== undefined,
      isPhone: this.#scene.layout.isPhone,
      gates: world.gates,
      later: this.#later.state,
      isAwaited: this.#later.isAwaited,
      isUnseen: this.profile.isUnseen,
      isHiding: this.profile.isHiding,
      isOverlay: this.#settings.isOverlay,
      isBreathless: this.#timers.has('breathless'),
    });
    more?.refresh();
  }

  // ── from the visitor ─────────────────────────────────────────────────────────────────────────────────────────────

  /** `townring-more.js` is here: the buttons get their panels. */
  #furnish(open: MoreModule['openMore']): More {
    const { frame, world } = this;
    return open({
      host: this.#host,
      frame,
      world,
      words: this.#speech.words,
      learn: (file, english) => this.#speech.learn(file, english),
      clock: this.#clock,
      send: (message) => this.#send(message),
      mayWait: () => this.#connection.state.name !== 'stopped' && !this.profile.isUnseen,
      onChange: () => this.#changed(),
      profile: this.profile,
      settings: this.#settings,
      scene: this.#scene,
      self: this.#self,
      controls: this.#controls,
      around: this.#around,
      art: { figureArt, drawFigure, toneReader },
      visit: (side) => this.go(side),
      open: (panel) => this.#later.open(panel),
      mayHop: (side, url) => this.#events.mayHop(side, url, 'soft'),
      timers: this.#timers,
      isNewcomer: () => this.#welcome.hasFirstLine,
      isFree: () => !this.#isWatching && this.#hop.pending === undefined,
      isOnScreen: () => this.#isOnScreen,
      isSeen: () => this.#isSeen,
      fallAsleep: () => {
        this.#attention.tell();
        return this.#connection.stop();
      },
      wakeUp: () => this.#connection.start(),
    });
  }

  #noticed(action: NoticeAction): void {
    if (action === 'more') return this.#later.want();
    if (action === 'join') return this.profile.stepIn();
    if (action === 'back') return this.#connection.restart();
    if (action === 'accept' || action === 'decline') this.#welcome.answer(action === 'accept');
    else this.#connection.start();
    this.#refresh();
  }
}
