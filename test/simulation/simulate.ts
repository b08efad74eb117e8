/** One schedule from beginning to end, on the production code. */
import type { Members, RingDocuments, TrustedRing } from '../../federation/documents/types.ts';
import { addMember, removeMember } from '../../federation/governance/members-list.ts';
import { publishMembers } from '../../federation/governance/publish.ts';
import type { RingParts } from '../../federation/ring-service.ts';
import type { FigurePose, LocalPresence, Sharing, Side } from '../../federation/types.ts';
import { Chance } from './chance.ts';
import { HostileMember } from './hostile-member.ts';
import { Oracle, TICK_MS, type Violation } from './oracle.ts';
import { CALM_MS, type Blow, type Schedule } from './schedule.ts';
import { NOON, VirtualMachine } from './virtual-machine.ts';
import { CALM, VirtualNetwork, type Weather } from './virtual-network.ts';
import type { VirtualNode } from './virtual-node.ts';
import { HOSTILE_SITE, virtualRing, type VirtualRing } from './virtual-ring.ts';
import { VirtualTime } from './virtual-time.ts';

const WEATHERS: Readonly<Record<Extract<Blow, { kind: 'weather' }>['weather'], Weather>> = {
  calm: CALM,
  slow: { ...CALM, delayMs: [100, 400] },
  lossy: { ...CALM, lost: 0.25 },
  doubling: { ...CALM, doubled: 0.4 },
  overtaking: { ...CALM, overtaken: 0.3 },
  foul: { delayMs: [20, 300], lost: 0.15, doubled: 0.2, overtaken: 0.2 },
};
type Publication = Extract<Blow, { kind: 'publish' }>['change'];

const SHARING: readonly Sharing[] = ['figures', 'figures', 'figures', 'count', 'nothing'];
const POSES: readonly FigurePose[] = ['stand', 'sit', 'wave'];
/** `state?` is waited for this long. */
const ANSWER_MS = 3_000;
/** A square that stops waits this long for its goodbye to be heard, at most. */
const LEAVING_MS = 1_200;

/** What a test puts in or looks into: parts that are broken on purpose, to see that it is noticed. */
export interface Interference {
  readonly parts?: Partial<RingParts>;
  tamper?(node: VirtualNode): void;
  /** A square uses another list than before. */
  onList?(machine: VirtualMachine, version: number, atMs: number): void;
  /** All is mended and calm; next the squares stop. */
  atEnd?(machines: readonly VirtualMachine[]): void;
}

/** @returns the first invariant broken, undefined when all held */
export async function simulate(schedule: Schedule, interference: Interference = {}): Promise<Violation | undefined> {
  const ring = await virtualRing(schedule.squares, schedule.hasHostile);
  return new Simulation(schedule, ring, interference).run();
}

class Simulation {
  readonly #schedule: Schedule;
  readonly #ring: VirtualRing;
  readonly #time = new VirtualTime();
  readonly #chance: Chance;
  readonly #oracle: Oracle;
  readonly #network: VirtualNetwork;
  readonly #interference: Interference;
  readonly #machines: VirtualMachine[];
  readonly #copies: VirtualMachine[] = [];
  readonly #hostile: HostileMember;
  readonly #frozenAtMs = new Map<VirtualMachine, number>();
  /** The newest documents that an admin published. */
  #latest: RingDocuments;
  #latestVersion = 1;

  constructor(schedule: Schedule, ring: VirtualRing, interference: Interference) {
    this.#schedule = schedule;
    this.#ring = ring;
    this.#interference = interference;
    this.#latest = ring.documents;
    this.#chance = new Chance(schedule.seed ^ 0x5eed);
    this.#oracle = new Oracle(this.#time, ring.ringId, (machine, version) =>
      interference.onList?.(machine, version, this.#time.nowMs),
    );
    this.#network = new VirtualNetwork(this.#time, this.#chance.branch(), this.#oracle);
    this.#machines = ring.drafts.slice(0, schedule.squares).map((draft, index) => this.#machine(index, draft.addrs[0]));
    const [key, draft] = [ring.keys[schedule.squares], ring.drafts[schedule.squares]];
    if (key === undefined || draft === undefined) throw new Error('no key for the hostile member');
    this.#oracle.hostile.add(key.square);
    this.#oracle.hostileSites.add(HOSTILE_SITE);
    this.#hostile = new HostileMember(
      {
        key,
        address: draft.addrs[0] ?? '',
        site: HOSTILE_SITE,
        ringId: ring.ringId,
        documents: [ring.documents],
        victims: this.#machines.map(({ key: { square }, address, sites: [site = ''] }) => ({ square, address, site })),
      },
      this.#time,
      this.#network,
      this.#chance.branch(),
    );
  }

  async run(): Promise<Violation | undefined> {
    const { steps, mendedAtMs } = this.#schedule;
    for (const machine of this.#machines) this.#boot(machine);
    // Without a place in the list it is the stranger at the door.
    void this.#hostile.start();
    for (const { atMs, blow } of steps) {
      await this.#until(atMs);
      if (this.#oracle.violation !== undefined) return this.#oracle.violation;
      this.#strike(blow);
    }
    await this.#until(mendedAtMs);
    this.#mend();
    await this.#until(mendedAtMs + CALM_MS);
    this.#checkLists();
    this.#interference.atEnd?.(this.#machines);
    for (const machine of this.#machines) void machine.shutDown();
    await this.#time.run(this.#time.nowMs + 2_000);
    for (const { name, service } of this.#machines) {
      if (service !== undefined) this.#oracle.fail('I6', `${name} does not stop`);
    }
    return this.#oracle.violation;
  }

  async #until(atMs: number): Promise<void> {
    while (this.#time.nowMs < atMs && this.#oracle.violation === undefined) {
      await this.#time.run(Math.min(atMs, this.#time.nowMs + TICK_MS));
      this.#oracle.check([...this.#machines, ...this.#copies], (a, b) => this.#network.isCut(a, b));
    }
  }

  #machine(index: number, address = '', suffix = ''): VirtualMachine {
    const { keys, drafts, documents, ringId } = this.#ring;
    const key = keys[index];
    if (key === undefined) throw new Error(`no square ${index}`);
    const machine = new VirtualMachine(
      {
        name: `square ${index}${suffix}`,
        key,
        address,
        sites: (drafts[index]?.sites ?? []).map(({ id }) => id),
        sharing: this.#chance.oneOf(SHARING),
        skewMs: this.#schedule.skewsMs[index] ?? 0,
      },
      {
        time: this.#time,
        network: this.#network,
        witness: this.#oracle,
        parts: this.#interference.parts ?? {},
        tamper: (node) => this.#interference.tamper?.(node),
      },
      this.#chance.branch(),
    );
    machine.install(documents, ringId);
    this.#oracle.noteDurable(machine, documents);
    return machine;
  }

  #at(number: number): VirtualMachine {
    const machine = this.#machines[number % this.#machines.length];
    if (machine === undefined) throw new Error('a ring of nobody');
    return machine;
  }

  #boot(machine: VirtualMachine): void {
    if (machine.service !== undefined) return;
    for (const site of machine.sites) machine.populate(site, this.#presence(2));
    machine.boot();
  }

  #presence(figures: number): LocalPresence {
    return {
      count: this.#oracle.freshCount(),
      figures: Array.from({ length: figures }, (_, visitor) => ({
        visitor,
        x: this.#chance.fraction(),
        color: visitor % 12,
        pose: this.#chance.oneOf(POSES),
        walking: this.#chance.happens(0.1),
        drawn: true,
      })),
    };
  }

  #strike(blow: Blow): void {
    const network = this.#network;
    switch (blow.kind) {
      case 'populate': {
        const machine = this.#at(blow.machine);
        machine.populate(this.#chance.oneOf(machine.sites), this.#presence(blow.figures));
        return;
      }
      case 'cut':
        this.#cut(this.#at(blow.from), this.#at(blow.to), blow.oneWay);
        return;
      case 'heal': {
        const [from, to] = [this.#at(blow.from).address, this.#at(blow.to).address];
        network.heal(from, to);
        network.heal(to, from);
        return;
      }
      case 'partition':
        for (const [a, near] of this.#machines.entries()) {
          for (const [b, far] of this.#machines.entries()) {
            if (a < blow.border && b >= blow.border) this.#cut(near, far, false);
          }
        }
        return;
      case 'heal-all':
        network.healAll();
        return;
      case 'mute':
        network.mute(this.#at(blow.from).address, this.#at(blow.to).address);
        return;
      case 'weather':
        network.weather = WEATHERS[blow.weather];
        this.#oracle.foul(network.weather);
        return;
      case 'crash':
        this.#crash(this.#at(blow.machine), blow.powerLost, blow.diskLost);
        return;
      case 'shut-down':
        void this.#at(blow.machine).shutDown();
        return;
      case 'boot':
        this.#boot(this.#at(blow.machine));
        return;
      case 'freeze':
        this.#freeze(this.#at(blow.machine));
        return;
      case 'thaw':
        this.#thaw(this.#at(blow.machine));
        return;
      case 'clock-jump':
        this.#setSkew(this.#at(blow.machine), this.#at(blow.machine).skewMs + blow.byMs);
        return;
      case 'disk-full':
        this.#at(blow.machine).fillDisk(blow.isFull);
        return;
      case 'double':
        this.#double(blow.machine % this.#machines.length);
        return;
      case 'publish':
        this.#publish(this.#at(blow.machine), this.#at(blow.machine + 1), blow.change);
        return;
      case 'fork':
        this.#fork(this.#at(blow.machine), this.#at(blow.other));
        return;
      case 'hop':
        void this.#hop(this.#at(blow.machine), blow.side, blow.redeems);
        return;
      case 'hostile':
        this.#hostile.act(blow.act);
    }
  }

  #cut(from: VirtualMachine, to: VirtualMachine, oneWay: boolean): void {
    if (from === to) return;
    this.#oracle.answersHeldMs = ANSWER_MS;
    this.#network.cut(from.address, to.address);
    if (!oneWay) this.#network.cut(to.address, from.address);
  }

  #crash(machine: VirtualMachine, isPowerLost: boolean, isDiskLost: boolean): void {
    if (machine.service === undefined) return;
    this.#thaw(machine);
    machine.crash(isPowerLost, isDiskLost);
    if (!isDiskLost) return;
    // The operator has the key and the documents of old.
    machine.install(this.#ring.documents, this.#ring.ringId);
    this.#oracle.onDiskLost(machine);
    this.#oracle.noteDurable(machine, this.#ring.documents);
  }

  #freeze(machine: VirtualMachine): void {
    if (!machine.isAwake) return;
    this.#frozenAtMs.set(machine, this.#time.nowMs);
    this.#disturb(machine, 'path');
    machine.freeze(true);
  }

  #thaw(machine: VirtualMachine): void {
    const frozenAtMs = this.#frozenAtMs.get(machine);
    if (frozenAtMs === undefined) return;
    this.#frozenAtMs.delete(machine);
    this.#oracle.onThawed(machine, this.#time.nowMs - frozenAtMs);
    machine.freeze(false);
    this.#disturb(machine, 'path');
  }

  #setSkew(machine: VirtualMachine, skewMs: number): void {
    machine.skewMs = skewMs;
    // What was said by the old clock may be ignored by the new one, until it is said again.
    this.#disturb(machine, 'loss');
  }

  #disturb(machine: VirtualMachine, kind: 'path' | 'loss'): void {
    for (const { address } of this.#machines) this.#oracle.onDisturbance(machine.address, address, kind);
  }

  #double(index: number): void {
    const original = this.#at(index);
    if (this.#copies.length > 0 || original.service === undefined) return;
    const copy = this.#machine(index, original.address.replace('square.', 'copy.'), ' (copy)');
    this.#oracle.doubled.add(original.key.square);
    this.#copies.push(copy);
    this.#boot(copy);
  }

  #publish(admin: VirtualMachine, other: VirtualMachine, change: Publication): void {
    const published = this.#sign(admin, other, change, 0);
    if (published !== undefined) this.#give(admin, published);
  }

  #fork(admin: VirtualMachine, other: VirtualMachine): void {
    if (admin === other) return;
    // Neither has heard of the other's list when it signs.
    const [ours, theirs] = [this.#sign(admin, other, 'nothing', 0), this.#sign(other, admin, 'nothing', 60_000)];
    if (ours !== undefined) this.#give(admin, ours);
    if (theirs !== undefined) this.#give(other, theirs);
  }

  /** The next documents after those that this admin's square trusts, if it is in the ring and up to date. */
  #sign(admin: VirtualMachine, other: VirtualMachine, change: Publication, laterMs: number): RingDocuments | undefined {
    const present = admin.rings?.get(this.#ring.ringId);
    if (!admin.isAwake || present === undefined || present.members.version !== this.#latestVersion) return undefined;
    // Nobody would hear of a list from a square that was shown out.
    if (!present.members.members.some(({ square }) => square === admin.key.square)) return undefined;
    const next = this.#draft(present, other, change);
    const keys = { admin: this.#ring.adminKeys.admin1, online: this.#ring.adminKeys.online };
    const now = NOON + this.#time.nowMs + laterMs;
    const published = next === undefined ? undefined : publishMembers(present, next, keys, { now });
    return published?.ok === true ? { ...present.envelopes, ...published.value } : undefined;
  }

  /** An admin whose disk is full publishes nothing. */
  #give(admin: VirtualMachine, documents: RingDocuments): void {
    if (admin.rings?.accept(documents, admin.wallMs()).ok !== true) return;
    this.#latest = documents;
    this.#latestVersion = admin.rings.get(this.#ring.ringId)?.members.version ?? this.#latestVersion;
    this.#hostile.learn(documents);
  }

  #draft(
    present: TrustedRing,
    other: VirtualMachine,
    change: Publication,
  ): Pick<Members, 'members' | 'revoked'> | undefined {
    const now = NOON + this.#time.nowMs;
    const { members } = present;
    if (change === 'show-out') {
      const removed = removeMember(members, other.key.square, { now, reason: 'spam' });
      return removed.ok ? removed.value : undefined;
    }
    if (change === 'nothing') return members;
    const out = this.#machines.find(({ key }) => members.revoked.some(({ square }) => square === key.square));
    const draft = this.#ring.drafts.find(({ square }) => square === out?.key.square);
    const added = draft === undefined ? undefined : addMember(members, draft, { now });
    return added?.ok === true ? added.value : undefined;
  }

  async #hop(from: VirtualMachine, side: Side, redeems: number): Promise<void> {
    const [site = ''] = from.sites;
    if (!from.isAwake) return;
    const toSite = from.service?.view(site)?.[side]?.site;
    const outcome = await from.service?.offer(site, side, { name: 'Ana', look: 7 });
    const to = this.#machines.find(({ sites }) => toSite !== undefined && sites.includes(toSite));
    if (outcome?.ok !== true || outcome.code === undefined || to === undefined || toSite === undefined) return;
    const { code } = outcome;
    for (let turn = 0; turn < redeems; turn += 1) {
      this.#time.after(this.#chance.between(0, 20_000), () => {
        if (to.isAwake && to.service?.redeem(toSite, code) !== undefined) this.#oracle.onRedeemed(to, code);
      });
    }
  }

  /** What operators do when they come back from their holidays. */
  #mend(): void {
    this.#network.healAll();
    this.#network.weather = CALM;
    for (const copy of this.#copies) copy.crash(false, false);
    for (const machine of this.#machines) {
      machine.fillDisk(false);
      this.#setSkew(machine, 0);
      this.#thaw(machine);
      // The remedy for a key used twice is to stop one and to start the other again.
      if (this.#oracle.doubled.delete(machine.key.square)) this.#crash(machine, false, false);
      // It may be busy saying goodbye.
      for (const delayMs of [0, LEAVING_MS]) this.#time.after(delayMs, () => this.#boot(machine));
      // Who was shown out and let in again hears of it from its admin.
      this.#time.after(2_000, () => {
        const members = machine.rings?.get(this.#ring.ringId)?.members;
        const isIn = members?.members.some(({ square }) => square === machine.key.square);
        if (isIn !== true) machine.rings?.accept(this.#latest, machine.wallMs());
      });
    }
  }

  /**
   * Whoever is in the newest list has it, and there is one newest list, unless the one disk that held it was lost. A square that
   * its own list shows out is spoken to by nobody: of two lists of one version it may keep the one that it was given.
   */
  #checkLists(): void {
    const newest = this.#machines.flatMap(({ rings, key }) => {
      const trusted = rings?.get(this.#ring.ringId);
      const isIn = trusted?.members.members.some(({ square }) => square === key.square) === true;
      return trusted?.members.version === this.#latestVersion && isIn ? [trusted] : [];
    });
    const payloads = new Set(newest.map(({ envelopes }) => envelopes.members.payload));
    if (payloads.size > 1) this.#oracle.fail('I3', `${payloads.size} lists of version ${this.#latestVersion}`);
    for (const machine of this.#machines) {
      const isIn = newest[0]?.members.members.some(({ square }) => square === machine.key.square) === true;
      const version = machine.rings?.get(this.#ring.ringId)?.members.version;
      if (!isIn || version === this.#latestVersion) continue;
      const what = `${machine.name} has list ${version} when all is mended; the ring has ${this.#latestVersion}`;
      this.#oracle.fail('I3', what);
    }
  }
}
