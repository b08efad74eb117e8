import type { Clock, Timer } from '../lib/clock.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { ClientMessage, Homecoming, HopRefusal, HopSite, NeighboursFrame } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import type { GuestEvent, RingPort, TabRef } from '../ring/ring-port.ts';
import type { SceneRandom, TravelPapers } from '../scene/types.ts';
import { AwayScene } from './away-scene.ts';
import { OutgoingFrame } from './encode.ts';
import type { LiveConnection } from './live-connection.ts';
import { overTheHill } from './over-the-hill.ts';
import type { WritePace } from './write-pace.ts';

/** A tab may ask for a hop this often. */
const HOP_INTERVAL_MS = 1_000;

/**
 * A hop is given up when the ring has said nothing by then: it gives the host 2.5 s, and the widget waits 3.2 s for us. Only a ring
 * that stands still lets it come to that, and nobody is to be taken away by it long after they were told that the gate is shut.
 */
const HOP_TIMEOUT_MS = 2_750;

/** Whoever was shown out of a site does not come back to it for so long. */
const UNWELCOME_MS = 10 * 60_000;
const UNWELCOME_MAX = 1_000;

/** Tabs of one visitor that travel (docs/protocol.md, `t`). */
const TABS_MAX = 16;

/** The home scene, as those who travel need it. */
export interface TravelHome {
  readonly sceneKey: string;
  visitorOf(tab: LiveConnection): number | undefined;
  /** What goes along, and what does not: `secret` never leaves the square. */
  papersOf(visitor: number): TravelPapers | undefined;
  /** Undefined when one of them could not follow. */
  tabsOf(visitor: number): readonly LiveConnection[] | undefined;
  walkOut(visitor: number, side: Side): void;
  /** Their tabs are welcomed anew. */
  comeHome(visitor: number): void;
  /** Says nothing to a tab any more. */
  silence(tab: LiveConnection): void;
}

export interface TravelsDeps {
  readonly clock: Clock;
  readonly random: SceneRandom;
  readonly ring: RingPort;
  readonly pace: WritePace;
  count(event: string, reason: string): void;
}

interface Stay {
  readonly host: AwayScene;
  readonly guest: number;
  /** The gate they went through. */
  readonly side: Side;
}

interface Asked extends Stay {
  readonly tab: LiveConnection;
  /** Of that tab among the guest's. */
  readonly number: number;
}

interface Traveller {
  readonly visitor: number;
  readonly own: HopSite;
  readonly tabs: Map<LiveConnection, number>;
  here: Stay | undefined;
  /** Where they asked to be let in. */
  next: Asked | undefined;
}

/**
 * Visitors of one scene who are, or want to be, in scenes of other squares. Counts `hop` (admitted, home, and each refusal) and
 * `homecoming` (each reason).
 */
export class Travels {
  readonly #deps: TravelsDeps;
  readonly #home: TravelHome;
  /** By visitor; bounded by the scene's visitors. */
  readonly #travellers = new Map<number, Traveller>();
  readonly #byTab = new Map<LiveConnection, Traveller>();
  /** Tabs whose hop has no answer yet. */
  readonly #patience = new Map<LiveConnection, Timer>();
  /** By site. */
  readonly #hosts = new Map<string, AwayScene>();
  /** `<visitor> <site>` → until when. */
  readonly #unwelcome = new Map<string, number>();
  /** Who is being welcomed home, and why they are. */
  #returning: { readonly own: HopSite; readonly why: Homecoming } | undefined;

  constructor(home: TravelHome, deps: TravelsDeps) {
    this.#home = home;
    this.#deps = deps;
  }

  isAway(tab: LiveConnection): boolean {
    return this.#byTab.has(tab);
  }

  /** Where the strip of a tab is, and the gate by which it came there; undefined at home. */
  whereaboutsOf(tab: LiveConnection): { readonly site: string; readonly side: Side } | undefined {
    const here = this.#byTab.get(tab)?.here;
    return here && { site: here.host.site.site, side: here.side };
  }

  /** The gates a tab stands between, wherever its strip is. */
  gatesOf(tab: LiveConnection): NeighboursFrame | undefined {
    const here = this.#byTab.get(tab)?.here;
    return here === undefined ? this.#deps.ring.neighbours(this.#home.sceneKey) : here.host.gates;
  }

  async hop(tab: LiveConnection, side: Side): Promise<void> {
    const { clock, ring } = this.#deps;
    const { sceneKey } = this.#home;
    const visitor = this.#home.visitorOf(tab);
    if (visitor === undefined || !tab.isRing) return;
    const now = clock.monotonic();
    if (now < tab.lastHopAt + HOP_INTERVAL_MS) return this.#refuse(tab, side, 'too-fast');
    tab.lastHopAt = now;
    const gates = this.gatesOf(tab);
    const gate = gates?.[side];
    if (gates === undefined || !gate) return this.#refuse(tab, side, 'no-neighbour');
    if (this.#patience.has(tab)) return this.#refuse(tab, side, 'too-fast');
    const patience = clock.setTimer(() => this.#expire(tab, side), HOP_TIMEOUT_MS);
    this.#patience.set(tab, patience);
    const [own, target] = await Promise.all([ring.findSite(sceneKey), ring.findSite(sceneKey, gate.site)]);
    if (this.#patience.get(tab) !== patience) return undefined;
    const outcome = this.#ask(tab, side, gates.ring, own, target);
    if (outcome === 'asked') return undefined;
    this.#settle(tab);
    if (outcome === 'home') this.goHome(tab);
    else if (outcome !== 'gone') this.#refuse(tab, side, outcome);
    return undefined;
  }

  /** By the visitor's own wish. */
  goHome(tab: LiveConnection): void {
    const traveller = this.#byTab.get(tab);
    if (traveller !== undefined) this.#return(traveller, 'asked');
  }

  /**
   * Takes a message of somebody who is away to where they are.
   * @returns false when it is for the home scene, or for both
   */
  forward(tab: LiveConnection, message: ClientMessage): boolean {
    const traveller = this.#byTab.get(tab);
    if (traveller?.here === undefined) return false;
    const carried = overTheHill(message);
    const { host, guest } = traveller.here;
    if (carried !== undefined) {
      host.tell({ kind: 'say', guest, tab: traveller.tabs.get(tab) ?? 0, text: JSON.stringify(carried) });
    }
    return message.type !== 'profile' && message.type !== 'reading' && message.type !== 'privacy';
  }

  /** A tab is told where it is, just before it hears. */
  welcoming(tab: LiveConnection, visitor: number, x: number): void {
    if (this.#returning !== undefined) {
      const { own: site, why: home } = this.#returning;
      tab.send(new OutgoingFrame({ type: 'hopped', site, home, x }));
      return;
    }
    const traveller = this.#travellers.get(visitor);
    if (traveller?.here !== undefined) queueMicrotask(() => this.#follow(traveller, tab));
  }

  /** A tab has closed, however. */
  closed(tab: LiveConnection): void {
    const traveller = this.#byTab.get(tab) ?? this.#waiting(tab);
    this.#settle(tab);
    if (traveller === undefined) return;
    this.#byTab.delete(tab);
    const number = traveller.tabs.get(tab);
    traveller.tabs.delete(tab);
    const { here, next } = traveller;
    if (next?.tab === tab) this.#giveUp(traveller);
    if (here === undefined || number === undefined) return;
    here.host.detach([here.guest, number]);
    if (traveller.tabs.size > 0) {
      here.host.tell({ kind: 'tab', guest: here.guest, tab: number, isOpen: false });
      return;
    }
    this.#giveUp(traveller);
    here.host.tell({ kind: 'leave', guest: here.guest, toward: null });
    this.#travellers.delete(traveller.visitor);
  }

  /** The home scene fails or ends: whoever is away has nowhere to come back to, and comes again. */
  end(): void {
    for (const traveller of this.#travellers.values()) {
      this.#giveUp(traveller);
      if (traveller.here === undefined) continue;
      traveller.here.host.tell({ kind: 'leave', guest: traveller.here.guest, toward: null });
      for (const tab of traveller.tabs.keys()) tab.close(CLOSE.internalError);
    }
    for (const tab of this.#patience.keys()) this.#settle(tab);
    this.#travellers.clear();
    this.#byTab.clear();
  }

  #ask(
    tab: LiveConnection,
    side: Side,
    ring: NeighboursFrame['ring'],
    own: HopSite | undefined,
    target: HopSite | undefined,
  ): 'asked' | 'home' | 'gone' | HopRefusal {
    const visitor = this.#home.visitorOf(tab);
    const papers = visitor === undefined ? undefined : this.#home.papersOf(visitor);
    if (!tab.isOpen || visitor === undefined || papers === undefined) return 'gone';
    if (own === undefined || target === undefined) return 'no-neighbour';
    if (target.site === own.site) return 'home';
    if (this.#home.tabsOf(visitor) === undefined) return 'other-tab';
    if (this.#isUnwelcome(visitor, target.site)) return 'unwelcome';
    const traveller = this.#travellers.get(visitor) ?? {
      visitor,
      own,
      tabs: new Map(),
      here: undefined,
      next: undefined,
    };
    // While their ring was asked for the site, another tab may have taken them elsewhere.
    const hasMoved = this.gatesOf(tab)?.[side]?.site !== target.site;
    if (traveller.next !== undefined || hasMoved) return 'too-fast';
    const guest = this.#takeGuestNumber();
    const host = this.#hostAt(target, ring);
    const number = this.#numberOf(traveller, tab);
    traveller.next = { host, guest, side, tab, number };
    this.#travellers.set(visitor, traveller);
    const edge = side === 'left' ? 'right' : 'left';
    const { plate, isResident, isDrawn } = papers;
    host.tell({ kind: 'admit', guest, tab: number, plate, edge, isResident, isDrawn });
    return 'asked';
  }

  #hostAt(site: HopSite, ring: NeighboursFrame['ring']): AwayScene {
    const known = this.#hosts.get(site.site);
    if (known !== undefined && !known.isOver) return known;
    const { clock, pace, ring: port } = this.#deps;
    const { sceneKey } = this.#home;
    const host: AwayScene = new AwayScene({
      clock,
      pace,
      site,
      ring,
      visits: port.visit(sceneKey, site.site),
      findSite: (id) => port.findSite(sceneKey, id),
      count: (event, reason) => this.#deps.count(event, reason),
      onEvent: (event) => this.#hear(host, event),
      onOver: (reason) => this.#over(host, reason),
    });
    this.#hosts.set(site.site, host);
    return host;
  }

  #hear(host: AwayScene, event: Exclude<GuestEvent, { kind: 'frame' }>): void {
    for (const traveller of this.#travellers.values()) {
      const { here, next } = traveller;
      const isNext = next?.host === host && next.guest === event.guest;
      if (event.kind === 'admitted' && isNext) return this.#arrive(traveller, next, event);
      if (event.kind === 'refused' && isNext) return this.#refused(traveller, next, event.reason);
      if (event.kind !== 'ended') continue;
      if (isNext) return this.#refused(traveller, next, 'busy');
      if (here?.host !== host || here.guest !== event.guest) continue;
      if (event.reason === 'kicked' || event.reason === 'blocked') this.#shun(traveller.visitor, host.site.site);
      return this.#return(traveller, event.reason, false);
    }
  }

  #arrive(traveller: Traveller, next: Asked, { edge, x }: Extract<GuestEvent, { kind: 'admitted' }>): void {
    const { visitor, here } = traveller;
    const { host, guest, side } = next;
    const papers = this.#home.papersOf(visitor);
    const tabs = this.#home.tabsOf(visitor) ?? [];
    traveller.next = undefined;
    this.#settle(next.tab);
    if (papers === undefined || tabs.length === 0) {
      host.tell({ kind: 'leave', guest, toward: null });
      return;
    }
    this.#deps.count('hop', 'admitted');
    traveller.here = { host, guest, side };
    if (here === undefined) this.#home.walkOut(visitor, side);
    else this.#part(traveller, here, side);
    for (const tab of tabs) {
      const number = this.#numberOf(traveller, tab);
      this.#byTab.set(tab, traveller);
      tab.send(new OutgoingFrame({ type: 'hopped', site: host.site, edge, x }));
      host.attach([guest, number], tab, papers.secret);
      if (number !== next.number) host.tell({ kind: 'tab', guest, tab: number, isOpen: true });
    }
  }

  /** Another tab of somebody who is away has joined at home: it goes where the others are. */
  #follow(traveller: Traveller, tab: LiveConnection): void {
    const { here, visitor } = traveller;
    const papers = this.#home.papersOf(visitor);
    if (here === undefined || papers === undefined || !tab.isOpen || traveller.tabs.size >= TABS_MAX) return;
    const number = this.#numberOf(traveller, tab);
    const { host, guest, side } = here;
    this.#byTab.set(tab, traveller);
    this.#home.silence(tab);
    const edge = side === 'left' ? 'right' : 'left';
    tab.send(new OutgoingFrame({ type: 'hopped', site: host.site, edge, x: edge === 'left' ? 0 : 1 }));
    host.attach([guest, number], tab, papers.secret);
    host.tell({ kind: 'tab', guest, tab: number, isOpen: true });
  }

  #return(traveller: Traveller, why: Homecoming, isThere = true): void {
    const { here, visitor, own } = traveller;
    this.#giveUp(traveller);
    this.#travellers.delete(visitor);
    for (const tab of traveller.tabs.keys()) this.#byTab.delete(tab);
    traveller.here = undefined;
    if (here === undefined) return;
    this.#deps.count('homecoming', why);
    // Home first: better in two squares for one way through the net than in none.
    for (const number of traveller.tabs.values()) here.host.detach([here.guest, number]);
    this.#returning = { own, why };
    try {
      this.#home.comeHome(visitor);
    } finally {
      this.#returning = undefined;
    }
    if (isThere) here.host.tell({ kind: 'leave', guest: here.guest, toward: null });
  }

  /** Leaves one host for the next. */
  #part({ tabs }: Traveller, { host, guest }: Stay, toward: Side): void {
    for (const number of tabs.values()) host.detach([guest, number]);
    host.tell({ kind: 'leave', guest, toward });
  }

  #refused(traveller: Traveller, next: Asked, reason: string): void {
    traveller.next = undefined;
    this.#settle(next.tab);
    if (traveller.here === undefined) this.#travellers.delete(traveller.visitor);
    this.#refuse(next.tab, next.side, refusalOf(reason));
  }

  /** Takes back what was asked. */
  #giveUp(traveller: Traveller): void {
    const { next } = traveller;
    if (next === undefined) return;
    traveller.next = undefined;
    this.#settle(next.tab);
    next.host.tell({ kind: 'leave', guest: next.guest, toward: null });
    if (traveller.here === undefined) this.#travellers.delete(traveller.visitor);
  }

  /** A hop had no answer in time. */
  #expire(tab: LiveConnection, side: Side): void {
    this.#settle(tab);
    const traveller = this.#waiting(tab);
    if (traveller !== undefined) this.#giveUp(traveller);
    this.#refuse(tab, side, 'unreachable');
  }

  #settle(tab: LiveConnection): void {
    this.#patience.get(tab)?.cancel();
    this.#patience.delete(tab);
  }

  #over(host: AwayScene, reason: string): void {
    if (this.#hosts.get(host.site.site) === host) this.#hosts.delete(host.site.site);
    for (const traveller of this.#travellers.values()) {
      const { here, next } = traveller;
      if (next?.host === host) this.#refused(traveller, next, reason);
      if (here?.host === host) this.#return(traveller, reason === 'closed' ? 'closed' : 'lost', false);
    }
  }

  #refuse(tab: LiveConnection, side: Side, refused: HopRefusal): void {
    this.#deps.count('hop', refused);
    tab.send(new OutgoingFrame({ type: 'hopped', side, refused }));
  }

  #waiting(tab: LiveConnection): Traveller | undefined {
    for (const traveller of this.#travellers.values()) if (traveller.next?.tab === tab) return traveller;
    return undefined;
  }

  #numberOf({ tabs }: Traveller, tab: LiveConnection): TabRef[1] {
    const known = tabs.get(tab);
    if (known !== undefined) return known;
    const taken = new Set(tabs.values());
    let number = 0;
    while (taken.has(number)) number += 1;
    tabs.set(tab, number);
    return number;
  }

  #takeGuestNumber(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#deps.random.bytes(4);
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }

  #isUnwelcome(visitor: number, site: string): boolean {
    return (this.#unwelcome.get(`${visitor} ${site}`) ?? Number.NEGATIVE_INFINITY) > this.#deps.clock.monotonic();
  }

  #shun(visitor: number, site: string): void {
    const key = `${visitor} ${site}`;
    this.#unwelcome.delete(key);
    this.#unwelcome.set(key, this.#deps.clock.monotonic() + UNWELCOME_MS);
    if (this.#unwelcome.size <= UNWELCOME_MAX) return;
    const [oldest] = this.#unwelcome.keys();
    if (oldest !== undefined) this.#unwelcome.delete(oldest);
  }
}

function refusalOf(reason: string): HopRefusal {
  switch (reason) {
    case 'closed':
    case 'full':
    case 'busy':
    case 'no-neighbour':
      return reason;
    case 'unknown':
      return 'closed';
    default:
      return 'unreachable';
  }
}
