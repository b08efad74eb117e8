/** The strip: socket, world, pictures and controls put together. */
import { HIGH_FIVE_DISTANCE, type Side } from '../../src/protocol/limits.ts';
import { decodeLook, type Look } from '../../src/protocol/look.ts';
import { Attention } from './attention.ts';
import { PALETTES, type ThemeName } from './art/palette.ts';
import { browserClock, type Clock } from './clock.ts';
import { Loop, type Motion } from './loop.ts';
import { decodeFrame } from './model/decode.ts';
import { STREET_UNITS } from './model/layout.ts';
import { initText } from './model/me.ts';
import { CONNECTING_QUIET_MS, noticeFor } from './model/notice.ts';
import { gateNear, GATE_LEFT, GATE_RIGHT } from './model/walker.ts';
import { applyFrame, createWorld, othersByDistance, selfOf, type Person, type WorldEvent } from './model/world.ts';
import { claimArrivalCode } from './net/arrival.ts';
import { Connection, openWebSocket, type ConnectionState } from './net/connection.ts';
import { PageHop } from './net/hop.ts';
import { Profile } from './profile.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { Self } from './self.ts';
import type { StripEvents, StripSettings } from './settings.ts';
import type { Strings } from './strings.ts';
import { Talk } from './talk.ts';
import { Timers } from './timers.ts';
import { setText } from './view/dom.ts';
import { buildFrame, type Frame } from './view/frame.ts';
import { LabelsView, type Standing } from './view/labels-view.ts';
import { NoticeView } from './view/notice-view.ts';
import { watchPanel } from './view/panel.ts';
import { nameOf, PeoplePanel } from './view/people-panel.ts';
import { SceneView } from './view/scene-view.ts';
import { listenToStage } from './view/stage-input.ts';

const SIDES = ['left', 'right'] as const;
/** How long the first-visit line and a tapped plate stay. */
const FIRST_LINE_MS = 8_000;
const POINTED_MS = 4_000;

export class Strip {
  readonly frame: Frame;
  readonly world = createWorld();
  readonly #host: HTMLElement;
  readonly #settings: StripSettings;
  readonly #strings: Strings;
  readonly #events: StripEvents;
  readonly #clock: Clock = browserClock;
  readonly #profile: Profile;
  readonly #attention: Attention;
  readonly #scene: SceneView;
  readonly #labels: LabelsView;
  readonly #around: Neighbourhood;
  readonly #people: PeoplePanel;
  readonly #notice: NoticeView;
  readonly #talk: Talk;
  readonly #connection: Connection;
  readonly #self: Self;
  readonly #hop: PageHop;
  readonly #loop: Loop;
  readonly #timers = new Timers(browserClock);
  #arrival = claimArrivalCode();
  #offered: { name: string; look: Look; site: string } | undefined;
  #pointedId: number | undefined;
  #hasFirstLine = false;
  #lastCount = -1;
  #wantsStart = false;

  constructor(host: HTMLElement, settings: StripSettings, strings: Strings, events: StripEvents) {
    this.#host = host;
    this.#settings = settings;
    this.#strings = strings;
    this.#events = events;
    this.frame = buildFrame(strings);
    const { frame, world } = this;
    this.#scene = new SceneView(frame, world);
    this.#labels = new LabelsView(frame.labels, frame.more, strings);
    this.#around = new Neighbourhood(frame, strings, {
      world,
      scene: this.#scene,
      clock: this.#clock,
      timers: this.#timers,
      links: settings.links,
      countsHeads: settings.horizon !== 'off',
    });
    this.#notice = new NoticeView(frame, strings, (action) => this.#noticed(action));
    this.#connection = new Connection({
      open: (handlers) => openWebSocket(settings.socketUrl, handlers),
      clock: this.#clock,
      random: Math.random,
      init: () => this.#init(),
      onMessage: (data) => this.#heard(data),
      onState: (state) => this.#connectionChanged(state),
    });
    const send = (message: object): boolean => this.#connection.send(message);
    this.#attention = new Attention(send, this.#timers, settings.sharesPage);
    this.#profile = new Profile({
      world,
      send,
      sharesPage: settings.sharesPage,
      onChange: () => this.#profileChanged(),
    });
    this.#self = new Self({
      world,
      clock: this.#clock,
      send,
      actor: () => this.#scene.actorOf(world.selfId),
      wake: () => this.#loop.wake(true),
      onPush: (side) => settings.hop === 'page' && this.go(side),
    });
    this.#hop = new PageHop({
      clock: this.#clock,
      ask: (side) => send({ type: 'gate', side }),
      go: (url) => location.assign(url),
      onChange: () => this.#refresh(),
    });
    this.#loop = new Loop({
      clock: this.#clock,
      draw: (dtMs, nowMs, isFirst) => this.#draw(dtMs, nowMs, isFirst),
      isCalm: () => this.isCalm,
    });
    this.#people = new PeoplePanel(frame.peoplePanel, world, strings, {
      walkTo: (person) => this.#walkTo(person),
      visit: (side) => this.go(side),
      gateName: (side) => this.#around.gateOf(side)?.name,
    });
    this.#talk = new Talk(frame, {
      world,
      clock: this.#clock,
      strings,
      send,
      mayWait: () => this.#connection.state.name !== 'stopped',
      onChange: () => {
        this.#refresh();
        this.#loop.wake(true);
      },
    });
    this.#listen();
  }

  // ── from the element ─────────────────────────────────────────────────────────────────────────────────────────────

  /** The strip came near the view. */
  start(): void {
    this.#wantsStart = true;
    if (this.#settings.startsOnClick) this.#refresh();
    else this.#connection.start();
  }

  stop(): void {
    this.#loop.pause();
    this.#connection.stop();
    this.#self.stop();
    this.#hop.cancel();
    this.#talk.stop();
    this.#timers.stop();
  }

  get isCalm(): boolean {
    return this.#profile.isCalm;
  }

  set isCalm(isCalm: boolean) {
    this.#profile.isCalm = isCalm;
  }

  /** What the system or the page prefers, until the visitor says otherwise. */
  preferCalm(isCalm: boolean): void {
    this.#profile.preferCalm(isCalm);
  }

  resize(widthPx: number): void {
    if (widthPx <= 0) return;
    this.#scene.resize(widthPx, Math.min(devicePixelRatio, 3));
    this.frame.town.classList.toggle('chips', this.#scene.layout.isPhone);
    this.#drawGround();
    this.#loop.wake(true);
  }

  recolor(theme: ThemeName): void {
    if (this.#scene.palette === PALETTES[theme] && this.frame.town.dataset['theme'] === theme) return;
    this.frame.town.dataset['theme'] = theme;
    this.#scene.recolor(PALETTES[theme]);
    this.#loop.wake(true);
  }

  /** Whether anybody can see the strip, and whether at least half of it is in view. */
  show(isOnScreen: boolean, isVisible: boolean): void {
    this.#attention.isInView = isVisible;
    const draws = isOnScreen && !document.hidden;
    if (draws) this.#loop.resume();
    else this.#loop.pause();
    if (!document.hidden && this.#connection.state.name === 'waiting') this.#connection.start();
    this.#attention.tell();
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

  /** Hops to the neighbour's page, if there is a gate on that side. */
  go(side: Side): void {
    const gate = this.#around.gateOf(side);
    if (gate === undefined || !this.#events.mayHop(side, gate.url)) return;
    this.frame.peoplePanel.hidePopover();
    this.#hop.start(side, gate);
    if (this.#connection.state.name === 'live') this.#self.leave(side);
  }

  // ── from the square ──────────────────────────────────────────────────────────────────────────────────────────────

  #init(): string {
    this.#attention.begin();
    const { readingActive, widgetVisible, readingUrl } = this.#attention.state;
    return initText(this.#profile.memory.me, {
      x: selfOf(this.world)?.x,
      beyondHill: this.#profile.isBeyondHill,
      isActive: readingActive,
      isVisible: widgetVisible,
      readingUrl,
      arrival: this.#arrival === undefined ? undefined : { code: this.#arrival, referrer: document.referrer },
    });
  }

  #heard(data: unknown): void {
    const frame = decodeFrame(data);
    if (frame === undefined) return;
    const events = applyFrame(this.world, frame, this.#clock.now());
    for (const event of events) this.#happened(event);
    // Steps are most of what is heard, and change no text.
    if (events.some(({ type }) => type !== 'moved')) this.#refresh();
    this.#loop.wake();
  }

  #happened(event: WorldEvent): void {
    switch (event.type) {
      case 'hello':
        this.#hello(event);
        break;
      case 'came':
        this.#scene.came(event.person);
        this.#talk.passing(this.#strings.came(event.person.name || this.#strings.someone, event.person.from?.name));
        break;
      case 'left': {
        this.#scene.left(event.person, event.toward);
        const gate = event.toward === undefined ? undefined : this.#around.gateOf(event.toward);
        if (gate !== undefined) {
          this.#talk.passing(this.#strings.leftToward(event.person.name || this.#strings.someone, gate.name));
        }
        break;
      }
      case 'moved':
        if (event.person.id === this.world.selfId) this.#self.heard(event.person.x);
        else this.#scene.moved(event.person);
        break;
      case 'said':
        this.#talk.heard(event.person, event.text);
        break;
      case 'gates':
        this.#around.changed();
        break;
      case 'scene':
        this.#drawGround();
        break;
      case 'passage':
        this.#hop.answer(event.frame);
        break;
      case 'changed':
        break;
    }
  }

  #hello(event: Extract<WorldEvent, { type: 'hello' }>): void {
    this.#connection.confirm();
    this.#scene.reset();
    const self = selfOf(this.world);
    if (self === undefined) return;
    this.#arrival = undefined;
    this.#profile.greeted(event.secret, event.look);
    this.#self.place(self.x);
    const { arrival } = event;
    if (arrival !== undefined) {
      self.from ??= arrival.from;
      if (!this.isCalm) this.#self.walkIn(arrival.side);
      const look = decodeLook(arrival.offered?.look);
      if (arrival.offered !== undefined && look !== undefined) {
        this.#offered = { name: arrival.offered.displayName, look, site: arrival.from.name };
      }
    }
    this.#talk.release();
    if (!this.#profile.memory.isRemembered && !this.#hasFirstLine) {
      this.#hasFirstLine = true;
      this.#timers.after('firstLine', FIRST_LINE_MS, () => this.#loop.wake(true));
    }
    this.#attention.tell();
    this.#events.joined(this.world.people.size);
  }

  #connectionChanged(state: ConnectionState): void {
    const isLost =
      state.name === 'waiting' || (state.name === 'connecting' && state.isReturn) || state.name === 'stopped';
    if (!isLost) this.#scene.lostSince = undefined;
    else if (this.#scene.lostSince === undefined) {
      this.#scene.lostSince = this.#clock.now();
      // After ten seconds those who stood there are asleep.
      this.#timers.after('asleep', 10_050, () => this.#loop.wake(true));
      this.#self.steer(0, false);
    }
    this.frame.town.dataset['state'] = state.name;
    this.frame.town.classList.toggle('offline', isLost);
    if (state.name === 'stopped') this.#events.failed(state.reason);
    if (state.name === 'connecting' && !state.isReturn)
      this.#timers.after('quiet', CONNECTING_QUIET_MS + 20, () => this.#refresh());
    this.#refresh();
    this.#loop.wake(true);
  }

  // ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #draw(dtMs: number, nowMs: number, isFirst: boolean): Motion {
    const walks = this.#self.step(dtMs, nowMs);
    if (this.isCalm) this.#scene.settle();
    const moves = this.#scene.step(isFirst ? 16 : dtMs, nowMs);
    const { isLively, standing } = this.#scene.paint(nowMs);
    this.#label(standing, nowMs);
    this.#around.place();
    if (walks || moves.people || isLively) return 'people';
    return moves.hills ? 'hills' : 'still';
  }

  #label(standing: readonly Standing[], nowMs: number): void {
    const { layout } = this.#scene;
    const selfUnits = this.#self.walker.x;
    this.#labels.render(standing, {
      widthPx: layout.widthPx,
      isPhone: layout.isPhone,
      selfId: this.world.selfId,
      selfX: this.#scene.screenX(selfUnits),
      pointedId: this.#pointedId,
      nowMs,
      selfLine: this.#timers.has('firstLine') ? this.#strings.firstVisit : undefined,
      hint: this.#hop.pending === undefined ? this.#around.hint(selfUnits, this.#settings.hop) : undefined,
    });
    const next = this.#labels.nextEnd(this.world.people.values(), nowMs);
    if (next !== undefined) this.#timers.after('bubble', next + 20, () => this.#loop.wake(true));
  }

  #drawGround(): void {
    this.#scene.drawGround(this.world.scene);
    this.#refresh();
  }

  #profileChanged(): void {
    this.#scene.isCalm = this.isCalm;
    this.#scene.showsHorizon = this.#settings.horizon === 'on' && !this.isCalm;
    this.#loop.wake(true);
  }

  /** Text that follows from the state; cheap when nothing changed. */
  #refresh(): void {
    const { frame, world } = this;
    const strings = this.#strings;
    const people = world.people.size;
    const isLive = this.#connection.state.name === 'live';
    this.#around.draw();
    frame.stage.setAttribute('aria-label', people === 0 ? strings.stageLazy : strings.stage(people));
    setText(frame.peopleCount, people === 0 ? '' : String(people));
    frame.people.setAttribute('aria-label', strings.peopleButton(people));
    frame.input.placeholder =
      people === 0 || (isLive && this.#scene.layout.isPhone)
        ? strings.composer
        : isLive
          ? strings.composerTo(people - 1)
          : strings.composerOffline;
    const nowMs = this.#clock.now();
    const connection = this.#connection.state;
    this.#notice.show(
      noticeFor(
        {
          connection,
          nowMs,
          isLazy: this.#settings.startsOnClick && this.#wantsStart,
          hoppingTo: this.#hop.pending?.name,
          offered: this.#offered,
          hasQueued: this.#talk.hasQueued,
          people,
          gates: world.gates,
        },
        strings,
      ),
    );
    if (connection.name === 'waiting') this.#timers.after('countdown', 500, () => this.#refresh());
    this.#people.refresh(this.#scene.palette);
    if (people !== this.#lastCount && people > 0) {
      this.#lastCount = people;
      this.#events.counted(people);
    }
  }

  // ── from the visitor ─────────────────────────────────────────────────────────────────────────────────────────────

  #listen(): void {
    const { frame } = this;
    // A page's own shortcuts must not hear what is typed here.
    for (const type of ['keydown', 'keyup', 'keypress']) {
      frame.town.addEventListener(type, (event) => event.stopPropagation());
    }
    listenToStage(
      frame.stage,
      {
        walk: (direction, isRunning) => this.#walk(direction, isRunning),
        tap: (x, y) => this.#tap(x, y),
        point: (x, y) => this.#point(x === undefined ? undefined : this.#scene.personAt(x, y)),
        toGate: (side) => this.#self.walkTo(side === 'left' ? GATE_LEFT : GATE_RIGHT, this.isCalm),
        sit: () => void this.#self.settle(),
        stand: () => this.#self.standUp(),
        act: () => this.#act(),
        wave: () => this.#self.wave(),
        jump: () => this.#self.gesture('jump', undefined),
        speak: () => frame.input.focus(),
        leave: () => frame.stage.blur(),
      },
      () => this.#clock.now(),
    );
    frame.wave.addEventListener('click', () => this.#self.wave());
    frame.more.addEventListener('click', () => {
      frame.peoplePanel.showPopover();
      this.#people.show(true);
      this.#refresh();
    });
    for (const side of SIDES) frame.gates[side].addEventListener('click', (event) => this.#gateClicked(event, side));
    const refresh = (): void => this.#people.refresh(this.#scene.palette);
    watchPanel(frame.peoplePanel, frame.people, this.#host, refresh);
    watchPanel(frame.menuPanel, frame.menu, this.#host, (isOpen) => {
      if (isOpen) this.#profile.fill(frame.menuPanel, this.#scene.palette, this.#strings);
    });
  }

  #walk(direction: -1 | 0 | 1, isRunning: boolean): void {
    if (this.#connection.state.name !== 'live') return;
    if (!this.isCalm) this.#self.steer(direction, isRunning);
    else if (direction !== 0) this.#self.hop(direction);
  }

  #tap(x: number, y: number): void {
    const id = this.#scene.personAt(x, y);
    if (id !== undefined) {
      this.#point(id);
      this.#timers.after('point', POINTED_MS, () => this.#point(undefined));
    } else if (this.#connection.state.name === 'live') {
      this.#self.walkTo(this.#scene.unitsAt(x), this.isCalm);
    }
  }

  #point(id: number | undefined): void {
    if (id === this.#pointedId) return;
    this.#pointedId = id;
    this.#loop.wake(true);
  }

  #walkTo(person: Person): void {
    this.frame.peoplePanel.hidePopover();
    const side = person.x * STREET_UNITS > this.#self.walker.x ? -1 : 1;
    this.#self.walkTo(person.x * STREET_UNITS + side * 34, this.isCalm);
    this.frame.stage.focus();
  }

  /** Enter on the stage: the gate one stands at, else whoever is near. */
  #act(): void {
    const side = gateNear(this.#self.walker.x);
    if (side !== undefined && this.#settings.hop !== 'off') {
      this.go(side);
      return;
    }
    const [near] = othersByDistance(this.world, selfOf(this.world)?.x ?? 0.5);
    if (near === undefined || Math.abs(near.x - (selfOf(this.world)?.x ?? 0.5)) > HIGH_FIVE_DISTANCE) return;
    this.#point(near.id);
    this.#timers.after('point', POINTED_MS, () => this.#point(undefined));
    this.#talk.tell(nameOf(near, this.#strings));
  }

  #gateClicked(event: MouseEvent, side: Side): void {
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!isPlain || this.#settings.hop === 'off') return;
    event.preventDefault();
    this.go(side);
  }

  #noticed(action: 'try' | 'start' | 'accept' | 'decline'): void {
    if (action === 'accept' && this.#offered !== undefined) this.#profile.wear(this.#offered.name, this.#offered.look);
    if (action === 'accept' || action === 'decline') this.#offered = undefined;
    else this.#connection.start();
    this.#refresh();
  }
}
