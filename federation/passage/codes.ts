/**
 * Claim codes for plates that wait for their wearers. A code is 128 random bits, lives 60 s in memory only, and is deleted
 * before it is used: however many ask, at most one gets an answer. Codes are never logged.
 */
import { createKeyedBuckets } from '../node/token-bucket.ts';
import type { Clock, Plate, RandomBytes, Side, Timer } from '../types.ts';

export const CODE_LIFETIME_MS = 60_000;
export const CODES_MAX = 10_000;
export const CODES_PER_SQUARE_MAX = 1_000;
export const CODE_BYTES = 16;

/** Offers of one neighbour: a busy square sends a visitor a second over the hill, a bus-load now and then. */
const OFFER_RATE = { perSecond: 20, burst: 100 };
const SQUARES_MAX = 1_024;

/** 22 characters of base64url. */
const CODE_SHAPE = /^[A-Za-z0-9_-]{22}$/;

export interface Claim {
  readonly plate: Plate;
  /** The site the visitor leaves. */
  readonly fromSite: string;
  /** The site that the code opens, and no other. */
  readonly toSite: string;
  /** The gate of `fromSite` that they go through. */
  readonly side: Side;
  /** The square that offered. */
  readonly square: string;
}

export type Issued =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly reason: 'too-often' | 'full' };

export type Claimed =
  | { readonly ok: true; readonly claim: Claim }
  | { readonly ok: false; readonly reason: 'unknown' | 'expired' | 'wrong-site' };

export interface Codes {
  issue(claim: Claim): Issued;
  /** Deletes the code, then looks whether it opens `site`. */
  redeem(site: string, code: string): Claimed;
  /** Forgets every code that this square offered. */
  dropSquare(square: string): void;
  size(): number;
  stop(): void;
}

interface Held {
  readonly claim: Claim;
  readonly expiresAtMs: number;
}

export function createCodes(clock: Clock, random: RandomBytes): Codes {
  // All live equally long, so the order of insertion is the order of expiry.
  const held = new Map<string, Held>();
  const perSquare = new Map<string, number>();
  const rates = createKeyedBuckets(OFFER_RATE, SQUARES_MAX);
  let sweep: Timer | undefined;

  const remove = (code: string, { claim }: Held): void => {
    held.delete(code);
    const left = (perSquare.get(claim.square) ?? 1) - 1;
    if (left > 0) perSquare.set(claim.square, left);
    else perSquare.delete(claim.square);
  };
  const dropExpired = (): void => {
    sweep?.cancel();
    sweep = undefined;
    const nowMs = clock.monotonic();
    for (const [code, entry] of held) {
      if (entry.expiresAtMs > nowMs) {
        sweep = clock.setTimer(dropExpired, entry.expiresAtMs - nowMs);
        return;
      }
      remove(code, entry);
    }
  };

  return {
    issue(claim) {
      if (!rates.take(claim.square, clock.monotonic())) return { ok: false, reason: 'too-often' };
      dropExpired();
      const own = perSquare.get(claim.square) ?? 0;
      if (held.size >= CODES_MAX || own >= CODES_PER_SQUARE_MAX) return { ok: false, reason: 'full' };
      const code = Buffer.from(random(CODE_BYTES)).toString('base64url');
      held.set(code, { claim, expiresAtMs: clock.monotonic() + CODE_LIFETIME_MS });
      perSquare.set(claim.square, own + 1);
      sweep ??= clock.setTimer(dropExpired, CODE_LIFETIME_MS);
      return { ok: true, code };
    },
    redeem(site, code) {
      if (typeof code !== 'string' || !CODE_SHAPE.test(code)) return { ok: false, reason: 'unknown' };
      const entry = held.get(code);
      if (entry === undefined) return { ok: false, reason: 'unknown' };
      remove(code, entry);
      if (entry.expiresAtMs <= clock.monotonic()) return { ok: false, reason: 'expired' };
      if (entry.claim.toSite !== site) return { ok: false, reason: 'wrong-site' };
      return { ok: true, claim: entry.claim };
    },
    dropSquare(square) {
      for (const [code, entry] of held) if (entry.claim.square === square) remove(code, entry);
      rates.drop(square);
    },
    size: () => held.size,
    stop() {
      sweep?.cancel();
      held.clear();
      perSquare.clear();
    },
  };
}
