/** The scenes of one process, put together as the scene host does, with tabs in the place of sockets. */
import type { RingService } from '../../../federation/ring-service.ts';
import type { LocalPresence } from '../../../federation/types.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import type { ClientMessage, ServerFrame } from '../../../src/protocol/frames.ts';
import type { RealtimeDeps } from '../../../src/realtime/deps.ts';
import { Guests } from '../../../src/realtime/guests.ts';
import { LiveScene } from '../../../src/realtime/live-scene.ts';
import { RingErrands } from '../../../src/realtime/ring-errands.ts';
import { HOST_PACE, WritePace } from '../../../src/realtime/write-pace.ts';
import { RingAdapter } from '../../../src/ring/ring-adapter.ts';
import { rulesOf } from '../../../src/scene/scene.ts';
import { initMessage, QUIET } from '../../support/scene-rig.ts';
import { buildSite } from '../../support/site-builder.ts';
import type { Chance } from '../chance.ts';
import type { Tenant } from '../virtual-machine.ts';
import { VirtualTab } from './virtual-tab.ts';

/** What those who stand in a scene see of it. */
export interface Onlooker {
  heard(site: string, frame: ServerFrame): void;
}

export interface ScenesSetup {
  readonly ringId: string;
  readonly sites: readonly string[];
  readonly clock: Clock;
  readonly chance: Chance;
  readonly onlooker: Onlooker;
  /** Breaks a scene on purpose. */
  tamper(live: LiveScene): void;
}

export class VirtualScenes implements Tenant {
  readonly #setup: ScenesSetup;
  readonly #deps: RealtimeDeps;
  readonly #adapter: RingAdapter;
  readonly #errands: RingErrands;
  readonly #pace = new WritePace(HOST_PACE);
  readonly #scenes = new Map<string, LiveScene>();
  #nextId = 1;
  #isOver = false;

  constructor(setup: ScenesSetup) {
    this.#setup = setup;
    const { clock, chance, ringId, sites } = setup;
    this.#adapter = new RingAdapter(clock);
    this.#adapter.pair(
      sites.map((siteId) => ({
        ringId,
        siteId,
        sceneKey: siteId,
        sharing: 'figures',
        admitsGuests: true,
        letsVisitorsOut: true,
      })),
    );
    const fail = (_fields: object, message: string): never => {
      throw new Error(message);
    };
    this.#deps = {
      sites: { find: (key) => buildSite({ key, name: key, connectionLimit: 1_000 }) },
      ring: this.#adapter,
      clock,
      random: { fraction: chance.fraction, bytes: chance.bytes },
      secretFor: (sceneKey, browserId) => `secret of ${browserId} at ${sceneKey}`,
      tuning: QUIET,
      // What a square would log and survive is a fault of the program all the same.
      log: { warn: fail, error: fail },
      metrics: { count() {} },
    };
    this.#errands = new RingErrands({
      ...this.#deps,
      pace: this.#pace,
      count() {},
      fail(_connection, err) {
        throw err;
      },
    });
    const guests: Guests = new Guests({
      ...this.#deps,
      messageLimit: 0,
      takeId: () => this.#takeId(),
      sceneFor: (sceneKey) => this.#sceneOf(sceneKey),
      offer: (_sceneKey, tab, text) => {
        guests.hear(tab, text);
        return true;
      },
    });
    this.#adapter.onNeighbours((sceneKey, frame) => this.#scenes.get(sceneKey)?.showNeighbours(frame));
    for (const site of sites) {
      this.enter(site, 'onlooker', (frame) => {
        if (!this.#isOver) setup.onlooker.heard(site, frame);
      });
    }
  }

  // What the ring asks of the scenes.

  attach(service: RingService): void {
    this.#adapter.attach(service);
  }

  samplePresence(site: string): LocalPresence {
    return this.#scenes.get(site)?.presence() ?? { count: 0, figures: [] };
  }

  readonly receiveGuests: Tenant['receiveGuests'] = (site, opening) => this.#adapter.receiveGuests(site, opening);

  /** The process is gone: what it had on its desk is seen by nobody. */
  end(): void {
    this.#isOver = true;
  }

  // What visitors do.

  /** A tab opens and joins as whoever has this name. */
  enter(
    site: string,
    name: string,
    hear: (frame: ServerFrame) => void,
    onClose: (reason: string) => void = () => {},
  ): VirtualTab {
    const live = this.#sceneOf(site);
    const tab: VirtualTab = new VirtualTab(this.#takeId(), site, hear, (reason) => {
      onClose(reason);
      queueMicrotask(() => this.leave(tab));
    });
    live.add(tab);
    const browserSecret = name === 'onlooker' ? '' : `secret of ${name} at ${site}`;
    live.receive(tab, initMessage({ browserId: name, browserSecret, displayName: name, x: 0.5, ring: true }));
    return tab;
  }

  hear(tab: VirtualTab, message: ClientMessage): void {
    const live = this.#scenes.get(tab.sceneKey);
    if (live === undefined || !tab.isOpen) return;
    if (!this.#errands.hear(live, tab, message)) live.receive(tab, message);
  }

  /** A tab has closed. */
  leave(tab: VirtualTab): void {
    const live = this.#scenes.get(tab.sceneKey);
    tab.drop();
    if (live === undefined) return;
    this.#errands.closed(live, tab);
    live.remove(tab);
  }

  /** The owner sends everybody of this name away from a site. */
  kick(site: string, name: string): void {
    const live = this.#scenes.get(site);
    const visitor = live?.visitors().find(({ displayName }) => displayName === name);
    if (visitor !== undefined) live?.administer({ action: 'kickVisitor', visitorId: visitor.id });
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }

  #sceneOf(site: string): LiveScene {
    const running = this.#scenes.get(site);
    if (running !== undefined) return running;
    const rules = rulesOf(this.#deps.sites.find(site), 0);
    const live: LiveScene = new LiveScene(site, rules, this.#deps, {}, this.#pace, {
      onRoster: () => {},
      onWelcome: (tab, hello) => this.#errands.welcoming(live, tab, hello),
      onRestart: () => this.#errands.ended(live),
      onEnded: () => {
        this.#errands.ended(live);
        if (this.#scenes.get(site) === live) this.#scenes.delete(site);
      },
    });
    this.#setup.tamper(live);
    this.#scenes.set(site, live);
    return live;
  }
}
