/** The strip: socket, world, pictures and controls put together. */
import type { Side } from '../../src/protocol/limits.ts';
import { HIGH_FIVE_DISTANCE, ACTION_THROTTLE_MS } from '../../src/protocol/limits.ts';
import { encodeLook, colorOfCoat, decodeLook, type Look } from '../../src/protocol/look.ts';
import { PALETTES, type ThemeName } from './art/palette.ts';
import { browserClock, type Clock, type Timer } from './clock.ts';
import { Loop, type Motion } from './loop.ts';
import { Announcer } from './model/announcer.ts';
import { decodeFrame } from './model/decode.ts';
import { createHeadCount, updateHeadCount, waitMs } from './model/head-count.ts';
import { updateHorizon } from './model/horizon.ts';
import { STREET_UNITS } from './model/layout.ts';
import { initText } from './model/me.ts';
import { CONNECTING_QUIET_MS, noticeFor } from './model/notice.ts';
import { gateNear, GATE_LEFT, GATE_RIGHT } from './model/walker.ts';
import {
  applyFrame,
  createWorld,
  gesture,
  othersByDistance,
  raisedHandNear,
  say,
  selfOf,
  type Person,
  type WorldEvent,
} from './model/world.ts';
import { claimArrivalCode } from './net/arrival.ts';
import { Connection, openWebSocket, type ConnectionState } from './net/connection.ts';
import { PageHop } from './net/hop.ts';
import { Memory } from './net/memory.ts';
import { Self } from './self.ts';
import type { Strings } from './strings.ts';
import { Composer } from './view/composer.ts';
import { setText } from './view/dom.ts';
import { buildFrame, type Frame } from './view/frame.ts';
import { GatesView, hillStateOf, type GateView } from './view/gates-view.ts';
import { LabelsView, type Standing } from './view/labels-view.ts';
import { fillMenu } from './view/menu-panel.ts';
import { NoticeView } from './view/notice-view.ts';
import { placePanel } from './view/panel.ts';
import { nameOf, PeoplePanel } from './view/people-panel.ts';
import { SceneView } from './view/scene-view.ts';
import { listenToStage } from './view/stage-input.ts';

const SIDES = ['left', 'right'] as const;
/** How long the first-visit line and a tapped plate stay. */
const FIRST_LINE_MS = 8_000;
const POINTED_MS = 4_000;
/** Above this many people comings and goings are not announced. */
const ANNOUNCE_MAX_PEOPLE = 10;
const LOG_LINES = 12;

export interface StripSettings {
  readonly socketUrl: string;
  readonly hop: 'soft' | 'page' | 'off';
  readonly horizon: 'on' | 'count' | 'off';
  /** Waits for a click before it connects. */
  readonly startsOnClick: boolean;
  readonly sharesPage: boolean;
  /** Links inside the element: the gates until the square names its own. */
  readonly links: Readonly<Partial<Record<Side, { readonly name: string; readonly url: string }>>>;
}

export interface StripEvents {
  joined(people: number): void;
  counted(people: number): void;
  failed(reason: string): void;
  /** @returns false when the page does not want this hop */
  mayHop(side: Side, url: string): boolean;
}

export class Strip {
  readonly frame: Frame;
  readonly world = createWorld();
  readonly #host: HTMLElement;
  readonly #settings: StripSettings;
  readonly #strings: Strings;
  readonly #events: StripEvents;
  readonly #clock: Clock = browserClock;
  readonly #memory = new Memory(Math.random);
  readonly #scene: SceneView;
  readonly #labels: LabelsView;
  readonly #gates: GatesView;
  readonly #people: PeoplePanel;
  readonly #notice: NoticeView;
  readonly #composer: Composer;
  readonly #announcer: Announcer;
  readonly #connection: Connection;
  readonly #self: Self;
  readonly #hop: PageHop;
  readonly #loop: Loop;
  readonly #heads = { left: createHeadCount(), right: createHeadCount() };
  readonly #timers = new Map<string, Timer>();
  #arrival = claimArrivalCode();
  #offered: { name: string; look: Look; site: string } | undefined;
  #queued: string | undefined;
  #saidAt = -Infinity;
  #actedAt = -Infinity;
  #pointedId: number | undefined;
  #hasFirstLine = false;
  #lastCount = -1;
  #reading = '';
  #isVisible = true;
  #wantsStart = false;
  #prefersCalm = false;

  constructor(host: HTMLElement, settings: StripSettings, strings: Strings, events: StripEvents) {
    this.#host = host;
    this.#settings = settings;
    this.#strings = strings;
    this.#events = events;
    this.frame = buildFrame(strings);
    const { frame, world } = this;
    this.#scene = new SceneView(frame, world);
    this.#labels = new LabelsView(frame.labels, strings, (count) => this.#overflow(count));
    this.#gates = new GatesView(frame.gates, strings);
    this.#notice = new NoticeView(frame, strings, (action) => this.#noticed(action));
    this.#announcer = new Announcer(this.#clock, {
      log: (line) => this.#speak(line),
      status: (line) => setText(frame.status, line),
      gathered: strings.logNew,
    });
    this.#connection = new Connection({
      open: (handlers) => openWebSocket(settings.socketUrl, handlers),
      clock: this.#clock,
      random: Math.random,
      init: () => this.#init(),
      onMessage: (data) => this.#heard(data),
      onState: (state) => this.#connectionChanged(state),
    });
    const send = (message: object): boolean => this.#connection.send(message);
    this.#self = new Self({
      world,
      clock: this.#clock,
      send,
      actor: () => this.#scene.actorOf(world.selfId),
      wake: () => this.#loop.wake(true),
      onPush: (side) => this.#pushed(side),
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
      gateName: (side) => this.gateOf(side)?.name,
    });
    this.#composer = new Composer(frame, this.#clock, {
      say: (text) => this.#say(text),
      typing: (typing) => void send({ type: 'typing', typing }),
      leave: () => frame.stage.focus(),
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
    this.#composer.stop();
    this.#announcer.stop();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  get isCalm(): boolean {
    return this.#memory.me.calm ?? this.#prefersCalm;
  }

  set isCalm(isCalm: boolean) {
    this.#memory.keep({ calm: isCalm });
    this.#applyCalm();
  }

  /** What the system or the page prefers, until the visitor says otherwise. */
  preferCalm(isCalm: boolean): void {
    this.#prefersCalm = isCalm;
    this.#applyCalm();
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
    this.#isVisible = isVisible;
    const draws = isOnScreen && !document.hidden;
    if (draws) this.#loop.resume();
    else this.#loop.pause();
    if (!document.hidden && this.#connection.state.name === 'waiting') this.#connection.start();
    this.attend();
  }

  /** The page was looked at or away from; looks again when focus has settled. Source: wire protocol, section 14. */
  attendSoon(): void {
    for (const delayMs of [80, 400]) this.#after(`look${delayMs}`, delayMs, () => this.attend());
  }

  attend(): void {
    const state = {
      readingActive: !document.hidden && document.hasFocus(),
      widgetVisible: this.#isVisible && !document.hidden,
      ...this.#page(),
    };
    const text = JSON.stringify(state);
    if (text === this.#reading || !this.#connection.send({ type: 'reading', ...state })) return;
    this.#reading = text;
  }

  /** The page came back from the browser's memory, or the net did. */
  returned(): void {
    this.#hop.cancel();
    this.#self.stay();
    if (this.#wantsStart && this.#connection.state.name === 'waiting') this.#connection.start();
  }

  /** Hops to the neighbour's page, if there is a gate on that side. */
  go(side: Side): void {
    const gate = this.gateOf(side);
    if (gate === undefined || !this.#events.mayHop(side, gate.url)) return;
    this.frame.peoplePanel.hidePopover();
    this.#hop.start(side, gate);
    if (this.#connection.state.name === 'live') this.#self.leave(side);
  }

  gateOf(side: Side): GateView | undefined {
    const gate = this.world.gates?.[side];
    if (gate !== null && gate !== undefined) return { ...gate, past: gate.past ?? [] };
    const own = this.world.connections.find((connection) => connection.side === side);
    const link = own === undefined ? undefined : { name: own.label, url: own.url };
    const known = link ?? (this.world.gates === undefined ? this.#settings.links[side] : undefined);
    return known === undefined ? undefined : { ...known, state: 'unknown', past: [] };
  }

  // ── from the square ──────────────────────────────────────────────────────────────────────────────────────────────

  #init(): string {
    const self = selfOf(this.world);
    const arrival = this.#arrival;
    this.#arrival = undefined;
    this.#reading = '';
    return initText(this.#memory.me, {
      x: self?.x,
      beyondHill: this.#isBeyondHill(),
      isActive: !document.hidden && document.hasFocus(),
      isVisible: this.#isVisible && !document.hidden,
      ...this.#page(),
      arrival: arrival === undefined ? undefined : { code: arrival, referrer: document.referrer },
    });
  }

  #page(): { readonly readingUrl: string | undefined } {
    return { readingUrl: this.#settings.sharesPage ? location.origin + location.pathname : undefined };
  }

  #heard(data: unknown): void {
    const frame = decodeFrame(data);
    if (frame === undefined) return;
    for (const event of applyFrame(this.world, frame, this.#clock.now())) this.#happened(event);
    this.#refresh();
    this.#loop.wake();
  }

  #happened(event: WorldEvent): void {
    switch (event.type) {
      case 'hello':
        this.#hello(event);
        break;
      case 'came':
        this.#scene.came(event.person);
        this.#announcePassing(this.#strings.came(event.person.name || this.#strings.someone, event.person.from?.name));
        break;
      case 'left': {
        this.#scene.left(event.person, event.toward);
        const gate = event.toward === undefined ? undefined : this.gateOf(event.toward);
        if (gate !== undefined) {
          this.#announcePassing(this.#strings.leftToward(event.person.name || this.#strings.someone, gate.name));
        }
        break;
      }
      case 'moved':
        if (event.person.id === this.world.selfId) this.#self.heard(event.person.x);
        else this.#scene.moved(event.person);
        break;
      case 'said':
        this.#announcer.line(this.#strings.said(nameOf(event.person, this.#strings), event.text));
        break;
      case 'gates':
        this.#gatesChanged();
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
    this.#memory.learn({
      ...(event.secret !== '' && { browserSecret: event.secret }),
      name: self.name,
      look: self.look,
    });
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
    if (this.#queued !== undefined && this.#connection.send({ type: 'say', text: this.#queued })) {
      say(this.world, self, this.#queued, this.#clock.now());
      this.#queued = undefined;
    }
    if (!this.#memory.isRemembered && !this.#hasFirstLine) {
      this.#hasFirstLine = true;
      this.#after('firstLine', FIRST_LINE_MS, () => this.#loop.wake(true));
    }
    this.attend();
    this.#events.joined(this.world.people.size);
  }

  #connectionChanged(state: ConnectionState): void {
    const isLost = state.name === 'waiting' || (state.name === 'connecting' && state.isReturn) || state.name === 'stopped';
    if (!isLost) this.#scene.lostSince = undefined;
    else if (this.#scene.lostSince === undefined) {
      this.#scene.lostSince = this.#clock.now();
      // After ten seconds those who stood there sit down asleep.
      this.#after('asleep', 10_050, () => this.#loop.wake(true));
      this.#self.steer(0, false);
    }
    this.frame.town.dataset['state'] = state.name;
    this.frame.town.classList.toggle('offline', isLost);
    if (state.name === 'stopped') this.#events.failed(state.reason);
    if (state.name === 'connecting' && !state.isReturn) this.#after('quiet', CONNECTING_QUIET_MS + 20, () => this.#refresh());
    this.#refresh();
    this.#loop.wake(true);
  }

  #gatesChanged(): void {
    for (const side of SIDES) {
      const gate = this.world.gates?.[side] ?? null;
      updateHorizon(this.#scene.horizons[side], gate, side);
      updateHeadCount(this.#heads[side], gate?.count, this.#clock.now());
      const wait = waitMs(this.#heads[side], this.#clock.now());
      if (wait !== undefined) this.#after(`heads-${side}`, wait + 10, () => this.#gatesChanged());
    }
    this.#drawHills();
    this.#refresh();
  }

  // ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #draw(dtMs: number, nowMs: number, isFirst: boolean): Motion {
    const walks = this.#self.step(dtMs, nowMs);
    if (this.isCalm) this.#scene.settle();
    const moves = this.#scene.step(isFirst ? 16 : dtMs, nowMs);
    const { isLively, standing } = this.#scene.paint(nowMs);
    this.#label(standing, nowMs);
    this.#gates.place(this.#scene.layout, this.#scene.camera);
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
      hint: this.#hint(selfUnits),
    });
    const next = this.#labels.nextEnd(this.world.people.values(), nowMs);
    if (next !== undefined) this.#after('bubble', next + 20, () => this.#loop.wake(true));
  }

  /** What a gate near one's figure offers. */
  #hint(selfUnits: number): { text: string; x: number } | undefined {
    const side = gateNear(selfUnits);
    const gate = side === undefined ? undefined : this.gateOf(side);
    if (side === undefined || gate === undefined || this.#settings.hop === 'off' || this.#hop.pending !== undefined) return undefined;
    const text = this.#settings.hop === 'page' ? this.#strings.walkOn(gate.name) : this.#strings.visit(gate.name);
    return { text, x: this.#scene.screenX(side === 'left' ? GATE_LEFT - 20 : GATE_RIGHT + 20) };
  }

  #drawGround(): void {
    this.#scene.drawGround(this.world.scene, this.#hills());
    this.#refresh();
  }

  #drawHills(): void {
    this.#scene.drawHills(this.#hills());
  }

  #hills(): Record<Side, ReturnType<typeof hillStateOf>> {
    const hill = (side: Side): ReturnType<typeof hillStateOf> => hillStateOf(this.gateOf(side), this.world.gates?.[side]?.count);
    return { left: hill('left'), right: hill('right') };
  }

  #applyCalm(): void {
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
    for (const side of SIDES) {
      const count = this.#settings.horizon === 'off' ? undefined : this.#heads[side].shown;
      this.#gates.write(side, this.gateOf(side), count, this.#scene.layout.isPhone);
    }
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
          hasQueued: this.#queued !== undefined,
          people,
          gates: world.gates,
        },
        strings,
      ),
    );
    if (connection.name === 'waiting') this.#after('countdown', 1_000 - ((connection.until - nowMs) % 1_000 === 0 ? 0 : 500), () => this.#refresh());
    this.#people.refresh(this.#scene.palette);
    if (people !== this.#lastCount && people > 0) {
      this.#lastCount = people;
      this.#events.counted(people);
    }
  }

  #overflow(count: number): void {
    const { more } = this.frame;
    more.hidden = count === 0;
    more.textContent = this.#strings.moreTalk(count);
    more.setAttribute('aria-label', this.#strings.moreTalkLabel(count));
  }

  // ── from the visitor ─────────────────────────────────────────────────────────────────────────────────────────────

  #listen(): void {
    const { frame } = this;
    const stopKeys = (event: Event): void => event.stopPropagation();
    for (const type of ['keydown', 'keyup', 'keypress']) {
      frame.input.addEventListener(type, stopKeys);
      frame.menuPanel.addEventListener(type, stopKeys);
      frame.peoplePanel.addEventListener(type, stopKeys);
    }
    listenToStage(
      frame.stage,
      {
        walk: (direction, isRunning, isRepeat) => this.#walk(direction, isRunning, isRepeat),
        tap: (x, y) => this.#tap(x, y),
        point: (x, y) => this.#point(x === undefined ? undefined : this.#scene.personAt(x, y)),
        toGate: (side) => this.#self.walkTo(side === 'left' ? GATE_LEFT : GATE_RIGHT, this.isCalm),
        sit: () => void this.#self.settle(),
        stand: () => this.#self.standUp(),
        act: () => this.#act(),
        wave: () => this.#wave(),
        jump: () => this.#gesture('jump', undefined),
        speak: () => frame.input.focus(),
        leave: () => frame.stage.blur(),
      },
      () => this.#clock.now(),
    );
    frame.wave.addEventListener('click', () => this.#wave());
    frame.more.addEventListener('click', () => {
      frame.peoplePanel.showPopover();
      this.#people.show(true);
      this.#refresh();
    });
    for (const side of SIDES) frame.gates[side].addEventListener('click', (event) => this.#gateClicked(event, side));
    for (const [panel, button] of [[frame.peoplePanel, frame.people], [frame.menuPanel, frame.menu]] as const) {
      panel.addEventListener('beforetoggle', (event) => {
        if (event.newState !== 'open') return;
        if (panel === frame.menuPanel) this.#fillMenu();
        placePanel(panel, this.#host);
      });
      panel.addEventListener('toggle', (event) => {
        button.setAttribute('aria-expanded', String(event.newState === 'open'));
        this.#people.refresh(this.#scene.palette);
      });
    }
  }

  #walk(direction: -1 | 0 | 1, isRunning: boolean, isRepeat: boolean): void {
    if (this.#connection.state.name !== 'live') return;
    if (!this.isCalm) this.#self.steer(direction, isRunning);
    else if (direction !== 0) this.#self.hop(direction);
    else if (isRepeat) this.#self.walker.pushedMs = 0;
  }

  #tap(x: number, y: number): void {
    const id = this.#scene.personAt(x, y);
    if (id !== undefined) {
      this.#point(id);
      this.#after('point', POINTED_MS, () => this.#point(undefined));
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
    this.#after('point', POINTED_MS, () => this.#point(undefined));
    this.#announcer.line(nameOf(near, this.#strings));
  }

  #wave(): void {
    const self = selfOf(this.world);
    if (self === undefined) return;
    const target = raisedHandNear(this.world, self.x, this.#clock.now());
    this.#gesture(target === undefined ? 'raise-hand' : 'high-five', target);
  }

  #gesture(action: 'jump' | 'raise-hand' | 'high-five', target: Person | undefined): void {
    const self = selfOf(this.world);
    const nowMs = this.#clock.now();
    if (self === undefined || nowMs - this.#actedAt < ACTION_THROTTLE_MS) return;
    if (!this.#connection.send({ type: 'action', action, targetId: target?.id })) return;
    this.#actedAt = nowMs;
    gesture(self, action, target, nowMs);
    this.#loop.wake(true);
  }

  #say(text: string): boolean {
    const nowMs = this.#clock.now();
    const self = selfOf(this.world);
    if (nowMs - this.#saidAt < this.world.chatThrottleMs) return false;
    if (self === undefined || !this.#connection.send({ type: 'say', text })) {
      if (this.#queued !== undefined || this.#connection.state.name === 'stopped') return false;
      this.#queued = text;
      this.#refresh();
      return true;
    }
    this.#saidAt = nowMs;
    say(this.world, self, text, nowMs);
    this.#refresh();
    this.#loop.wake(true);
    return true;
  }

  #gateClicked(event: MouseEvent, side: Side): void {
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!isPlain || this.#settings.hop === 'off') return;
    event.preventDefault();
    this.go(side);
  }

  #pushed(side: Side): void {
    if (this.#settings.hop === 'page') this.go(side);
  }

  #noticed(action: 'try' | 'start' | 'accept' | 'decline'): void {
    if (action === 'accept' && this.#offered !== undefined) this.#saveProfile(this.#offered.name, this.#offered.look, false);
    if (action === 'accept' || action === 'decline') this.#offered = undefined;
    else this.#connection.start();
    this.#refresh();
  }

  #fillMenu(): void {
    const { me } = this.#memory;
    fillMenu(
      this.frame.menuPanel,
      {
        name: me.name,
        look: me.look,
        isCalm: this.isCalm,
        isBeyondHill: this.#isBeyondHill(),
        isPageShared: this.#settings.sharesPage,
        isRemembered: this.#memory.isRemembered,
        palette: this.#scene.palette,
      },
      this.#strings,
      {
        save: (name, look) => this.#saveProfile(name, look, true),
        calm: (isCalm) => {
          this.isCalm = isCalm;
        },
        beyondHill: (isShown) => {
          this.#memory.keep({ beyondHill: isShown });
          this.#connection.send({ type: 'privacy', beyondHill: isShown });
          this.#fillMenu();
        },
        forget: () => this.#memory.forget(),
      },
    );
  }

  #saveProfile(name: string, look: Look, isKept: boolean): void {
    if (isKept) this.#memory.keep({ name, look });
    else this.#memory.learn({ name, look });
    const self = selfOf(this.world);
    if (self !== undefined) Object.assign(self, { name, look });
    this.#connection.send({ type: 'profile', displayName: name, color: colorOfCoat(look.coat), look: encodeLook(look) });
    this.#loop.wake(true);
  }

  #isBeyondHill(): boolean {
    const asks = Reflect.get(navigator, 'globalPrivacyControl') === true || Reflect.get(navigator, 'doNotTrack') === '1';
    return this.#memory.me.beyondHill ?? !asks;
  }

  // ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #announcePassing(text: string): void {
    if (this.world.people.size <= ANNOUNCE_MAX_PEOPLE) this.#announcer.passing(text);
  }

  #speak(line: string): void {
    const { log } = this.frame;
    const entry = document.createElement('p');
    entry.textContent = line;
    log.append(entry);
    while (log.childElementCount > LOG_LINES) log.firstElementChild?.remove();
  }

  /** One timer per purpose; setting it again moves it. */
  #after(purpose: string, delayMs: number, run: () => void): void {
    this.#timers.get(purpose)?.cancel();
    this.#timers.set(
      purpose,
      this.#clock.setTimer(() => {
        this.#timers.delete(purpose);
        run();
      }, delayMs),
    );
  }
}
