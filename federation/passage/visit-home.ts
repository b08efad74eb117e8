/**
 * The home side of one stream of visits: which guests are away, who waits for an answer, and whether the host still is. Pure:
 * `(state, input, now) → effects`; whoever drives it performs the effects in order and wakes it at `nextWakeAtMs`.
 */
import type { GuestCommand, GuestEvent, HostEvent, TabRef } from '../types.ts';
import type { HomeMessage, HostMessage } from './visit-messages.ts';

/** The lease is renewed this often. */
export const PING_INTERVAL_MS = 250;

/**
 * A host that answered nothing for so long is lost. One interval more than a host waits (visit-host.ts), so that the guest is
 * gone over there when the visitor is home here.
 */
export const HOST_LOST_MS = 5_250;

/** A hop that has no answer by then is refused, and the visitor slides back down (widget.md, section 9). */
export const ADMISSION_TIMEOUT_MS = 2_500;

/** Guests in one stream: more than any host admits. */
const GUESTS_MAX = 4_096;

export type HomeInput =
  /** The stream stands, and its opening was sent. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'command'; readonly command: GuestCommand }
  /** Undefined: something came that is no message. */
  | { readonly kind: 'received'; readonly message: HostMessage | undefined }
  | { readonly kind: 'woken' };

/** `done`: no guest is left. `lost`: the lease ran out. `broken`: the host does not keep to the protocol. */
export type HomeEnd = 'done' | 'lost' | 'broken';

export type HomeEffect =
  | { readonly kind: 'send'; readonly message: HomeMessage }
  | { readonly kind: 'tell'; readonly event: GuestEvent }
  /** The stream is over for this side; every guest that is left is home. */
  | { readonly kind: 'end'; readonly reason: HomeEnd };

export interface VisitHome {
  step(input: HomeInput, nowMs: number): readonly HomeEffect[];
  nextWakeAtMs(): number | undefined;
  /** Guests that are there or wait to be. */
  size(): number;
}

/** Undefined deadline: admitted. */
interface Away {
  answerByMs: number | undefined;
}

export function createVisitHome(): VisitHome {
  const guests = new Map<number, Away>();
  let lease: { nextPingAtMs: number; heardAtMs: number; pings: number } | undefined;
  let isOver = false;

  const end = (reason: HomeEnd): HomeEffect[] => {
    isOver = true;
    guests.clear();
    return [{ kind: 'end', reason }];
  };
  const forget = (guest: number): HomeEffect[] => {
    guests.delete(guest);
    return guests.size === 0 ? end('done') : [];
  };

  const obey = (command: GuestCommand, nowMs: number): HomeEffect[] => {
    const { guest } = command;
    if (command.kind === 'admit') {
      if (guests.has(guest) || guests.size >= GUESTS_MAX) {
        return [{ kind: 'tell', event: { kind: 'refused', guest, reason: 'busy' } }];
      }
      guests.set(guest, { answerByMs: nowMs + ADMISSION_TIMEOUT_MS });
      return [{ kind: 'send', message: command }];
    }
    if (!guests.has(guest)) return [];
    return [{ kind: 'send', message: command }, ...(command.kind === 'leave' ? forget(guest) : [])];
  };

  const hear = (message: HostMessage, nowMs: number): HomeEffect[] => {
    switch (message.kind) {
      case 'pong':
        if (lease === undefined || message.n >= lease.pings) return end('broken');
        lease.heardAtMs = nowMs;
        return [];
      case 'frame':
        return frameFor(message);
      default:
        return hearOf(message);
    }
  };

  const hearOf = (event: Exclude<HostEvent, { kind: 'frame' }>): HomeEffect[] => {
    const away = guests.get(event.guest);
    // Whoever left or was given up may still be spoken of for a while.
    if (away === undefined) return [];
    const isAsked = away.answerByMs !== undefined;
    if (event.kind === 'admitted') {
      if (!isAsked) return end('broken');
      away.answerByMs = undefined;
      return [{ kind: 'tell', event }];
    }
    if (event.kind === 'refused' && !isAsked) return end('broken');
    return [{ kind: 'tell', event }, ...forget(event.guest)];
  };

  const frameFor = (frame: Extract<HostEvent, { kind: 'frame' }>): HomeEffect[] => {
    const only = frame.only?.filter(isHere) ?? null;
    if (only?.length === 0) return [];
    const except = frame.except !== null && isHere(frame.except) ? frame.except : null;
    return [{ kind: 'tell', event: { ...frame, only, except } }];
  };
  const isHere = ([guest]: TabRef): boolean => {
    const away = guests.get(guest);
    return away !== undefined && away.answerByMs === undefined;
  };

  const wake = (nowMs: number): HomeEffect[] => {
    if (lease !== undefined && lease.heardAtMs + HOST_LOST_MS <= nowMs) return end('lost');
    const effects: HomeEffect[] = [];
    for (const [guest, { answerByMs }] of guests) {
      if (answerByMs === undefined || answerByMs > nowMs) continue;
      effects.push(
        // The answer may be on its way.
        { kind: 'send', message: { kind: 'leave', guest, toward: null } },
        { kind: 'tell', event: { kind: 'refused', guest, reason: 'unreachable' } },
        ...forget(guest),
      );
    }
    if (!isOver && lease !== undefined && lease.nextPingAtMs <= nowMs) {
      effects.push({ kind: 'send', message: { kind: 'ping', n: lease.pings } });
      lease.pings += 1;
      lease.nextPingAtMs = nowMs + PING_INTERVAL_MS;
    }
    return effects;
  };

  return {
    step(input, nowMs) {
      if (isOver) return [];
      switch (input.kind) {
        case 'opened':
          lease = { nextPingAtMs: nowMs, heardAtMs: nowMs, pings: 0 };
          return wake(nowMs);
        case 'command':
          return obey(input.command, nowMs);
        case 'received':
          return input.message === undefined ? end('broken') : hear(input.message, nowMs);
        default:
          return wake(nowMs);
      }
    },
    nextWakeAtMs() {
      if (isOver) return undefined;
      let atMs = lease === undefined ? undefined : Math.min(lease.nextPingAtMs, lease.heardAtMs + HOST_LOST_MS);
      // All are given equally long, so the first that waits is the first that is due.
      for (const { answerByMs } of guests.values()) {
        if (answerByMs === undefined) continue;
        atMs = Math.min(atMs ?? answerByMs, answerByMs);
        break;
      }
      return atMs;
    },
    size: () => guests.size,
  };
}
