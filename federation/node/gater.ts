/** Who gets past the handshake, how often, and how much they may send. libp2p asks it; the members list answers. */
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface';
import type { Clock, Count } from '../types.ts';
import type { Conduct } from './conduct.ts';
import { createAddressWatch } from './address-watch.ts';
import { createTokenBucket } from './token-bucket.ts';

export interface GaterDeps {
  readonly clock: Clock;
  readonly count: Count;
  readonly conduct: Conduct;
  isMember(square: string): boolean;
  /** Whether squares outside the list may come in to hand over a request to join. */
  readonly hearsStrangers: boolean;
}

/** Two exist for a moment when both sides dial; the link keeper mends that. */
const CONNECTIONS_PER_SQUARE_MAX = 2;

/**
 * What one connection may send, in bytes. Summaries take about 4 kB/s, ring documents at most 1 MiB at a time, a stream of visits
 * up to 64 kB/s (passage/visit-in.ts) and a view 32 kB/s, of which a few run at once.
 */
const INBOUND_BYTES = { perSecond: 512 * 1_024, burst: 4 * 1_024 * 1_024 };

/** Strangers that come to hand over a request: a ring's squares join once. */
const STRANGERS = { perSecond: 0.2, burst: 10 };
const STRANGERS_AT_ONCE_MAX = 4;
/** A request takes a few kilobytes, and the handshake and the answer a second at most. */
const STRANGER_BYTES = { perSecond: 4 * 1_024, burst: 64 * 1_024 };
const STRANGER_STAYS_MS = 10_000;

export function createGater(deps: GaterDeps, connectionCount: (square: string) => number): ConnectionGater {
  const { conduct, count } = deps;
  const strangers = createTokenBucket(STRANGERS);
  const addresses = createAddressWatch();
  let strangersHere = 0;
  const turnAway = (peer: PeerId): boolean => {
    const square = peer.toString();
    const isMember = deps.isMember(square);
    if (isMember && !conduct.isBanished(square)) return false;
    count('connection-refused', isMember ? 'banished' : 'stranger');
    return true;
  };
  const refuseAddress = ({ remoteAddr }: MultiaddrConnection): boolean => {
    const isShut = addresses.isShut(hostOf(remoteAddr), deps.clock.monotonic());
    if (isShut) count('connection-refused', 'address');
    return isShut;
  };
  const turnAwayInbound = (peer: PeerId, { remoteAddr }: MultiaddrConnection): boolean => {
    const square = peer.toString();
    const isWelcome =
      deps.hearsStrangers &&
      !deps.isMember(square) &&
      !conduct.isBanished(square) &&
      strangersHere < STRANGERS_AT_ONCE_MAX &&
      strangers.take(deps.clock.monotonic());
    if (isWelcome || !turnAway(peer)) return false;
    addresses.turnedAway(hostOf(remoteAddr), deps.clock.monotonic());
    return true;
  };
  const meterInbound = (square: string, connection: MultiaddrConnection): void => {
    const isMember = deps.isMember(square);
    const budget = createTokenBucket(isMember ? INBOUND_BYTES : STRANGER_BYTES);
    if (!isMember) seeOut(square, connection);
    connection.addEventListener('message', ({ data }) => {
      if (budget.take(deps.clock.monotonic(), data.byteLength)) return;
      count('link-cut', 'bytes');
      conduct.blame(square);
      connection.abort(new Error('too many bytes'));
    });
  };
  /** Who is still no member when the time is up has to come again. */
  const seeOut = (square: string, connection: MultiaddrConnection): void => {
    strangersHere += 1;
    const stay = deps.clock.setTimer(() => {
      if (deps.isMember(square)) return;
      count('link-cut', 'stranger');
      connection.abort(new Error('a stranger stays no longer'));
    }, STRANGER_STAYS_MS);
    connection.addEventListener('close', () => {
      strangersHere -= 1;
      stay.cancel();
    });
  };
  const refuseSurplus = (peer: PeerId, connection: MultiaddrConnection): boolean => {
    const square = peer.toString();
    if (connectionCount(square) >= CONNECTIONS_PER_SQUARE_MAX) {
      count('connection-refused', 'surplus');
      return true;
    }
    // The encryption listens by now, so one more listener takes no bytes away from it.
    meterInbound(square, connection);
    return false;
  };
  return {
    // The default refuses private addresses in browsers only; say so rather than depend on it.
    denyDialMultiaddr: () => false,
    denyDialPeer: turnAway,
    denyInboundConnection: refuseAddress,
    denyInboundEncryptedConnection: turnAwayInbound,
    denyOutboundEncryptedConnection: turnAway,
    denyInboundUpgradedConnection: refuseSurplus,
    denyOutboundUpgradedConnection: refuseSurplus,
  };
}

/** The IP address of `/ip4/192.0.2.1/tcp/4001`. */
function hostOf(remoteAddr: MultiaddrConnection['remoteAddr']): string {
  return remoteAddr.toString().split('/')[2] ?? '';
}
