import type { Clock } from '../lib/clock.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { GuestsOpening, HostVisits, RingPort } from '../ring/ring-port.ts';
import { decodeClientMessage } from './decode-client-message.ts';
import type { RealtimeLog, RealtimeMetrics } from './deps.ts';
import { GuestLink, type GuestHall, type GuestTab } from './guest-link.ts';
import type { LiveScene } from './live-scene.ts';
import { overTheHill } from './over-the-hill.ts';

/** What the guests of a process need of its scenes. */
export interface GuestsDeps {
  readonly clock: Clock;
  readonly ring: RingPort;
  readonly log: RealtimeLog;
  readonly metrics: RealtimeMetrics;
  /** Messages of one guest's tab in a second; 0: any number. */
  readonly messageLimit: number;
  takeId(): number;
  /** The scene that takes one more tab, or why it does not. */
  sceneFor(sceneKey: string): LiveScene | 'closed' | 'full' | 'unknown';
  /** Gives a message its turn among those of its scene. @returns false when too many wait */
  offer(sceneKey: string, tab: GuestTab, text: string): boolean;
}

/** The guests of other squares in the scenes of this process: what they say has the turns and budgets of any socket's. */
export class Guests {
  readonly #deps: GuestsDeps;
  /** By tab; as many as scenes take. */
  readonly #scenes = new Map<GuestTab, LiveScene>();

  constructor(deps: GuestsDeps) {
    this.#deps = deps;
    deps.ring.onGuests((sceneKey, opening, stream) => this.#receive(sceneKey, opening, stream));
  }

  /** Handles a message whose turn has come. */
  hear(tab: GuestTab, text: string): void {
    const live = this.#scenes.get(tab);
    const message = decodeClientMessage(text);
    if (live === undefined || !tab.isOpen) return;
    const meant = message && overTheHill(message);
    if (meant === undefined) return this.#deps.metrics.count('message-ignored', 'undecodable');
    try {
      live.receive(tab, meant);
    } catch (err) {
      this.#fail(tab, err);
    }
  }

  #receive(sceneKey: string, opening: GuestsOpening, stream: HostVisits): void {
    const { clock, metrics } = this.#deps;
    const hall: GuestHall = {
      clock,
      takeId: () => this.#deps.takeId(),
      enter: (tab) => this.#enter(sceneKey, tab),
      hear: (tab, text) => {
        switch (tab.budget.judge(this.#deps.messageLimit, clock.monotonic())) {
          case 'handle':
            if (!this.#deps.offer(sceneKey, tab, text)) metrics.count('message-ignored', 'backlog');
            return;
          case 'ignore':
            return metrics.count('message-ignored', 'flood');
          case 'close':
            metrics.count('socket-dropped', 'flood');
            return tab.close(CLOSE.rateLimited);
        }
      },
      depart: (tab, toward) => this.#scenes.get(tab)?.depart(tab, toward),
      remove: (tab) => {
        const live = this.#scenes.get(tab);
        this.#scenes.delete(tab);
        live?.remove(tab);
      },
    };
    // The stream holds it.
    void new GuestLink(hall, opening, stream);
  }

  #enter(sceneKey: string, tab: GuestTab): ReturnType<GuestHall['enter']> {
    const live = this.#deps.sceneFor(sceneKey);
    this.#deps.metrics.count('guest', typeof live === 'string' ? live : 'admitted');
    if (typeof live === 'string') return live;
    this.#scenes.set(tab, live);
    try {
      live.add(tab);
      return undefined;
    } catch (err) {
      this.#fail(tab, err);
      this.#scenes.delete(tab);
      live.remove(tab);
      return 'busy';
    }
  }

  /** A fault while handling one guest's message is that guest's end, and nobody else's. */
  #fail(tab: GuestTab, err: unknown): void {
    this.#deps.metrics.count('message-fault', 'sync');
    this.#deps.log.error({ err }, "a guest's message could not be handled");
    tab.close(CLOSE.internalError);
  }
}
