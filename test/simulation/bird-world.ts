/** Squares in virtual time that take part in the ring's bird, and a witness of where it is drawn. */
import type { RingParts } from '../../federation/ring-service.ts';
import type { BirdNews } from '../../federation/types.ts';
import { Chance } from './chance.ts';
import { virtualRing, type VirtualRing } from './virtual-ring.ts';
import { VirtualMachine, type MachineWitness } from './virtual-machine.ts';
import { VirtualNetwork } from './virtual-network.ts';
import { VirtualTime } from './virtual-time.ts';

const UNWATCHED: MachineWitness = {
  onBoot() {},
  onPopulated() {},
  onSealed() {},
  onView() {},
  onHeard() {},
  onCutOff() {},
  onSaved() {},
  onRings() {},
};

export interface Visit {
  readonly machine: VirtualMachine;
  readonly site: string;
  readonly from: 'left' | 'right' | null;
  readonly cameAtMs: number;
  wentAtMs: number;
  toward: 'left' | 'right' | null;
}

export interface BirdWorldOptions {
  readonly sharing?: (index: number) => 'figures' | 'nothing';
  /** Broken on purpose. */
  readonly parts?: Partial<RingParts>;
}

export class BirdWorld {
  readonly time = new VirtualTime();
  readonly chance: Chance;
  readonly network: VirtualNetwork;
  readonly machines: readonly VirtualMachine[];
  readonly ring: VirtualRing;
  /** Every time that a bird was drawn, oldest first. */
  readonly visits: Visit[] = [];

  constructor(ring: VirtualRing, squares: number, seed: number, options: BirdWorldOptions) {
    this.ring = ring;
    this.chance = new Chance(seed);
    this.network = new VirtualNetwork(this.time, this.chance.branch(), { onDisturbance() {} });
    this.machines = ring.drafts.slice(0, squares).map((draft, index) => {
      const key = ring.keys[index];
      if (key === undefined) throw new Error(`no key for square ${index}`);
      const machine = new VirtualMachine(
        {
          name: `square ${index}`,
          key,
          address: draft.addrs[0] ?? '',
          sites: draft.sites.map(({ id }) => id),
          sharing: options.sharing?.(index) ?? 'figures',
          skewMs: this.chance.between(-20_000, 20_000),
        },
        {
          time: this.time,
          network: this.network,
          witness: UNWATCHED,
          parts: options.parts ?? {},
          onBird: (at, site, news) => this.#see(at, site, news),
          tamper() {},
        },
        this.chance.branch(),
      );
      machine.install(ring.documents, ring.ringId);
      return machine;
    });
  }

  static async of(squares: number, seed: number, options: BirdWorldOptions = {}): Promise<BirdWorld> {
    return new BirdWorld(await virtualRing(squares, false), squares, seed, options);
  }

  at(index: number): VirtualMachine {
    const machine = this.machines[index];
    if (machine === undefined) throw new Error(`no square ${index}`);
    return machine;
  }

  bootAll(): void {
    for (const machine of this.machines) machine.boot();
  }

  crash(machine: VirtualMachine, isPowerLost = false): void {
    machine.crash(isPowerLost, false);
    for (const visit of this.here()) if (visit.machine === machine) visit.wentAtMs = this.time.nowMs;
  }

  /** Where it is drawn now. */
  here(): Visit[] {
    return this.visits.filter(({ wentAtMs }) => wentAtMs === Infinity);
  }

  async run(forMs: number): Promise<void> {
    await this.time.run(this.time.nowMs + forMs);
  }

  /** Runs until it is drawn somewhere and the test likes it. @throws when that takes too long */
  async untilHere(fits: (visit: Visit) => boolean = () => true, withinMs = 600_000): Promise<Visit> {
    const endMs = this.time.nowMs + withinMs;
    while (this.time.nowMs < endMs) {
      await this.run(100);
      const found = this.here().find(fits);
      if (found !== undefined) return found;
    }
    throw new Error(`no such bird within ${withinMs} ms: ${JSON.stringify(this.visits.map(({ site }) => site))}`);
  }

  /** Cuts the ring between the first squares and the others. */
  partition(border: number): void {
    for (const near of this.machines.slice(0, border)) {
      for (const far of this.machines.slice(border)) {
        this.network.cut(near.address, far.address);
        this.network.cut(far.address, near.address);
      }
    }
  }

  #see(machine: VirtualMachine, site: string, news: BirdNews): void {
    const now = this.time.nowMs;
    if (news.action === 'come') {
      const stay = { machine, site, from: news.from, cameAtMs: now, wentAtMs: Infinity, toward: null };
      this.visits.push(stay);
      return;
    }
    const stay = this.here().find((visit) => visit.machine === machine && visit.site === site);
    if (stay === undefined) throw new Error(`${site} is told to let go of a bird that it does not show`);
    stay.wentAtMs = now;
    stay.toward = news.toward;
  }
}
