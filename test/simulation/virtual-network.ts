/**
 * The network of a simulation: connections that keep their order and hold their bytes while a path is cut, as TCP does, and
 * that both sides give up after a few seconds of silence. Gossip on it may also be lost, doubled and overtaken, which is
 * worse than anything TCP does. Knows machines and deliveries; what is delivered is the nodes' affair.
 */
import type { Timer } from '../../federation/types.ts';
import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A machine's multiaddr. Two squares with one key have two of them. */
export type Address = string;

export interface Weather {
  /** One way, ms. */
  readonly delayMs: readonly [number, number];
  /** Of gossip messages, 0…1 each. */
  readonly lost: number;
  readonly doubled: number;
  readonly overtaken: number;
}

export const CALM: Weather = { delayMs: [2, 60], lost: 0, doubled: 0, overtaken: 0 };

/**
 * Time without an answer to a ping after which a side gives a connection up. libp2p pings every 5 s and waits for at least as
 * long; the machine below may know sooner.
 */
const GIVE_UP_MS: readonly [number, number] = [3_000, 10_000];

/** What the network asks of a machine's node. */
export interface Station {
  readonly address: Address;
  readonly square: string;
  /** Runs when the process is not stopped; never when it has ended. */
  exec(run: () => void): void;
  isAdmitted(square: string): boolean;
  connectionCount(square: string): number;
  opened(end: ConnectionEnd): void;
  closed(end: ConnectionEnd): void;
}

export interface ConnectionEnd {
  readonly station: Station;
  readonly other: ConnectionEnd;
  /** Peer id that the other side proved. */
  readonly square: string;
  isOpen: boolean;
  /** Gossip from here to the other side vanishes while everything else goes on. */
  isMuted: boolean;
}

interface Parcel {
  readonly run: () => void;
  readonly isGossip: boolean;
}

class End implements ConnectionEnd {
  readonly station: Station;
  readonly square: string;
  isOpen = false;
  isMuted = false;
  readonly held: Parcel[] = [];
  lastArrivalMs = 0;
  givingUp: Timer | undefined;
  #other: End | undefined;

  constructor(station: Station, square: string) {
    this.station = station;
    this.square = square;
  }

  get other(): End {
    if (this.#other === undefined) throw new Error('an end without a connection');
    return this.#other;
  }

  static pair(dialler: Station, listener: Station): [End, End] {
    const ends: [End, End] = [new End(dialler, listener.square), new End(listener, dialler.square)];
    ends[0].#other = ends[1];
    ends[1].#other = ends[0];
    return ends;
  }
}

export interface NetworkListener {
  /** A path or a message between two machines was interfered with, or a connection of theirs opened or closed. */
  onDisturbance(a: Address, b: Address, kind: 'path' | 'link' | 'loss'): void;
}

export class VirtualNetwork {
  weather: Weather = CALM;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #listener: NetworkListener;
  readonly #giveUpMs: readonly [number, number];
  readonly #stations = new Map<Address, Station>();
  readonly #cuts = new Set<string>();
  readonly #ends = new Set<End>();
  readonly #stopped = new Set<Address>();

  constructor(time: VirtualTime, chance: Chance, listener: NetworkListener, giveUpMs = GIVE_UP_MS) {
    this.#time = time;
    this.#chance = chance;
    this.#listener = listener;
    this.#giveUpMs = giveUpMs;
  }

  listen(station: Station): void {
    this.#stations.set(station.address, station);
  }

  isCut(from: Address, to: Address): boolean {
    return this.#cuts.has(`${from}>${to}`);
  }

  /** Nothing goes from one machine to the other; the way back is another matter. */
  cut(from: Address, to: Address): void {
    this.#cuts.add(`${from}>${to}`);
    this.#listener.onDisturbance(from, to, 'path');
    for (const end of this.#between(from, to)) this.#beginGivingUp(end);
  }

  heal(from: Address, to: Address): void {
    if (!this.#cuts.delete(`${from}>${to}`)) return;
    this.#listener.onDisturbance(from, to, 'path');
    for (const end of this.#between(from, to)) {
      if (!this.#isSilent(end)) this.#answered(end);
    }
  }

  /** Gossip from one machine to the other vanishes as long as their connections last. */
  mute(from: Address, to: Address): void {
    for (const end of this.#between(from, to)) if (end.station.address === from) end.isMuted = true;
  }

  healAll(): void {
    for (const path of this.#cuts) {
      const [from = '', to = ''] = path.split('>');
      this.heal(from, to);
    }
  }

  /** The process at this address answers nothing until it goes on. */
  stopped(address: Address, isStopped: boolean): void {
    if (isStopped) this.#stopped.add(address);
    else this.#stopped.delete(address);
    for (const end of this.#ends) {
      if (end.other.station.address !== address) continue;
      this.#listener.onDisturbance(address, end.station.address, 'path');
      if (isStopped) this.#beginGivingUp(end);
      else if (!this.#isSilent(end)) this.#answered(end);
    }
  }

  /** @param isSilent the machine lost its power: nobody is told */
  vanish(station: Station, isSilent: boolean): void {
    if (this.#stations.get(station.address) === station) this.#stations.delete(station.address);
    for (const end of this.#ends) {
      if (end.station !== station) continue;
      this.#listener.onDisturbance(station.address, end.other.station.address, 'path');
      end.isOpen = false;
      end.held.length = 0;
      if (isSilent) this.#beginGivingUp(end.other);
      else this.#reset(end.other);
    }
  }

  /** Resolves when a connection is open on this side. @throws when refused, unreachable or not in time */
  async dial(dialler: Station, square: string, address: Address, timeoutMs: number): Promise<void> {
    const beganMs = this.#time.nowMs;
    const waitOut = async (): Promise<never> => {
      await this.#time.sleep(beganMs + timeoutMs - this.#time.nowMs);
      throw new Error('dial timed out');
    };
    const isReachable = (): boolean =>
      !this.isCut(dialler.address, address) && !this.isCut(address, dialler.address) && !this.#stopped.has(address);
    await this.#time.sleep(this.#delayMs());
    if (!isReachable()) await waitOut();
    const listener = this.#stations.get(address);
    await this.#time.sleep(this.#delayMs());
    if (listener === undefined || listener.square !== square) throw new Error('refused');
    await this.#time.sleep(this.#delayMs());
    if (!isReachable() || this.#stations.get(address) !== listener) await waitOut();
    if (!admits(listener, dialler.square)) throw new Error('turned away');
    if (!admits(dialler, square)) throw new Error('turned away');
    const [near, far] = End.pair(dialler, listener);
    this.#ends.add(near).add(far);
    near.isOpen = true;
    far.isOpen = true;
    this.#listener.onDisturbance(dialler.address, address, 'link');
    listener.exec(() => listener.opened(far));
    dialler.exec(() => dialler.opened(near));
  }

  close(end: ConnectionEnd): void {
    if (end instanceof End) this.#closeEnd(end);
  }

  /** Delivers in order and at most once, unless the weather is foul and it is gossip. */
  send(from: ConnectionEnd, run: () => void, isGossip: boolean): void {
    if (!(from instanceof End) || !from.isOpen) return;
    this.#carry(from, { run, isGossip });
  }

  #carry(end: End, parcel: Parcel): void {
    const { other } = end;
    if (this.isCut(end.station.address, other.station.address)) {
      end.held.push(parcel);
      return;
    }
    const { lost, doubled, overtaken } = this.weather;
    if (parcel.isGossip && (end.isMuted || (lost > 0 && this.#chance.happens(lost)))) {
      this.#listener.onDisturbance(end.station.address, other.station.address, 'loss');
      return;
    }
    const arrive = (): void => {
      if (other.isOpen) other.station.exec(() => void (other.isOpen && parcel.run()));
      // A machine without power says nothing; one that is up again, or whose process is another, does.
      else if (end.isOpen && this.#stations.has(other.station.address)) this.#reset(end);
    };
    let atMs = this.#time.nowMs + this.#delayMs();
    if (parcel.isGossip && overtaken > 0 && this.#chance.happens(overtaken)) {
      this.#time.after(atMs + this.#chance.between(0, 2_000) - this.#time.nowMs, arrive);
      this.#listener.onDisturbance(end.station.address, other.station.address, 'loss');
    } else {
      atMs = Math.max(atMs, end.lastArrivalMs);
      end.lastArrivalMs = atMs;
      this.#time.after(atMs - this.#time.nowMs, arrive);
    }
    if (parcel.isGossip && doubled > 0 && this.#chance.happens(doubled)) {
      this.#time.after(this.#chance.between(0, 3_000), arrive);
    }
  }

  /** The other side is gone and its machine says so. */
  #reset(end: End): void {
    this.#time.after(this.#delayMs(), () => end.station.exec(() => this.#closeEnd(end)));
  }

  #closeEnd(end: End): void {
    end.givingUp?.cancel();
    if (!end.isOpen) return;
    end.isOpen = false;
    end.held.length = 0;
    if (!end.other.isOpen) {
      this.#ends.delete(end);
      this.#ends.delete(end.other);
    } else if (!this.isCut(end.station.address, end.other.station.address)) this.#reset(end.other);
    this.#listener.onDisturbance(end.station.address, end.other.station.address, 'link');
    end.station.closed(end);
    // Whatever gossip went down this one of two is lost, and the other does not know.
    if (end.station.connectionCount(end.square) > 0) {
      this.#listener.onDisturbance(end.station.address, end.other.station.address, 'loss');
    }
  }

  #isSilent({ station: { address }, other }: End): boolean {
    const peer = other.station.address;
    return this.isCut(address, peer) || this.isCut(peer, address) || this.#stopped.has(peer);
  }

  /**
   * Pings are answered again, by a process that may be another than the one this connection was with, and what was held goes on
   * its way.
   */
  #answered(end: End): void {
    end.givingUp?.cancel();
    end.givingUp = undefined;
    if (end.isOpen && !end.other.isOpen) this.#reset(end);
    for (const parcel of end.held.splice(0)) this.#carry(end, parcel);
  }

  #beginGivingUp(end: End): void {
    if (!end.isOpen) return;
    end.givingUp ??= this.#time.after(this.#chance.between(...this.#giveUpMs), () =>
      end.station.exec(() => this.#closeEnd(end)),
    );
  }

  #between(a: Address, b: Address): End[] {
    return [...this.#ends].filter(({ station, other }) => {
      const [near, far] = [station.address, other.station.address];
      return (near === a && far === b) || (near === b && far === a);
    });
  }

  #delayMs(): number {
    return this.#chance.between(...this.weather.delayMs);
  }
}

function admits(station: Station, square: string): boolean {
  // Two connections with one square are the gater's bound.
  return station.isAdmitted(square) && station.connectionCount(square) < 2;
}
