import type { Clock } from '../lib/clock.ts';
import type { Gate, HopSite, NeighboursFrame, ServerFrame } from '../protocol/frames.ts';
import type { GuestCommand, GuestEvent, HomeVisits, TabRef } from '../ring/ring-port.ts';
import type { Audience } from './audience.ts';
import { decodeHostFrame, type HostGate, type HostGates } from './decode-host-frame.ts';
import { OutgoingFrame } from './encode.ts';
import type { LiveConnection } from './live-connection.ts';
import { Outbox } from './outbox.ts';
import type { WritePace } from './write-pace.ts';

/** Commands that wait while the ring does not read; it always does, unless it is ending. */
const COMMANDS_MAX = 1_000;

export interface AwaySceneDeps {
  readonly clock: Clock;
  readonly pace: WritePace;
  /** The site of the host. */
  readonly site: HopSite;
  readonly visits: HomeVisits;
  readonly ring: NeighboursFrame['ring'];
  /** A site from our own list. */
  findSite(site: string): Promise<HopSite | undefined>;
  count(event: string, reason: string): void;
  onEvent(event: Exclude<GuestEvent, { kind: 'frame' }>): void;
  /** Nobody is there any more, and the stream is over. */
  onOver(reason: string): void;
}

/** Another square's scene as our visitors there hear it: frames come once, are judged once, and are handed to every tab. */
export class AwayScene {
  readonly site: HopSite;
  readonly #deps: AwaySceneDeps;
  /** By guest and tab. */
  readonly #tabs = new Map<string, { readonly tab: LiveConnection; readonly secret: string }>();
  /** Those that had their `hello` from there. */
  readonly #readers = new Set<LiveConnection>();
  readonly #outbox: Outbox<LiveConnection>;
  #waiting: GuestCommand[] = [];
  #gates: NeighboursFrame | undefined;
  #gatesHeard = 0;
  #isOver = false;

  constructor(deps: AwaySceneDeps) {
    const { visits, clock, pace } = deps;
    this.site = deps.site;
    this.#deps = deps;
    this.#outbox = new Outbox(() => this.#readers, clock, pace);
    visits.onRoom(() => this.#flushCommands());
    visits.onEnd((reason) => {
      this.#isOver = true;
      this.#outbox.end();
      deps.onOver(reason);
    });
    visits.onFrame((events) => {
      for (const event of events) {
        if (event.kind === 'frame') this.#hear(event);
        else deps.onEvent(event);
      }
      this.#outbox.settle();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Where its gates lead, by our own list. */
  get gates(): NeighboursFrame | undefined {
    return this.#gates;
  }

  tell(command: GuestCommand): void {
    if (this.#isOver) return;
    this.#waiting.push(command);
    if (this.#waiting.length > COMMANDS_MAX) return this.#deps.visits.end('behind');
    this.#flushCommands();
  }

  /** The tab hears this scene from its `hello` on. @param secret what the tab's visitor proves to be themself with, at home */
  attach(ref: TabRef, tab: LiveConnection, secret: string): void {
    this.#tabs.set(String(ref), { tab, secret });
  }

  detach(ref: TabRef): void {
    const key = String(ref);
    const attached = this.#tabs.get(key);
    this.#tabs.delete(key);
    if (attached === undefined || !this.#readers.has(attached.tab)) return;
    this.#outbox.flush();
    this.#readers.delete(attached.tab);
  }

  #flushCommands(): void {
    if (this.#waiting.length > 0 && this.#deps.visits.send(this.#waiting)) this.#waiting = [];
  }

  #hear({ text, except, only }: Extract<GuestEvent, { kind: 'frame' }>): void {
    const frame = decodeHostFrame(text);
    if (frame === undefined) return this.#deps.count('host-frame', 'unknown');
    const audience: Audience = {
      ...(except !== null && { except: this.#tabs.get(String(except))?.tab.id ?? 0 }),
      ...(only !== null && { only: only.flatMap((ref) => this.#tabs.get(String(ref))?.tab.id ?? []) }),
    };
    if (frame.type === 'neighbours') void this.#showGates(frame, audience);
    else if (frame.type === 'hello') this.#welcome(frame, only ?? []);
    else this.#outbox.queue(frame, audience);
  }

  #welcome(hello: Extract<ServerFrame, { type: 'hello' }>, only: readonly TabRef[]): void {
    for (const ref of only) {
      const attached = this.#tabs.get(String(ref));
      if (attached === undefined) continue;
      const { tab, secret } = attached;
      this.#readers.add(tab);
      this.#outbox.welcome(tab);
      tab.send(new OutgoingFrame({ ...hello, browserSecret: secret }));
    }
  }

  /** Only the newest of several that are being looked up is shown. */
  async #showGates({ left, right }: HostGates, audience: Audience): Promise<void> {
    this.#gatesHeard += 1;
    const turn = this.#gatesHeard;
    const gates = await Promise.all([this.#gateOf(left), this.#gateOf(right)]);
    if (this.#isOver || turn < this.#gatesHeard) return;
    this.#gates = { type: 'neighbours', ring: this.#deps.ring, left: gates[0], right: gates[1] };
    // Whoever came while it was looked up hears it too.
    this.#outbox.queue(this.#gates, turn === 1 || audience.only === undefined ? {} : audience);
    this.#outbox.settle();
  }

  /** What a host says of a gate, with the name and address that our own list has for the site it leads to. */
  async #gateOf(gate: HostGate | null): Promise<Gate | null> {
    const found = gate === null ? undefined : await this.#deps.findSite(gate.site);
    if (gate === null || found === undefined) return null;
    const { site, ...seen } = gate;
    return { site, name: found.name, url: found.url, ...seen };
  }
}
