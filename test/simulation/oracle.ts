/**
 * Watches a simulation from outside and says which invariant was broken. It believes nothing that a square says about
 * itself: every presence has a head count that no other presence of the simulation has, so a gate that shows one tells
 * exactly which moment of which square it shows.
 *
 * I1 `(epoch, seq)` never goes back for a viewer. I2 nobody is shown more than 15 s after their square fell silent.
 * I3 views are equal 2 s after links, presence or lists changed, and links come back. I4 nothing from a non-member is shown,
 * and who was shown out is deaf and mute. I5 a code redeems at most once. I6 timers stay within their bound (maps:
 * bounds.test.ts). I7 the trusted list never goes back, restarts included, and nothing is used before it is saved.
 * I8 no honest square is cut off.
 */
import type { Members, StoredRing } from '../../federation/documents/types.ts';
import { DIM_MAX_AGE_MS } from '../../federation/presence/register.ts';
import type { Summary } from '../../federation/presence/summary.ts';
import type { GateView, RingView } from '../../federation/types.ts';
import type { MachineWitness, VirtualMachine } from './virtual-machine.ts';
import { CALM, type Address, type NetworkListener, type Weather } from './virtual-network.ts';
import type { VirtualTime } from './virtual-time.ts';

export type InvariantId = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8';

export interface Violation {
  readonly invariant: InvariantId;
  readonly atMs: number;
  readonly what: string;
}

/** How often the whole is looked at; changes of views are looked at as they come. */
export const TICK_MS = 250;

const VIEWS_EQUAL_MS = 2_000;
/** A lost message is made good by the next refresh: at most 6 s later, and its way. */
const LOSS_MENDED_MS = 9_000;
/** A dial that began before the heal waits its 4 s out, the next comes within 3 s, then the handshake. */
const LINKS_BACK_MS = 12_000;
/** A clock that is further off than 60 s makes its square unheard; the margin is for jumps and ways. */
const SKEW_MS = 55_000;
const TIMERS_MAX = 64;
/** Messages of one site within the 15 s that matter: 2 a second, each by a few ways. */
const WAYS_KEPT = 200;
/** Everything that was ever signed about one head count. */
interface Truth {
  epoch: number;
  firstSeq: number;
  lastSeq: number;
}

interface Disturbed {
  path: number;
  link: number;
  loss: number;
}

/** What the oracle remembers about one run of one machine. */
interface Watched {
  readonly bootedAtMs: number;
  listChangedAtMs: number;
  members: Members | undefined;
  /** Highest order that its gates ever showed, by site. */
  readonly shown: Map<string, { readonly epoch: number; readonly seq: number; readonly count: number }>;
  /** Answers were held while the machine was stopped: how long, and until when they may be shown. */
  frozen: { readonly forMs: number; readonly untilMs: number };
  /** Ways of messages heard lately, by site, oldest first: when, and how old they were. */
  readonly ways: Map<string, { readonly atMs: number; readonly ageMs: number }[]>;
}

export class Oracle implements MachineWitness, NetworkListener {
  violation: Violation | undefined;
  readonly #time: VirtualTime;
  readonly #ringId: string;
  readonly #onList: (machine: VirtualMachine, version: number) => void;
  readonly #truths = new Map<string, Map<number, Truth>>();
  readonly #sealedAtMs = new Map<string, number>();
  readonly #populatedAtMs = new Map<string, number>();
  readonly #topEpoch = new Map<string, { readonly epoch: number; readonly boot: string }>();
  readonly #disturbed = new Map<string, Disturbed>();
  readonly #watched = new Map<VirtualMachine, Watched>();
  readonly #bySquare = new Map<string, VirtualMachine>();
  /** The first machine there is for each site. */
  readonly #hosts = new Map<string, VirtualMachine>();
  readonly #floor = new Map<VirtualMachine, { members: number; charter: number; beat: number }>();
  readonly #durable = new Map<VirtualMachine, number>();
  readonly #redeemed = new Set<string>();
  #nextCount = 1;
  /** Squares that lie; of others it is a fault when they are cut off. */
  readonly hostile = new Set<string>();
  readonly hostileSites = new Set<string>();
  /** Keys that run twice: order is between their two runs, and which is heard is anybody's guess. */
  readonly doubled = new Set<string>();
  /** Longest way there and back in the weather so far, ms. */
  graceMs = 2 * CALM.delayMs[1];
  /** Paths were cut: an answer to `state?` may have been held as long as its asker waits. */
  answersHeldMs = 0;

  constructor(
    time: VirtualTime,
    ringId: string,
    onList: (machine: VirtualMachine, version: number) => void = () => {},
  ) {
    this.#time = time;
    this.#ringId = ringId;
    this.#onList = onList;
  }

  fail(invariant: InvariantId, what: string): void {
    this.violation ??= { invariant, atMs: Math.round(this.#time.nowMs), what };
  }

  /** A head count that no presence had before. */
  freshCount(): number {
    return this.#nextCount++;
  }

  foul(weather: Weather): void {
    this.graceMs = Math.max(this.graceMs, 2 * weather.delayMs[1]);
  }

  // What machines and network tell.

  onBoot(machine: VirtualMachine): void {
    const nowMs = this.#time.nowMs;
    const watched: Watched = {
      bootedAtMs: nowMs,
      listChangedAtMs: nowMs,
      members: undefined,
      shown: new Map(),
      frozen: { forMs: 0, untilMs: 0 },
      ways: new Map(),
    };
    this.#watched.set(machine, watched);
    // A copy comes after the one it is a copy of.
    if (!this.#bySquare.has(machine.key.square)) this.#bySquare.set(machine.key.square, machine);
    this.onRings(machine);
  }

  onPopulated(_machine: VirtualMachine, site: string): void {
    this.#populatedAtMs.set(site, this.#time.nowMs);
  }

  onSealed(machine: VirtualMachine, { site, epoch, seq, count, versions }: Summary): void {
    this.#sealedAtMs.set(site, this.#time.nowMs);
    if (epoch > (this.#topEpoch.get(site)?.epoch ?? 0)) this.#topEpoch.set(site, { epoch, boot: machine.boots });
    if (versions.members > (this.#durable.get(machine) ?? 0)) {
      this.fail('I7', `${machine.name} speaks of list ${versions.members} before it is saved`);
    }
    if (count === null) return;
    const truths = this.#truths.get(site) ?? new Map<number, Truth>();
    this.#truths.set(site, truths);
    const truth = truths.get(count) ?? { epoch, firstSeq: seq, lastSeq: seq };
    if (truth.epoch !== epoch) Object.assign(truth, { epoch, firstSeq: seq });
    truth.lastSeq = seq;
    truths.set(count, truth);
  }

  onSaved(machine: VirtualMachine, ring: StoredRing): void {
    this.noteDurable(machine, ring);
  }

  /** What is on a machine's disk; called for what an operator puts there too. */
  noteDurable(machine: VirtualMachine, { members: { payload } }: Pick<StoredRing, 'members'>): void {
    const list: { version: number } = JSON.parse(Buffer.from(payload, 'base64').toString());
    this.#durable.set(machine, list.version);
  }

  onDiskLost(machine: VirtualMachine): void {
    this.#floor.delete(machine);
  }

  onRings(machine: VirtualMachine): void {
    const watched = this.#watched.get(machine);
    const ring = machine.rings?.get(this.#ringId);
    if (watched === undefined || ring === undefined) return;
    if (watched.members !== ring.members) {
      watched.listChangedAtMs = this.#time.nowMs;
      watched.shown.clear();
      this.#onList(machine, ring.members.version);
    }
    watched.members = ring.members;
    const [members, charter, beat] = [ring.members.version, ring.charter.version, ring.beat.version];
    const floor = this.#floor.get(machine) ?? { members, charter, beat };
    if (members < floor.members || charter < floor.charter || beat < floor.beat) {
      this.fail('I7', `${machine.name} went from ${JSON.stringify(floor)} back to ${members}, ${charter}, ${beat}`);
    }
    this.#floor.set(machine, { members, charter, beat });
    if (members > (this.#durable.get(machine) ?? 0)) this.fail('I7', `${machine.name} uses a list it has not saved`);
  }

  onView(machine: VirtualMachine, _site: string, { left, right }: RingView): void {
    const watched = this.#watched.get(machine);
    if (watched === undefined || !machine.isAwake) return;
    for (const gate of [left, right]) {
      if (gate === null || machine.sites.includes(gate.site)) continue;
      this.#checkShown(machine, watched, gate);
    }
  }

  onHeard(machine: VirtualMachine, from: string, topic: string, ageMs: number): void {
    const watched = this.#watched.get(machine);
    if (watched === undefined) return;
    const nowMs = this.#time.nowMs;
    const site = topic.slice(topic.lastIndexOf('/') + 1);
    const ways = watched.ways.get(site) ?? [];
    watched.ways.set(site, ways);
    if (ways.push({ atMs: nowMs, ageMs }) > WAYS_KEPT) ways.shift();
    const sender = this.#bySquare.get(from);
    const told = sender === undefined ? undefined : this.#watched.get(sender);
    if (sender === undefined || told === undefined || this.hostile.has(from) || this.doubled.has(from)) return;
    if (nowMs - told.listChangedAtMs <= VIEWS_EQUAL_MS + this.graceMs + ageMs) return;
    if (told.members?.members.some(({ square }) => square === machine.key.square) === true) return;
    this.fail('I4', `${sender.name} still talks to ${machine.name}, which it saw shown out`);
  }

  onCutOff(machine: VirtualMachine, square: string): void {
    if (this.hostile.has(square) || this.doubled.has(square)) return;
    this.fail('I8', `${machine.name} cut off ${square}, which did nothing wrong`);
  }

  onThawed(machine: VirtualMachine, forMs: number): void {
    const watched = this.#watched.get(machine);
    if (watched !== undefined) watched.frozen = { forMs, untilMs: this.#time.nowMs + DIM_MAX_AGE_MS + TICK_MS };
  }

  onRedeemed(machine: VirtualMachine, code: string): void {
    if (this.#redeemed.has(code)) this.fail('I5', `${machine.name} took a code a second time`);
    this.#redeemed.add(code);
  }

  onDisturbance(a: Address, b: Address, kind: keyof Disturbed): void {
    const key = pairOf(a, b);
    const disturbed = this.#disturbed.get(key) ?? { path: 0, link: 0, loss: 0 };
    disturbed[kind] = this.#time.nowMs;
    this.#disturbed.set(key, disturbed);
  }

  // What is looked at every tick.

  check(machines: readonly VirtualMachine[], isCut: (a: Address, b: Address) => boolean): void {
    for (const machine of machines) {
      for (const site of machine.sites) if (!this.#hosts.has(site)) this.#hosts.set(site, machine);
    }
    for (const machine of machines) {
      const watched = this.#watched.get(machine);
      if (!machine.isAwake || watched?.members === undefined) continue;
      if (machine.pendingTimers > TIMERS_MAX) this.fail('I6', `${machine.name} has ${machine.pendingTimers} timers`);
      const gates = gatesOf(machine);
      this.#checkSilence(machine, watched, gates);
      if (!this.doubled.has(machine.key.square)) this.#checkEquality(machine, watched, gates, isCut);
    }
  }

  /** I1 and I4. */
  #checkShown(machine: VirtualMachine, watched: Watched, { site, count }: GateView): void {
    if (count === undefined || count === 0) return;
    const truth = this.#truths.get(site)?.get(count);
    if (truth === undefined) {
      if (this.hostileSites.has(site)) return;
      this.fail('I4', `${machine.name} shows ${count} at ${site}, which its square never said`);
      return;
    }
    const before = watched.shown.get(site);
    if (before !== undefined && before.count !== count) {
      const isBack = truth.epoch < before.epoch || (truth.epoch === before.epoch && truth.lastSeq < before.seq);
      if (isBack) {
        const now = `${truth.epoch}/${truth.firstSeq}–${truth.lastSeq} (${count})`;
        this.fail(
          'I1',
          `${machine.name} went from ${before.epoch}/${before.seq} (${before.count}) back to ${now} of ${site}`,
        );
      }
    }
    const seq = before?.count === count ? before.seq : truth.firstSeq;
    watched.shown.set(site, { epoch: truth.epoch, seq, count });
  }

  /** I2. */
  #checkSilence(machine: VirtualMachine, watched: Watched, gates: readonly GateView[]): void {
    const nowMs = this.#time.nowMs;
    for (const gate of gates) {
      if (gate.state === 'dark' || machine.sites.includes(gate.site) || this.hostileSites.has(gate.site)) continue;
      this.#checkShown(machine, watched, gate);
      const silentMs = nowMs - (this.#sealedAtMs.get(gate.site) ?? 0);
      if (silentMs <= DIM_MAX_AGE_MS) continue;
      const ways = (watched.ways.get(gate.site) ?? []).filter(({ atMs }) => nowMs - atMs <= DIM_MAX_AGE_MS + TICK_MS);
      const frozenMs = nowMs < watched.frozen.untilMs ? watched.frozen.forMs : 0;
      const heldMs = Math.max(this.graceMs, this.answersHeldMs, frozenMs);
      const wayMs = Math.max(heldMs, ...ways.map(({ ageMs }) => ageMs));
      if (silentMs > DIM_MAX_AGE_MS + wayMs) {
        const silent = `${gate.site} is silent for ${Math.round(silentMs)} ms`;
        this.fail(
          'I2',
          `${machine.name} shows ${gate.state}, but ${silent} and its last words took ${Math.round(wayMs)}`,
        );
      }
    }
  }

  /** I3. */
  #checkEquality(
    machine: VirtualMachine,
    watched: Watched,
    gates: readonly GateView[],
    isCut: (a: Address, b: Address) => boolean,
  ): void {
    const nowMs = this.#time.nowMs;
    const since = (atMs: number): number => nowMs - atMs;
    for (const gate of gates) {
      const host = this.#hosts.get(gate.site);
      const other = host === undefined ? undefined : this.#watched.get(host);
      if (host === undefined || other === undefined || host === machine) continue;
      const { square } = host.key;
      const isLinked =
        machine.node?.connectionCount(square) === 1 && host.node?.connectionCount(machine.key.square) === 1;
      const count = host.sharing === 'nothing' ? undefined : host.presence.get(gate.site)?.count;
      const isEqual = gate.state === 'live' && gate.count === count;
      if (isLinked && isEqual) continue;
      if (isCut(machine.address, host.address) || isCut(host.address, machine.address)) continue;
      if (!host.isAwake || this.hostile.has(square) || this.doubled.has(square)) continue;
      if (watched.members?.version !== other.members?.version) continue;
      if (Math.abs(machine.skewMs - host.skewMs) > SKEW_MS) continue;
      // Its disk and its clock both went back, or another has its key: until its next start it is not above all others.
      const top = this.#topEpoch.get(gate.site);
      if (top !== undefined && top.epoch >= host.epoch && top.boot !== host.boots) continue;
      const settledAtMs = Math.max(
        watched.bootedAtMs,
        other.bootedAtMs,
        watched.listChangedAtMs,
        other.listChangedAtMs,
      );
      const { path, link, loss } = this.#disturbed.get(pairOf(machine.address, host.address)) ?? {
        path: 0,
        link: 0,
        loss: 0,
      };
      if (!isLinked) {
        if (since(Math.max(settledAtMs, path)) > LINKS_BACK_MS && since(link) > LINKS_BACK_MS) {
          this.fail('I3', `${machine.name} and ${host.name} are not linked though nothing is in the way`);
        }
        continue;
      }
      const changedAtMs = Math.max(settledAtMs, path, link, this.#populatedAtMs.get(gate.site) ?? 0);
      if (since(changedAtMs) <= VIEWS_EQUAL_MS + this.graceMs || since(loss) <= LOSS_MENDED_MS) continue;
      const shown = `${gate.state} with ${gate.count}`;
      this.fail('I3', `${machine.name} shows ${gate.site} ${shown}; it is live with ${count}, undisturbed`);
    }
  }
}

function gatesOf(machine: VirtualMachine): GateView[] {
  return machine.sites.flatMap((site) => {
    const view = machine.service?.view(site);
    return [view?.left, view?.right].filter((gate) => gate !== null && gate !== undefined);
  });
}

function pairOf(a: Address, b: Address): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
