/** One schedule of walks over hills from beginning to end, on the production code of rings and scenes. */
import { VISIT_PROTOCOL } from '../../../federation/node/topics.ts';
import { decodeHomeMessage, decodeHostMessage } from '../../../federation/passage/visit-messages.ts';
import type { RingParts } from '../../../federation/ring-service.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import type { ServerFrame } from '../../../src/protocol/frames.ts';
import type { LiveScene } from '../../../src/realtime/live-scene.ts';
import { Chance } from '../chance.ts';
import { VirtualMachine, type MachineWitness } from '../virtual-machine.ts';
import { CALM, VirtualNetwork, type Weather } from '../virtual-network.ts';
import type { VirtualNode } from '../virtual-node.ts';
import { virtualRing, type VirtualRing } from '../virtual-ring.ts';
import { VirtualTime } from '../virtual-time.ts';
import { VirtualScenes } from './virtual-scenes.ts';
import type { VirtualTab } from './virtual-tab.ts';
import { REST_MS, type VisitBlow, type VisitSchedule } from './visit-schedule.ts';
import { Whereabouts, type VisitViolation } from './whereabouts.ts';

/** How often the whole is looked at; who comes and goes is looked at as it happens. */
const TICK_MS = 50;

/**
 * From one neighbour to the next a visitor is told of by both, so that two ways through the net have to fit into the time that
 * somebody may be in two scenes.
 */
const SLOW: Weather = { ...CALM, delayMs: [60, 120] };

/** libp2p pings every 5 s and waits for 5 s: what is less is a machine that knows better (virtual-network.ts), for a minute. */
const GIVE_UP_MS = [5_000, 10_000] as const;

/** A square that stops waits this long for its goodbye to be heard, at most. */
const LEAVING_MS = 1_200;

/** What a lying home may play back: the last messages of one of its streams. */
const SAID_MAX = 100;
const STREAMS_KEPT = 2;

/** Visitors of each square at the beginning. */
const COMPANY = 2;

/** A part that is broken on purpose. */
export interface VisitInterference {
  readonly parts?: Partial<RingParts>;
  tamper?(live: LiveScene): void;
}

interface Person {
  readonly name: string;
  readonly home: VirtualMachine;
  readonly tabs: VirtualTab[];
  /** The site that they hear. */
  at: string;
}

/** @returns the first invariant broken, undefined when all held */
export async function simulateVisits(
  schedule: VisitSchedule,
  interference: VisitInterference = {},
): Promise<VisitViolation | undefined> {
  return new Walks(schedule, await virtualRing(schedule.squares, false), interference).run();
}

class Walks {
  readonly #schedule: VisitSchedule;
  readonly #ring: VirtualRing;
  readonly #interference: VisitInterference;
  readonly #time = new VirtualTime();
  readonly #chance: Chance;
  readonly #network: VirtualNetwork;
  readonly #whereabouts: Whereabouts;
  readonly #machines: readonly VirtualMachine[];
  readonly #scenes = new Map<VirtualMachine, VirtualScenes>();
  /** What each machine said as a home, by stream, newest last. */
  readonly #said = new Map<VirtualMachine, ((chance: Chance) => void)[]>();
  #people: Person[] = [];
  #named = 0;
  #words = 0;
  #streams = 0;
  #tabs = 0;

  constructor(schedule: VisitSchedule, ring: VirtualRing, interference: VisitInterference) {
    this.#schedule = schedule;
    this.#ring = ring;
    this.#interference = interference;
    this.#chance = new Chance(schedule.seed ^ 0x5eed);
    const ofTrouble = { onDisturbance: () => {} };
    this.#network = new VirtualNetwork(this.#time, this.#chance.branch(), ofTrouble, GIVE_UP_MS);
    this.#whereabouts = new Whereabouts(this.#time, SLOW.delayMs[1], {
      isWhole: (a, b) => a.isAwake && b.isAwake && !this.#isCut(a, b) && !this.#isCut(b, a),
      isCut: (from, to) => this.#isCut(from, to),
    });
    this.#machines = ring.drafts.slice(0, schedule.squares).map((_draft, index) => this.#machine(index));
    for (const machine of this.#machines) this.#whereabouts.addHost(machine);
  }

  async run(): Promise<VisitViolation | undefined> {
    const { steps, mendedAtMs } = this.#schedule;
    for (const machine of this.#machines) {
      this.#boot(machine);
      for (let turn = 0; turn < COMPANY; turn += 1) this.#come(machine);
    }
    for (const { atMs, blow } of steps) {
      await this.#until(atMs);
      if (this.#whereabouts.violation !== undefined) break;
      this.#strike(blow);
    }
    await this.#until(mendedAtMs);
    this.#mend();
    await this.#until(mendedAtMs + REST_MS);
    this.#whereabouts.checkRest();
    this.#checkGuests();
    for (const machine of this.#machines) machine.crash(true, false);
    return this.#whereabouts.violation;
  }

  async #until(atMs: number): Promise<void> {
    while (this.#time.nowMs < atMs && this.#whereabouts.violation === undefined) {
      await this.#time.run(Math.min(atMs, this.#time.nowMs + TICK_MS));
      this.#whereabouts.check(this.#machines);
    }
  }

  #isCut(from: VirtualMachine, to: VirtualMachine): boolean {
    return this.#network.isCut(from.address, to.address);
  }

  #machine(index: number): VirtualMachine {
    const { keys, drafts, documents, ringId } = this.#ring;
    const [key, draft] = [keys[index], drafts[index]];
    if (key === undefined || draft === undefined) throw new Error(`no square ${index}`);
    const name = `square ${index}`;
    const sites = draft.sites.map(({ id }) => id);
    const machine: VirtualMachine = new VirtualMachine(
      { name, key, address: draft.addrs[0] ?? '', sites, sharing: 'figures', skewMs: 0 },
      {
        time: this.#time,
        network: this.#network,
        witness: NOBODY,
        parts: this.#interference.parts ?? {},
        tamper: (node) => this.#listenIn(machine, node),
        moveIn: (_machine, clock, chance) => this.#moveIn(machine, clock, chance),
      },
      this.#chance.branch(),
    );
    machine.install(documents, ringId);
    return machine;
  }

  #moveIn(machine: VirtualMachine, clock: Clock, chance: Chance): VirtualScenes {
    const scenes = new VirtualScenes({
      ringId: this.#ring.ringId,
      sites: machine.sites,
      clock,
      chance,
      onlooker: this.#whereabouts,
      tamper: (live) => this.#interference.tamper?.(live),
    });
    this.#scenes.set(machine, scenes);
    return scenes;
  }

  /** Hears what crosses the links: frames are counted, and what homes say is kept for those that lie. */
  #listenIn(machine: VirtualMachine, node: VirtualNode): void {
    const openWire = node.openWire.bind(node);
    const said: ((chance: Chance) => void)[] = [];
    this.#said.set(machine, said);
    node.openWire = async (square, protocol, limits, listener) => {
      if (protocol !== VISIT_PROTOCOL) return openWire(square, protocol, limits, listener);
      this.#streams += 1;
      const stream = `stream ${this.#streams}`;
      const wire = await openWire(square, protocol, limits, {
        ...listener,
        message: (bytes) => {
          const message = decodeHostMessage(bytes);
          if (message?.kind === 'frame') this.#noteWord(stream, JSON.parse(message.text));
          listener.message(bytes);
        },
      });
      const send = wire.send.bind(wire);
      const messages: Uint8Array[] = [];
      wire.send = (sent) => {
        // Lines are a home's own to say twice.
        messages.push(...sent.filter((message) => decodeHomeMessage(message)?.kind !== 'say'));
        messages.splice(0, messages.length - SAID_MAX);
        send(sent);
      };
      said.push((chance) => {
        const admissions = messages.filter((message) => decodeHomeMessage(message)?.kind === 'admit');
        const worth = admissions.length > 0 && chance.happens(0.5) ? admissions : messages;
        if (worth.length > 0) send([chance.oneOf(worth)]);
      });
      if (said.length > STREAMS_KEPT) said.shift();
      return wire;
    };
  }

  #noteWord(place: string, frame: ServerFrame): void {
    if (frame.type === 'say') this.#whereabouts.onWord(place, frame.text);
  }

  #at(number: number): VirtualMachine {
    const machine = this.#machines[number % this.#machines.length];
    if (machine === undefined) throw new Error('a ring of nobody');
    return machine;
  }

  #boot(machine: VirtualMachine): void {
    machine.boot();
  }

  #come(machine: VirtualMachine): void {
    const site = this.#chance.oneOf(machine.sites);
    this.#named += 1;
    const person: Person = { name: `V${this.#named}`, home: machine, tabs: [], at: site };
    if (!machine.isAwake) return;
    this.#people.push(person);
    this.#whereabouts.onCame(person.name, site, machine);
    this.#open(person, site);
  }

  #open(person: Person, site: string): void {
    const { home, name } = person;
    home.run(() => {
      // While the process stood still they may have been sent away.
      if (!this.#people.includes(person)) return;
      this.#tabs += 1;
      const place = `tab ${this.#tabs}`;
      const tab = this.#scenes.get(home)?.enter(
        site,
        name,
        (frame) => {
          this.#noteWord(place, frame);
          this.#hear(person, frame);
        },
        () => this.#leave(person),
      );
      if (tab !== undefined) person.tabs.push(tab);
    });
  }

  #hear(person: Person, frame: ServerFrame): void {
    if (frame.type !== 'hopped' || 'refused' in frame) return;
    if ('home' in frame && frame.home === 'kicked') this.#whereabouts.onToldWhy(person.name, person.at);
    person.at = frame.site.site;
  }

  #leave(person: Person): void {
    this.#whereabouts.onGone(person.name);
    this.#people = this.#people.filter((other) => other !== person);
  }

  #strike(blow: VisitBlow): void {
    const network = this.#network;
    switch (blow.kind) {
      case 'come':
        return this.#come(this.#at(blow.machine));
      case 'cut':
        return this.#cut(this.#at(blow.from), this.#at(blow.to), blow.oneWay);
      case 'heal': {
        const [from, to] = [this.#at(blow.from).address, this.#at(blow.to).address];
        network.heal(from, to);
        return network.heal(to, from);
      }
      case 'partition':
        for (const [a, near] of this.#machines.entries()) {
          for (const [b, far] of this.#machines.entries()) {
            if (a < blow.border && b >= blow.border) this.#cut(near, far, false);
          }
        }
        return undefined;
      case 'heal-all':
        return network.healAll();
      case 'weather':
        network.weather = blow.isSlow ? SLOW : CALM;
        return undefined;
      case 'crash':
        return this.#crash(this.#at(blow.machine), blow.powerLost);
      case 'shut-down':
        return this.#shutDown(this.#at(blow.machine));
      case 'boot':
        return this.#boot(this.#at(blow.machine));
      case 'freeze':
        return this.#at(blow.machine).freeze(true);
      case 'thaw':
        return this.#at(blow.machine).freeze(false);
      case 'replay':
        return this.#replay(this.#at(blow.machine));
      default: {
        const person = this.#people[blow.visitor % Math.max(1, this.#people.length)];
        if (person !== undefined) this.#act(person, blow);
      }
    }
  }

  #act(person: Person, blow: Extract<VisitBlow, { readonly visitor: number }>): void {
    const { home, name, tabs, at } = person;
    const scenes = this.#scenes.get(home);
    if (tabs.length === 0 || scenes === undefined) return;
    const tab = this.#chance.oneOf(tabs);
    switch (blow.kind) {
      case 'walk':
        return home.run(() => {
          this.#whereabouts.onAsked(name);
          scenes.hear(tab, { type: 'hop', side: blow.side });
        });
      case 'home':
        return home.run(() => scenes.hear(tab, { type: 'hop', home: true }));
      case 'say': {
        this.#words += 1;
        const text = `word ${this.#words}`;
        return home.run(() => scenes.hear(tab, { type: 'say', text }));
      }
      case 'tab':
        return this.#open(person, tab.sceneKey);
      case 'close':
        this.#leave(person);
        return home.run(() => {
          for (const each of tabs) scenes.leave(each);
        });
      case 'kick': {
        const host = this.#machines.find(({ sites }) => sites.includes(at));
        return host?.run(() => {
          // A home that gave this host up has its visitor back, and asks anew for all it knows.
          if (person.at === at) this.#whereabouts.onSentAway(name, at);
          this.#scenes.get(host)?.kick(at, name);
        });
      }
    }
  }

  #cut(from: VirtualMachine, to: VirtualMachine, oneWay: boolean): void {
    if (from === to) return;
    this.#network.cut(from.address, to.address);
    if (!oneWay) this.#network.cut(to.address, from.address);
  }

  #crash(machine: VirtualMachine, isPowerLost: boolean): void {
    if (machine.service === undefined) return;
    machine.crash(isPowerLost, false);
    this.#onEnded(machine);
  }

  #shutDown(machine: VirtualMachine): void {
    if (!machine.isAwake) return;
    const { boots } = machine;
    void machine.shutDown().then(() => {
      // It may have crashed on the way, and be up again.
      if (machine.boots === boots && machine.service === undefined) this.#onEnded(machine);
    });
  }

  #onEnded(machine: VirtualMachine): void {
    this.#whereabouts.onCrashed(machine);
    this.#scenes.get(machine)?.end();
    this.#scenes.delete(machine);
    this.#people = this.#people.filter(({ home }) => home !== machine);
  }

  /** Its streams may end for it, and its link be cut: whom it lied to has the right. */
  #replay(machine: VirtualMachine): void {
    const streams = this.#said.get(machine) ?? [];
    if (streams.length === 0) return;
    machine.run(() => this.#chance.oneOf(streams)(this.#chance));
  }

  #mend(): void {
    this.#network.healAll();
    this.#network.weather = CALM;
    for (const machine of this.#machines) {
      machine.freeze(false);
      // It may be busy saying goodbye.
      for (const delayMs of [0, LEAVING_MS]) this.#time.after(delayMs, () => this.#boot(machine));
    }
  }

  /** The ring counts as guests those who are seen as guests. */
  #checkGuests(): void {
    const away = this.#people.filter(({ at, tabs }) => at !== tabs[0]?.sceneKey).length;
    const guests = this.#machines.reduce((sum, { service }) => sum + (service?.guests() ?? 0), 0);
    if (guests !== away) this.#whereabouts.fail('V7', `${guests} guests are kept, and ${away} visitors are away`);
  }
}

const NOBODY: MachineWitness = {
  onBoot() {},
  onPopulated() {},
  onSealed() {},
  onView() {},
  onHeard() {},
  onCutOff() {},
  onSaved() {},
  onRings() {},
};
