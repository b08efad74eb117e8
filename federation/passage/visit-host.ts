/**
 * The host side of one stream of visits: which guests of the home square are here, and whether it still vouches for them. Pure,
 * as the home side is (visit-home.ts).
 */
import { createTokenBucket, type Rate } from '../node/token-bucket.ts';
import type { GuestCommand, HostEvent, VisitRefusal } from '../types.ts';
import type { HomeMessage, HostMessage } from './visit-messages.ts';

/** Guests whose home said nothing for so long are gone: twenty intervals of its ping. */
export const LEASE_MS = 5_000;

/** What one stream may send, in bytes: a walker sends 22 messages of some 60 bytes a second. */
const INBOUND_BYTES: Rate = { perSecond: 48 * 1_024, burst: 192 * 1_024 };

/** Guests of one stream whose numbers are remembered after they left; the first of more are forgotten. */
const PAST_GUESTS_MAX = 4_096;

export type HostInput =
  /** Undefined: something came that is no message. `bytes`: its length. */
  | { readonly kind: 'received'; readonly message: HomeMessage | undefined; readonly bytes: number }
  /** What the scene says. */
  | { readonly kind: 'event'; readonly event: HostEvent }
  | { readonly kind: 'woken' };

/** `lease`: the home square fell silent. `broken`: it does not keep to the protocol. `flood`: it sends too much. */
export type HostEnd = 'lease' | 'broken' | 'flood';

export type HostEffect =
  | { readonly kind: 'send'; readonly message: HostMessage }
  | { readonly kind: 'tell'; readonly command: GuestCommand }
  /** The stream is over for this side, and every guest in it gone. */
  | { readonly kind: 'end'; readonly reason: HostEnd };

export interface VisitHost {
  step(input: HostInput, nowMs: number): readonly HostEffect[];
  nextWakeAtMs(): number | undefined;
  size(): number;
}

/**
 * @param mayAdmit asked for every newcomer: why not, or undefined
 * @param openedAtMs when the home square opened the stream
 */
export function createVisitHost(mayAdmit: (nowMs: number) => VisitRefusal | undefined, openedAtMs: number): VisitHost {
  const guests = new Map<number, Set<number>>();
  /** All who were let in, the newest last: a number is good for one visit. */
  const known = new Set<number>();
  const budget = createTokenBucket(INBOUND_BYTES);
  let vouchedAtMs = openedAtMs;
  let nextPing = 0;
  let isOver = false;

  const end = (reason: HostEnd): HostEffect[] => {
    isOver = true;
    guests.clear();
    return [{ kind: 'end', reason }];
  };

  const hear = (message: HomeMessage, nowMs: number): HostEffect[] => {
    switch (message.kind) {
      case 'open':
        return end('broken');
      case 'ping':
        if (message.n < nextPing) return end('broken');
        nextPing = message.n + 1;
        vouchedAtMs = nowMs;
        return [{ kind: 'send', message: { kind: 'pong', n: message.n } }];
      case 'admit':
        return admit(message, nowMs);
      default:
        return obey(message);
    }
  };

  const admit = (command: Extract<GuestCommand, { kind: 'admit' }>, nowMs: number): HostEffect[] => {
    const { guest, tab } = command;
    if (guests.has(guest) || known.has(guest)) return end('broken');
    const reason = mayAdmit(nowMs);
    if (reason !== undefined) return [{ kind: 'send', message: { kind: 'refused', guest, reason } }];
    known.add(guest);
    const [first] = known;
    if (known.size > PAST_GUESTS_MAX && first !== undefined) known.delete(first);
    guests.set(guest, new Set([tab]));
    return [{ kind: 'tell', command }];
  };

  const obey = (command: Exclude<GuestCommand, { kind: 'admit' }>): HostEffect[] => {
    const tabs = guests.get(command.guest);
    // Whoever was sent away may still be spoken for until their home has heard of it.
    if (tabs === undefined) return [];
    switch (command.kind) {
      case 'say':
        return tabs.has(command.tab) ? [{ kind: 'tell', command }] : [];
      case 'leave':
        guests.delete(command.guest);
        return [{ kind: 'tell', command }];
      default:
        if (tabs.has(command.tab) === command.isOpen) return [];
        if (command.isOpen) tabs.add(command.tab);
        else tabs.delete(command.tab);
        if (tabs.size > 0) return [{ kind: 'tell', command }];
        guests.delete(command.guest);
        return [{ kind: 'tell', command: { kind: 'leave', guest: command.guest, toward: null } }];
    }
  };

  return {
    step(input, nowMs) {
      if (isOver) return [];
      switch (input.kind) {
        case 'received':
          if (!budget.take(nowMs, input.bytes)) return end('flood');
          return input.message === undefined ? end('broken') : hear(input.message, nowMs);
        case 'event': {
          const { event } = input;
          if (event.kind === 'frame') return [{ kind: 'send', message: event }];
          if (!guests.has(event.guest)) return [];
          if (event.kind !== 'admitted') guests.delete(event.guest);
          return [{ kind: 'send', message: event }];
        }
        default:
          return vouchedAtMs + LEASE_MS <= nowMs ? end('lease') : [];
      }
    },
    nextWakeAtMs: () => (isOver ? undefined : vouchedAtMs + LEASE_MS),
    size: () => guests.size,
  };
}
