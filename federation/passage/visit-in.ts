/** One stream of visits from a home square to a site here: the host side's machine between the wire and the host's scene. */
import type { Wire, WireListener } from '../node/wire.ts';
import type { Clock, Count, GuestCommand, HostStream, Timer, VisitRefusal } from '../types.ts';
import type { createVisitHost, HostEffect, HostEnd, HostInput } from './visit-host.ts';
import { decodeHomeMessage, encodeHostMessage } from './visit-messages.ts';

/**
 * What goes out on one stream in the long run, in bytes per second, and what may go at once. Beyond it this end stops reading
 * from its scene, which then thins what it says.
 */
export const OUTBOUND_BYTES = { perSecond: 64 * 1_024, burst: 512 * 1_024 };

/** Behind for so long, it takes no further guests: their `hello` would only keep what is said waiting longer. */
const BEHIND_MS = 1_000;
/** Whoever rests again so soon has not caught up. */
const BREATH_MS = 250;

export interface VisitInDeps {
  readonly createVisitHost: typeof createVisitHost;
  readonly clock: Clock;
  readonly count: Count;
  readonly wire: Wire;
  readonly scene: HostStream;
  mayAdmit(nowMs: number): VisitRefusal | undefined;
  /** The home square broke the rules. */
  blame(): void;
  onEnd(): void;
}

export interface VisitIn {
  readonly listener: WireListener;
  /** Guests here. */
  size(): number;
  /** Ends it, and every guest in it. */
  end(reason: string): void;
}

export function runVisitIn(deps: VisitInDeps): VisitIn {
  const { clock, count, wire, scene } = deps;
  const host = deps.createVisitHost((nowMs) => {
    const isFarBehind = resting !== undefined && nowMs - behindSinceMs > BEHIND_MS;
    const reason = isFarBehind ? 'busy' : deps.mayAdmit(nowMs);
    count('guest', reason ?? 'asked');
    return reason;
  }, clock.monotonic());
  /** Came with one read, and is handed on together: the scene takes so many frames unread, however much is in them. */
  const received: HostInput[] = [];
  let lease: Timer | undefined;
  let resting: Timer | undefined;
  /** When all that was sent would have gone out at the permitted pace. */
  let paidUntilMs = Number.NEGATIVE_INFINITY;
  let behindSinceMs = Number.NEGATIVE_INFINITY;
  let resumedAtMs = Number.NEGATIVE_INFINITY;
  let isOver = false;

  const end = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    lease?.cancel();
    resting?.cancel();
    count('visit-in', reason);
    if (reason === 'lease' || reason === 'broken' || reason === 'flood') wire.abort(reason);
    else wire.close();
    scene.end(reason);
    deps.onEnd();
  };

  const take = (inputs: readonly HostInput[]): void => {
    const messages: Uint8Array[] = [];
    const commands: GuestCommand[] = [];
    let ended: HostEnd | undefined;
    const perform = (effect: HostEffect): void => {
      if (effect.kind === 'send') messages.push(encodeHostMessage(effect.message));
      else if (effect.kind === 'tell') commands.push(effect.command);
      else ended = effect.reason;
    };
    for (const input of inputs) for (const effect of host.step(input, clock.monotonic())) perform(effect);
    const isBehind = commands.length > 0 && !scene.send(commands);
    wire.send(messages);
    pace(messages);
    if (ended !== undefined && ended !== 'lease') deps.blame();
    if (ended !== undefined || isBehind) return end(ended ?? 'behind');
    schedule();
  };

  const pace = (messages: readonly Uint8Array[]): void => {
    const nowMs = clock.monotonic();
    const bytes = messages.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const { perSecond, burst } = OUTBOUND_BYTES;
    paidUntilMs = Math.max(paidUntilMs, nowMs - (1_000 * burst) / perSecond) + (1_000 * bytes) / perSecond;
    if (resting !== undefined || isOver || (paidUntilMs <= nowMs && !wire.isFull)) return;
    scene.pause();
    if (nowMs - resumedAtMs > BREATH_MS) behindSinceMs = nowMs;
    if (paidUntilMs > nowMs) resting = clock.setTimer(goOn, Math.ceil(paidUntilMs - nowMs));
  };
  const goOn = (): void => {
    resting?.cancel();
    resting = undefined;
    if (isOver) return;
    const nowMs = clock.monotonic();
    const waitMs = Math.ceil(paidUntilMs - nowMs);
    if (waitMs > 0) resting = clock.setTimer(goOn, waitMs);
    else if (!wire.isFull) {
      resumedAtMs = nowMs;
      scene.resume();
    }
  };

  const schedule = (): void => {
    const atMs = host.nextWakeAtMs();
    if (isOver || atMs === undefined || lease !== undefined) return;
    // Pings push the lease on four times a second: the timer looks again when it fires.
    lease = clock.setTimer(
      () => {
        lease = undefined;
        if (!isOver) take([{ kind: 'woken' }]);
      },
      Math.max(0, Math.ceil(atMs - clock.monotonic())),
    );
  };

  const takeReceived = (): void => {
    if (!isOver && received.length > 0) take(received.splice(0));
  };

  scene.onFrame((events) => take(events.map((event) => ({ kind: 'event', event }))));
  scene.onEnd((reason) => end(reason));
  schedule();
  return {
    listener: {
      message(bytes) {
        if (isOver) return;
        const input: HostInput = { kind: 'received', message: decodeHomeMessage(bytes), bytes: bytes.byteLength };
        if (received.push(input) === 1) queueMicrotask(takeReceived);
      },
      drained: goOn,
      closed() {
        takeReceived();
        end('closed');
      },
    },
    size: () => host.size(),
    end,
  };
}
