/**
 * Addresses from which handshakes keep ending at the gater. Whose key it is is known only after a handshake, which costs this
 * square 8 to 17 ms of CPU: who comes again and again to be turned away is refused before one for a while.
 */
import { createKeyedBuckets } from './token-bucket.ts';

/** A square that is not in our list yet dials as often as this before the list is here. */
const TURNED_AWAY_RATE = { perSecond: 0.5, burst: 10 };
/** Short: other squares may live behind the same address. */
const SHUT_MS = 5_000;
const HOSTS_MAX = 1_024;

export interface AddressWatch {
  /** A handshake with somebody at this address was for nothing. @param host IP address */
  turnedAway(host: string, nowMs: number): void;
  /** Whether nobody from there is heard now. */
  isShut(host: string, nowMs: number): boolean;
}

export function createAddressWatch(): AddressWatch {
  const buckets = createKeyedBuckets(TURNED_AWAY_RATE, HOSTS_MAX);
  /** By host, until when. Bounded like the buckets: the one shut for longest is forgotten first. */
  const shut = new Map<string, number>();
  return {
    turnedAway(host, nowMs) {
      if (isThisMachine(host) || buckets.take(host, nowMs)) return;
      shut.delete(host);
      shut.set(host, nowMs + SHUT_MS);
      const [oldest] = shut.keys();
      if (shut.size > HOSTS_MAX && oldest !== undefined) shut.delete(oldest);
    },
    isShut: (host, nowMs) => (shut.get(host) ?? Number.NEGATIVE_INFINITY) > nowMs,
  };
}

/** All that comes through the square's own HTTPS port has one address, and is counted there by its true ones (src/edge/ring-door.ts). */
function isThisMachine(host: string): boolean {
  return host.startsWith('127.') || host === '::1';
}
