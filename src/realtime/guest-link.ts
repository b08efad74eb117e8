import type { Clock, Timer } from '../lib/clock.ts';
import { MessageBudget } from '../moderation/message-budget.ts';
import { CLOSE, type CloseReason } from '../protocol/close-codes.ts';
import type { HelloFrame } from '../protocol/frames.ts';
import type { GuestCommand, GuestsOpening, HostEvent, HostVisits, TabRef } from '../ring/ring-port.ts';
import type { SceneGuest, SceneInput } from '../scene/types.ts';
import type { Audience } from './audience.ts';
import type { Batch } from './batch.ts';
import { OutgoingFrame } from './encode.ts';
import type { LiveTab } from './live-tab.ts';
import type { OutboxReader } from './outbox.ts';

/** Steps wait so long for others; whatever else is said takes them along at once. */
const STEPS_GATHER_MS = 50;

/** What waits for the link, in UTF-16 units; beyond it the stream is ended: its home is not reading. */
const HELD_MAX_UNITS = 1_048_576;

/** A `hello` is cut to this many bytes, within the stream's largest message; further peers follow as `join`. */
const HELLO_MAX_BYTES = 200_000;

/** Nobody is longer than 3 kB: five full lines of three-byte characters, name and page. */
const PEERS_THAT_FIT = 60;

type Admission = Extract<GuestCommand, { kind: 'admit' }>;
type Ended = Extract<HostEvent, { kind: 'ended' }>['reason'];

/** What a stream of guests needs of whoever holds its scene. */
export interface GuestHall {
  readonly clock: Clock;
  /** A number for a tab, unique in this process. */
  takeId(): number;
  /** @returns why the tab cannot come in, or undefined when it is in */
  enter(tab: GuestTab): 'closed' | 'full' | 'unknown' | 'busy' | undefined;
  /** `text`: a client message. */
  hear(tab: GuestTab, text: string): void;
  depart(tab: GuestTab, toward: 'left' | 'right'): void;
  remove(tab: GuestTab): void;
}

/**
 * All guests of one home site in one scene. To its scene it is one reader: what is said to many goes over the stream once, with
 * the tabs that it is not for, and their home hands it on to the others (docs/protocol.md).
 */
export class GuestLink implements OutboxReader {
  readonly dialect = 'ring';
  readonly skips: number[] = [];
  joinedAt = 0;
  readonly #hall: GuestHall;
  readonly #opening: GuestsOpening;
  readonly #stream: HostVisits;
  readonly #guests = new Map<number, Map<number, GuestTab>>();
  readonly #tabs = new Map<number, GuestTab>();
  #held: (HostEvent | undefined)[] = [];
  #heldUnits = 0;
  /** Where the newest step of each visitor waits among them. */
  readonly #steps = new Map<number, number>();
  #gathering: Timer | undefined;
  #isRefused = false;

  constructor(hall: GuestHall, opening: GuestsOpening, stream: HostVisits) {
    this.#hall = hall;
    this.#opening = opening;
    this.#stream = stream;
    stream.onRoom(() => {
      this.#isRefused = false;
      this.#flush();
    });
    stream.onEnd(() => this.#end());
    stream.onFrame((commands) => {
      for (const command of commands) this.#obey(command);
    });
  }

  hears({ except, only, speaks }: Audience): boolean {
    if (speaks === 'classic') return false;
    if (only !== undefined) return only.some((id) => this.#tabs.has(id));
    return except === undefined || this.#tabs.size > 1 || !this.#tabs.has(except);
  }

  deliver({ frames }: Batch): boolean {
    let isUrgent = false;
    for (const [place, frame] of frames.entries()) {
      if (frame === undefined || place < this.joinedAt || this.skips.includes(place)) continue;
      const step = frame.step === undefined ? undefined : frame.visitor;
      this.#hold(this.#eventOf(frame, frame.audience ?? {}), step);
      isUrgent ||= step === undefined;
    }
    if (isUrgent) this.#flush();
    else this.#gathering ??= this.#hall.clock.setTimer(() => this.#flush(), STEPS_GATHER_MS);
    return true;
  }

  /** Sends a frame to one tab. */
  sendTo(tab: GuestTab, frame: OutgoingFrame): void {
    const { hello } = frame;
    if (hello === undefined) this.#hold(this.#eventOf(frame, { only: [tab.id] }));
    else this.#welcome(tab, hello);
    this.#flush();
  }

  /** A scene closes a tab: the whole guest is sent home. */
  dismiss(tab: GuestTab, { reason }: CloseReason): void {
    const { guest } = tab;
    if (this.#guests.delete(guest)) this.#hold({ kind: 'ended', guest, reason: endedBy(reason) });
    this.#tabs.delete(tab.id);
    this.#flush();
    // Its scene is in the middle of a step.
    queueMicrotask(() => this.#hall.remove(tab));
  }

  #obey(command: GuestCommand): void {
    switch (command.kind) {
      case 'admit':
        return this.#admit(command);
      case 'tab':
        return command.isOpen ? this.#openTab(command.guest, command.tab) : this.#closeTab(command.guest, command.tab);
      case 'say': {
        const tab = this.#guests.get(command.guest)?.get(command.tab);
        return tab && this.#hall.hear(tab, command.text);
      }
      case 'leave':
        return this.#leave(command.guest, command.toward);
    }
  }

  #admit({ guest, tab, plate, edge, isResident, isDrawn }: Admission): void {
    const key = `guest-${this.#hall.takeId()}`;
    const { from } = this.#opening;
    const sceneGuest: SceneGuest = { key, plate, from, side: edge, isResident, isDrawn };
    const tabs = new Map<number, GuestTab>();
    this.#guests.set(guest, tabs);
    const reason = this.#enter(new GuestTab(this.#hall.takeId(), this, [guest, tab], sceneGuest), tabs);
    if (reason === undefined) return;
    this.#guests.delete(guest);
    this.#hold({ kind: 'refused', guest, reason });
    this.#flush();
  }

  #openTab(guest: number, tab: number): void {
    const tabs = this.#guests.get(guest);
    const [other] = tabs?.values() ?? [];
    // Without a place the tab stays dark; the visitor is here all the same.
    if (tabs !== undefined && other !== undefined && !tabs.has(tab)) {
      this.#enter(new GuestTab(this.#hall.takeId(), this, [guest, tab], other.sceneGuest), tabs);
    }
  }

  #enter(tab: GuestTab, tabs: Map<number, GuestTab>): ReturnType<GuestHall['enter']> {
    tabs.set(tab.tab, tab);
    this.#tabs.set(tab.id, tab);
    const reason = this.#hall.enter(tab);
    if (reason === undefined) return undefined;
    tabs.delete(tab.tab);
    this.#tabs.delete(tab.id);
    return reason;
  }

  #closeTab(guest: number, tab: number): void {
    const tabs = this.#guests.get(guest);
    const closing = tabs?.get(tab);
    if (tabs === undefined || closing === undefined) return;
    tabs.delete(tab);
    if (tabs.size === 0) this.#guests.delete(guest);
    this.#forget(closing);
  }

  #leave(guest: number, toward: 'left' | 'right' | null): void {
    const tabs = this.#guests.get(guest);
    this.#guests.delete(guest);
    for (const tab of tabs?.values() ?? []) {
      if (toward !== null) this.#hall.depart(tab, toward);
      this.#forget(tab);
    }
  }

  #forget(tab: GuestTab): void {
    tab.isOpen = false;
    this.#tabs.delete(tab.id);
    this.#hall.remove(tab);
  }

  #welcome(tab: GuestTab, hello: HelloFrame): void {
    const { guest, sceneGuest } = tab;
    if (this.#guests.get(guest)?.size === 1) {
      const { x, id: visitor } = hello;
      this.#hold({ kind: 'admitted', guest, edge: sceneGuest.side, x, visitor });
    }
    const { first, rest } = cutHello(hello);
    for (const frame of [first, ...rest]) {
      this.#hold(this.#eventOf(new OutgoingFrame(frame), { only: [tab.id] }));
    }
  }

  #eventOf({ ringText: text }: OutgoingFrame, { except, only }: Audience): HostEvent {
    const cause = except === undefined ? undefined : this.#tabs.get(except);
    return {
      kind: 'frame',
      text,
      except: cause?.ref ?? null,
      only: only === undefined ? null : only.flatMap((id) => refOf(this.#tabs.get(id))),
    };
  }

  #hold(event: HostEvent, step?: number): void {
    if (step !== undefined) {
      const before = this.#steps.get(step);
      if (before !== undefined) this.#held[before] = undefined;
      this.#steps.set(step, this.#held.length);
    }
    this.#held.push(event);
    this.#heldUnits += event.kind === 'frame' ? event.text.length : 0;
  }

  #flush(): void {
    this.#gathering?.cancel();
    this.#gathering = undefined;
    if (this.#isRefused) {
      if (this.#heldUnits > HELD_MAX_UNITS) this.#stream.end('behind');
      return;
    }
    const events = this.#held.filter((event) => event !== undefined);
    if (events.length === 0) return;
    this.#isRefused = !this.#stream.send(events);
    if (this.#isRefused) return;
    this.#held = [];
    this.#heldUnits = 0;
    this.#steps.clear();
  }

  #end(): void {
    this.#gathering?.cancel();
    this.#guests.clear();
    for (const tab of this.#tabs.values()) this.#forget(tab);
  }
}

/** One tab of one guest, as its scene's holder knows it. */
export class GuestTab implements LiveTab {
  readonly id: number;
  readonly address = '';
  readonly isGuest = true;
  isRing = true;
  readonly sceneGuest: SceneGuest;
  readonly ref: TabRef;
  readonly budget = new MessageBudget();
  isOpen = true;
  readonly #link: GuestLink;

  constructor(id: number, link: GuestLink, ref: TabRef, sceneGuest: SceneGuest) {
    this.id = id;
    this.#link = link;
    this.ref = ref;
    this.sceneGuest = sceneGuest;
  }

  get guest(): number {
    return this.ref[0];
  }

  get tab(): number {
    return this.ref[1];
  }

  get reader(): OutboxReader {
    return this.#link;
  }

  opening(): SceneInput {
    return { kind: 'guest', connection: this.id, guest: this.sceneGuest };
  }

  send(frame: OutgoingFrame): void {
    if (this.isOpen) this.#link.sendTo(this, frame);
  }

  close(reason: CloseReason): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#link.dismiss(this, reason);
  }
}

const ENDED: Readonly<Record<string, Ended>> = {
  [CLOSE.kicked.reason]: 'kicked',
  [CLOSE.inactive.reason]: 'inactive',
  [CLOSE.blocked.reason]: 'blocked',
  [CLOSE.siteDisabled.reason]: 'closed',
  [CLOSE.siteDeleted.reason]: 'closed',
  [CLOSE.shuttingDown.reason]: 'closed',
};

function endedBy(reason: string): Ended {
  return ENDED[reason] ?? 'busy';
}

function refOf(tab: GuestTab | undefined): readonly TabRef[] {
  return tab === undefined ? [] : [tab.ref];
}

/** As many peers as fit; whoever does not comes after it. */
function cutHello(hello: HelloFrame): {
  readonly first: HelloFrame;
  readonly rest: readonly { readonly type: 'join'; readonly peer: HelloFrame['peers'][number] }[];
} {
  if (hello.peers.length <= PEERS_THAT_FIT) return { first: hello, rest: [] };
  let bytes = Buffer.byteLength(JSON.stringify({ ...hello, peers: [] }));
  const count = hello.peers.findIndex((peer) => (bytes += Buffer.byteLength(JSON.stringify(peer))) > HELLO_MAX_BYTES);
  if (count === -1) return { first: hello, rest: [] };
  const rest = hello.peers.slice(count).map((peer) => ({ type: 'join', peer }) as const);
  return { first: { ...hello, peers: hello.peers.slice(0, count) }, rest };
}
