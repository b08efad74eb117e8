/**
 * Watches from outside in which scenes visitors are seen: somebody who walks nowhere stands in each scene and tells what they
 * hear. It believes nothing that a square says about itself.
 *
 * V1 a visitor is in one scene: in two for 300 ms at most and in none for 900 ms while a link is whole, never twice in one.
 * V2 whatever breaks, in two for no longer than the lease and in none for no longer than it takes a home to give a host up. V3
 * guests never outlive the lease of a home that fell silent. V4 who was sent away does not come back in the same visit.
 * V5 a frame crosses a link once for each stream, and reaches each tab once. V6 who is gone stays gone. V7 when all is mended,
 * everybody is in one scene.
 */
import { LEASE_MS } from '../../../federation/passage/visit-host.ts';
import { HOST_LOST_MS, PING_INTERVAL_MS } from '../../../federation/passage/visit-home.ts';
import type { ServerFrame } from '../../../src/protocol/frames.ts';
import { RECONNECT_GRACE_MS } from '../../../src/protocol/limits.ts';
import type { VirtualMachine } from '../virtual-machine.ts';
import type { VirtualTime } from '../virtual-time.ts';

export type VisitInvariant = 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6' | 'V7';

export interface VisitViolation {
  readonly invariant: VisitInvariant;
  readonly atMs: number;
  readonly what: string;
}

/** federation.md, "Proof". */
export const TWICE_MAX_MS = 300;
export const NOWHERE_MAX_MS = 900;

/** Between two machines, or of one. */
export interface Links {
  /** Nothing is in the way, and both run. */
  isWhole(a: VirtualMachine, b: VirtualMachine): boolean;
  /** What the first says is held on its way to the second. */
  isCut(from: VirtualMachine, to: VirtualMachine): boolean;
}

interface Person {
  readonly name: string;
  readonly site: string;
  readonly home: VirtualMachine;
  /** The run of the home that knows them. */
  readonly boots: string;
  /** Sites where they are seen, and since when. */
  readonly seenAt: Map<string, number>;
  /** Since when they are in as many scenes as now. */
  sinceMs: number;
  /** Where they were a guest last. */
  lastHost: string | undefined;
  /** The page was closed, or the square that knew them is gone. */
  goneAtMs: number | undefined;
  /** Sites that sent them away, and whether they were told. */
  readonly sentAwayFrom: Map<string, boolean>;
}

export class Whereabouts {
  violation: VisitViolation | undefined;
  readonly #time: VirtualTime;
  readonly #wayMs: number;
  readonly #links: Links;
  readonly #people = new Map<string, Person>();
  readonly #hosts = new Map<string, VirtualMachine>();
  /** Names by site and the number that the site knows them by. */
  readonly #names = new Map<string, string>();
  /** When something was in the way between two machines last. */
  readonly #troubledAtMs = new Map<string, number>();
  /** When a home could last be heard by a host. */
  readonly #vouchedAtMs = new Map<string, number>();
  readonly #cut = new Set<string>();
  readonly #heard = new Set<string>();

  /** @param wayMs longest way through the net, ms */
  constructor(time: VirtualTime, wayMs: number, links: Links) {
    this.#time = time;
    this.#wayMs = wayMs;
    this.#links = links;
  }

  fail(invariant: VisitInvariant, what: string): void {
    this.violation ??= { invariant, atMs: Math.round(this.#time.nowMs), what };
  }

  addHost(machine: VirtualMachine): void {
    for (const site of machine.sites) this.#hosts.set(site, machine);
  }

  // What the simulation does.

  onCame(name: string, site: string, home: VirtualMachine): void {
    this.#people.set(name, {
      name,
      site,
      home,
      boots: home.boots,
      seenAt: new Map(),
      sinceMs: this.#time.nowMs,
      lastHost: undefined,
      goneAtMs: undefined,
      sentAwayFrom: new Map(),
    });
  }

  onGone(name: string): void {
    const person = this.#people.get(name);
    if (person !== undefined) person.goneAtMs ??= this.#time.nowMs;
  }

  onSentAway(name: string, site: string): void {
    const person = this.#people.get(name);
    if (person?.seenAt.has(site) === true && person.site !== site) person.sentAwayFrom.set(site, false);
  }

  /** They heard why they are home. */
  onToldWhy(name: string, site: string): void {
    const person = this.#people.get(name);
    if (person?.sentAwayFrom.has(site) === true) person.sentAwayFrom.set(site, true);
  }

  /** They want to go somewhere: a visit of its own, for all they know. */
  onAsked(name: string): void {
    const person = this.#people.get(name);
    for (const [site, isTold] of person?.sentAwayFrom ?? []) if (!isTold) person?.sentAwayFrom.delete(site);
  }

  /** Nobody stands in its scenes any more. */
  onCrashed(machine: VirtualMachine): void {
    for (const person of this.#people.values()) {
      for (const site of machine.sites) {
        this.#unsee(person, site);
        person.sentAwayFrom.delete(site);
      }
      if (person.home === machine) this.onGone(person.name);
    }
    for (const key of this.#names.keys()) {
      if (machine.sites.some((site) => key.startsWith(`${site} `))) this.#names.delete(key);
    }
  }

  /** Something was in the way between these two just now, or what went between them was tampered with. */
  onTrouble(a: VirtualMachine, b: VirtualMachine): void {
    this.#troubledAtMs.set(pairOf(a, b), this.#time.nowMs);
  }

  // What is seen and heard.

  heard(site: string, frame: ServerFrame): void {
    if (frame.type === 'join') this.#see(site, frame.peer.id, frame.peer.displayName);
    else if (frame.type === 'leave') {
      const name = this.#names.get(`${site} ${frame.id}`);
      const person = this.#people.get(name ?? '');
      this.#names.delete(`${site} ${frame.id}`);
      if (person !== undefined) this.#unsee(person, site);
    }
  }

  /** @param place a stream or a tab: whatever is to carry a word once */
  onWord(place: string, word: string): void {
    const key = `${place} ${word}`;
    if (this.#heard.has(key)) this.fail('V5', `${place} carried "${word}" twice`);
    this.#heard.add(key);
  }

  #see(site: string, id: number, name: string): void {
    const person = this.#people.get(name);
    if (person === undefined) return;
    this.#names.set(`${site} ${id}`, name);
    if (person.seenAt.has(site)) return this.fail('V1', `${name} stands in ${site} twice`);
    if (person.sentAwayFrom.has(site)) this.fail('V4', `${name} is back at ${site}, which sent them away`);
    this.#count(person, () => person.seenAt.set(site, this.#time.nowMs));
  }

  #unsee(person: Person, site: string): void {
    if (!person.seenAt.has(site)) return;
    this.#count(person, () => person.seenAt.delete(site));
    if (site !== person.site) person.lastHost = site;
  }

  /** Where somebody is changes; how long they were where they were is judged first. */
  #count(person: Person, change: () => void): void {
    this.#judge(person);
    const before = person.seenAt.size;
    change();
    if (person.seenAt.size !== before) person.sinceMs = this.#time.nowMs;
  }

  // What is looked at every tick.

  check(machines: readonly VirtualMachine[]): void {
    const nowMs = this.#time.nowMs;
    for (const a of machines) {
      for (const b of machines) {
        if (!this.#links.isWhole(a, b)) this.onTrouble(a, b);
        this.#noteVouching(a, b);
      }
    }
    for (const person of this.#people.values()) {
      this.#judge(person);
      this.#judgeLease(person);
      const isOver = person.goneAtMs !== undefined && person.seenAt.size === 0;
      if (isOver && nowMs - (person.goneAtMs ?? nowMs) > 60_000) this.#people.delete(person.name);
    }
  }

  /** A home is heard while it runs and nothing is cut; what was held meanwhile arrives when the cable is mended. */
  #noteVouching(home: VirtualMachine, host: VirtualMachine): void {
    const way = `${home.address} ${host.address}`;
    const isCut = this.#links.isCut(home, host);
    if (!isCut && (home.isAwake || this.#cut.has(way))) this.#vouchedAtMs.set(way, this.#time.nowMs);
    if (isCut) this.#cut.add(way);
    else this.#cut.delete(way);
  }

  /** When all is mended. */
  checkRest(): void {
    for (const { name, goneAtMs, seenAt } of this.#people.values()) {
      const expected = goneAtMs === undefined ? 1 : 0;
      if (seenAt.size === expected) continue;
      const where = seenAt.size === 0 ? 'nowhere' : `in ${[...seenAt.keys()].join(' and ')}`;
      this.fail('V7', `${name} is ${where} when all is mended${expected === 0 ? ', and left long ago' : ''}`);
    }
  }

  #judge(person: Person): void {
    const nowMs = this.#time.nowMs;
    const { name, home, seenAt, goneAtMs } = person;
    if (goneAtMs !== undefined) return this.#judgeGone(person, goneAtMs);
    const forMs = nowMs - person.sinceMs;
    if (seenAt.size > 1) {
      const calmMs = nowMs - Math.max(person.sinceMs, this.#troubleWith(home, seenAt.keys()));
      const where = [...seenAt.keys()].join(' and ');
      if (calmMs > TWICE_MAX_MS) this.fail('V1', `${name} is in ${where} for ${Math.round(forMs)} ms`);
      // A process that is stopped shows nobody to anybody.
      const shownMs = nowMs - Math.max(person.sinceMs, this.#stoppedAtMs(seenAt.keys()));
      if (shownMs > LEASE_MS + 2 * this.#wayMs + TWICE_MAX_MS) {
        this.fail('V2', `${name} is in ${where} for ${Math.round(forMs)} ms, trouble or not`);
      }
    }
    if (seenAt.size > 0 || !home.isAwake) return;
    const sites = person.lastHost === undefined ? [] : [person.lastHost];
    const calmMs = nowMs - Math.max(person.sinceMs, this.#troubleWith(home, sites));
    if (calmMs > NOWHERE_MAX_MS) this.fail('V1', `${name} is nowhere for ${Math.round(forMs)} ms`);
    const lostMs = HOST_LOST_MS + PING_INTERVAL_MS + 2 * this.#wayMs + NOWHERE_MAX_MS;
    const awakeMs = nowMs - Math.max(person.sinceMs, this.#troubledAtMs.get(pairOf(home, home)) ?? 0);
    if (awakeMs > lostMs) this.fail('V2', `${name} is nowhere for ${Math.round(forMs)} ms, trouble or not`);
  }

  /** V6: nobody is seen any more who closed the page, but for the moment it takes to tell. A home that died tells nobody: V3. */
  #judgeGone({ name, home, seenAt, site, boots }: Person, goneAtMs: number): void {
    if (home.boots !== boots) return;
    const nowMs = this.#time.nowMs;
    for (const [at, sinceMs] of seenAt) {
      const calmMs = nowMs - Math.max(sinceMs, goneAtMs, this.#troubleWith(home, [at]));
      const toTellMs = at === site ? RECONNECT_GRACE_MS + TWICE_MAX_MS : TWICE_MAX_MS;
      if (calmMs > toTellMs)
        this.fail('V6', `${name} is seen in ${at} ${Math.round(nowMs - goneAtMs)} ms after they left`);
    }
  }

  /** V3. */
  #judgeLease({ name, home, seenAt, site, boots, goneAtMs }: Person): void {
    const nowMs = this.#time.nowMs;
    for (const at of seenAt.keys()) {
      const host = this.#hosts.get(at);
      if (at === site || host === undefined || host === home || !host.isAwake) continue;
      // A home that began anew vouches for nobody whom it knew before.
      const isForgotten = home.boots !== boots && goneAtMs !== undefined;
      const vouchedAtMs = isForgotten ? goneAtMs : (this.#vouchedAtMs.get(`${home.address} ${host.address}`) ?? 0);
      // A process that goes on hears what waited for it.
      const thawedAtMs = this.#troubledAtMs.get(pairOf(host, host)) ?? 0;
      const silentMs = nowMs - Math.max(vouchedAtMs, thawedAtMs);
      if (silentMs > LEASE_MS + 2 * this.#wayMs + TWICE_MAX_MS) {
        this.fail('V3', `${name} is kept at ${at}, whose home is silent for ${Math.round(silentMs)} ms`);
      }
    }
  }

  #stoppedAtMs(sites: Iterable<string>): number {
    let atMs = 0;
    for (const site of sites) {
      const host = this.#hosts.get(site);
      if (host !== undefined) atMs = Math.max(atMs, this.#troubledAtMs.get(pairOf(host, host)) ?? 0);
    }
    return atMs;
  }

  #troubleWith(home: VirtualMachine, sites: Iterable<string>): number {
    let atMs = this.#troubledAtMs.get(pairOf(home, home)) ?? Number.NEGATIVE_INFINITY;
    for (const site of sites) {
      const host = this.#hosts.get(site);
      if (host !== undefined) atMs = Math.max(atMs, this.#troubledAtMs.get(pairOf(home, host)) ?? 0);
    }
    return atMs;
  }
}

function pairOf(a: VirtualMachine, b: VirtualMachine): string {
  return a.address < b.address ? `${a.address} ${b.address}` : `${b.address} ${a.address}`;
}
