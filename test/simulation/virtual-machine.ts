/** A square's machine: a disk, a clock, an address, and the production ring service as its process. */
import { TrustedRings } from '../../federation/documents/trusted-state.ts';
import type { RingDocuments, StoredRing } from '../../federation/documents/types.ts';
import { createRingService } from '../../federation/index.ts';
import type { SquareKey } from '../../federation/node/identity.ts';
import { parseSummary, type Summary } from '../../federation/presence/summary.ts';
import type { RingParts, RingService, RingServiceDeps } from '../../federation/ring-service.ts';
import type { BirdNews, Clock, LocalPresence, Log, RingView, Sharing } from '../../federation/types.ts';
import type { Chance } from './chance.ts';
import { virtualPeerKeys } from './keys.ts';
import { VirtualDisk } from './virtual-disk.ts';
import type { Address, VirtualNetwork } from './virtual-network.ts';
import { VirtualNode } from './virtual-node.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Wall clock at the beginning of every simulation: 2026-11-23T12:00:00Z. */
export const NOON = Date.UTC(2026, 10, 23, 12);

/** Shorter than production's two minutes, so that replays meet the register and not gossip's memory. */
const SEEN_TTL_MS = 5_000;

/** What the simulation watches a machine do. */
export interface MachineWitness {
  onBoot(machine: VirtualMachine): void;
  onPopulated(machine: VirtualMachine, site: string): void;
  onSealed(machine: VirtualMachine, summary: Summary): void;
  onView(machine: VirtualMachine, site: string, view: RingView): void;
  onHeard(machine: VirtualMachine, from: string, topic: string, ageMs: number): void;
  onCutOff(machine: VirtualMachine, square: string): void;
  onSaved(machine: VirtualMachine, ring: StoredRing): void;
  onRings(machine: VirtualMachine): void;
}

export interface MachineSetup {
  readonly name: string;
  readonly key: SquareKey;
  readonly address: Address;
  readonly sites: readonly string[];
  readonly sharing: Sharing;
  /** Of the wall clock at the beginning, ms. */
  readonly skewMs: number;
}

/** What lives in a machine's process beside its ring service. */
export interface Tenant {
  samplePresence(site: string): LocalPresence;
  readonly receiveGuests: NonNullable<RingServiceDeps['receiveGuests']>;
  /** Called once, with the service that asks it. */
  attach(service: RingService): void;
}

export interface MachineWorld {
  /** A process begins. Default: the ring is alone in it, and presence is what the simulation put there. */
  moveIn?(machine: VirtualMachine, clock: Clock, chance: Chance): Tenant;
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  readonly witness: MachineWitness;
  readonly parts: Partial<RingParts>;
  /** The ring's bird comes and goes; absent: the squares take no part in it. */
  onBird?(machine: VirtualMachine, site: string, news: BirdNews): void;
  /** Breaks a node on purpose. */
  tamper(node: VirtualNode): void;
}

/** One process: from a boot to its end. */
interface Run {
  readonly service: RingService;
  readonly rings: TrustedRings;
  readonly epoch: number;
  readonly tenant: Tenant | undefined;
  node: VirtualNode | undefined;
  isAlive: boolean;
  isLeaving: boolean;
  /** What came while the process was stopped, in order; undefined while it runs. */
  waiting: (() => void)[] | undefined;
  timers: number;
}

export class VirtualMachine {
  readonly name: string;
  readonly key: SquareKey;
  readonly address: Address;
  readonly sites: readonly string[];
  readonly sharing: Sharing;
  /** Wall clock minus the simulation's, ms. */
  skewMs: number;
  readonly presence = new Map<string, LocalPresence>();
  readonly #world: MachineWorld;
  readonly #chance: Chance;
  readonly #disk: VirtualDisk;
  #epoch = 0;
  #boots = 0;
  #run: Run | undefined;

  constructor(setup: MachineSetup, world: MachineWorld, chance: Chance) {
    ({
      name: this.name,
      key: this.key,
      address: this.address,
      sites: this.sites,
      sharing: this.sharing,
      skewMs: this.skewMs,
    } = setup);
    this.#world = world;
    this.#chance = chance;
    this.#disk = new VirtualDisk((ring) => world.witness.onSaved(this, ring));
  }

  get service(): RingService | undefined {
    return this.#run?.service;
  }

  get rings(): TrustedRings | undefined {
    return this.#run?.rings;
  }

  get node(): VirtualNode | undefined {
    return this.#run?.node;
  }

  /** Tells its runs apart, and from those of a copy. */
  get boots(): string {
    return `${this.address} ${this.#boots}`;
  }

  get epoch(): number {
    return this.#run?.epoch ?? 0;
  }

  /** Runs, is not stopped and has not begun to say goodbye. */
  get isAwake(): boolean {
    return this.#run !== undefined && this.#run.waiting === undefined && !this.#run.isLeaving;
  }

  get pendingTimers(): number {
    return this.#run?.timers ?? 0;
  }

  wallMs(): number {
    return NOON + this.#world.time.nowMs + this.skewMs;
  }

  /** Puts documents on the disk as an operator would, before the first start. */
  install(documents: RingDocuments, ringId: string): void {
    this.#disk.save({ ringId, ...documents });
  }

  fillDisk(isFull: boolean): void {
    this.#disk.isFull = isFull;
  }

  /** Starts the process. What was on the disk is all it knows. */
  boot(): void {
    if (this.#run !== undefined) return;
    const { time, network, witness, parts } = this.#world;
    const { key } = this;
    this.#boots += 1;
    const rings = new TrustedRings(this.#disk, { self: key.square });
    this.#epoch = Math.max(this.#epoch + 1, Math.floor(this.wallMs() / 1_000));
    const epoch = this.#epoch;
    const exec = (work: () => void): void => this.#exec(run, work);
    const bootedAtMs = time.nowMs - this.#chance.between(0, 1e9);
    const clock: Clock = {
      now: () => this.wallMs(),
      monotonic: () => time.nowMs - bootedAtMs,
      setTimer: (work, delayMs) => {
        run.timers += 1;
        let isPending = true;
        const settle = (): boolean => {
          if (isPending) run.timers -= 1;
          const wasPending = isPending;
          isPending = false;
          return wasPending;
        };
        const timer = time.after(delayMs, () => exec(() => void (settle() && work())));
        return {
          cancel() {
            timer.cancel();
            settle();
          },
        };
      },
    };
    const log: Log = {
      debug() {},
      info() {},
      warn: (fields, message) => {
        if (message.startsWith('square cut off') && 'square' in fields) witness.onCutOff(this, String(fields.square));
      },
      error() {},
    };
    const tenant = this.#world.moveIn?.(this, clock, this.#chance.branch());
    const service = createRingService(
      {
        key: { ...key, sign: (bytes) => this.#sign(run, bytes) },
        rings,
        nextEpoch: () => epoch,
        localSites: () =>
          rings.all().flatMap(({ ringId }) =>
            this.sites.map((siteId) => ({
              ringId,
              siteId,
              sharing: this.sharing,
              admitsGuests: true,
              letsVisitorsOut: true,
            })),
          ),
        samplePresence: (site) => tenant?.samplePresence(site) ?? this.presence.get(site) ?? { count: 0, figures: [] },
        receiveGuests: (site, opening) => tenant?.receiveGuests(site, opening),
        filterPlate: (_site, plate) => plate,
        ...(this.#world.onBird !== undefined && {
          bird: {
            show: (site: string, news: BirdNews) => {
              if (run.isAlive) this.#world.onBird?.(this, site, news);
            },
            roosts: this.#disk.roosts,
          },
        }),
        log,
        count: () => {},
        clock,
        randomBytes: this.#chance.branch().bytes,
        parts: {
          peerKeys: virtualPeerKeys,
          createSquareNode: async (deps, options) => {
            const onGossip = (from: string, topic: string, ageMs: number): void =>
              witness.onHeard(this, from, topic, ageMs);
            run.node = new VirtualNode({ time, network, exec, onGossip }, deps, options);
            this.#world.tamper(run.node);
            return run.node;
          },
          ...parts,
        },
      },
      { listen: [this.address], seenTtlMs: SEEN_TTL_MS },
    );
    const run: Run = {
      service,
      rings,
      epoch,
      tenant,
      node: undefined,
      isAlive: true,
      isLeaving: false,
      waiting: undefined,
      timers: 0,
    };
    this.#run = run;
    witness.onBoot(this);
    rings.onChange(() => {
      if (run.isAlive) witness.onRings(this);
    });
    service.onView((site, view) => {
      if (run.isAlive) witness.onView(this, site, view);
    });
    tenant?.attach(service);
    time.noteAsync();
    void service.start();
  }

  /** The process ends without a word. @param isPowerLost its machine ends with it and resets no connection */
  crash(isPowerLost: boolean, isDiskLost: boolean): void {
    const run = this.#run;
    if (run === undefined) return;
    run.isAlive = false;
    this.#run = undefined;
    run.node?.end(isPowerLost);
    if (!isDiskLost) return;
    this.#epoch = 0;
    this.#disk.replace();
  }

  /** The operator stops the square. */
  async shutDown(): Promise<void> {
    const run = this.#run;
    if (run === undefined || !this.isAwake) return;
    run.isLeaving = true;
    this.#world.time.noteAsync();
    await run.service.stop(new AbortController().signal);
    // It may have crashed on the way.
    if (this.#run === run) this.crash(false, false);
  }

  /** SIGSTOP, and SIGCONT. */
  freeze(isStopped: boolean): void {
    const run = this.#run;
    if (run === undefined || isStopped === (run.waiting !== undefined)) return;
    this.#world.network.stopped(this.address, isStopped);
    if (isStopped) {
      run.waiting = [];
      return;
    }
    const { waiting = [] } = run;
    run.waiting = undefined;
    for (const work of waiting) this.#exec(run, work);
    this.#world.time.noteAsync();
  }

  populate(site: string, presence: LocalPresence): void {
    this.presence.set(site, presence);
    this.#world.witness.onPopulated(this, site);
    this.run((service) => service.touch(site));
  }

  /** Something reaches the process, which may be stopped for now, or gone. */
  run(work: (service: RingService) => void): void {
    const run = this.#run;
    if (run !== undefined) this.#exec(run, () => work(run.service));
  }

  #exec(run: Run, work: () => void): void {
    if (!run.isAlive) return;
    // Its scenes and its ring hand things to each other on later turns.
    if (run.tenant !== undefined) this.#world.time.noteAsync();
    if (run.waiting === undefined) work();
    else run.waiting.push(work);
  }

  #sign(run: Run, bytes: Uint8Array): Uint8Array {
    const summary = parseSummary(bytes);
    if (summary !== undefined && run.isAlive) this.#world.witness.onSealed(this, summary);
    return this.key.sign(bytes);
  }
}
