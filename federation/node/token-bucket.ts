/** A rate limit as a value: `burst` at once, `perSecond` in the long run. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface TokenBucket {
  /** @returns false when `cost` is more than is left; nothing is taken then */
  take(nowMs: number, cost?: number): boolean;
}

export function createTokenBucket(rate: Rate): TokenBucket {
  let tokens = rate.burst;
  let filledAtMs: number | undefined;
  return {
    take(nowMs, cost = 1) {
      const elapsedMs = Math.max(0, nowMs - (filledAtMs ?? nowMs));
      tokens = Math.min(rate.burst, tokens + (elapsedMs / 1_000) * rate.perSecond);
      filledAtMs = nowMs;
      if (tokens < cost) return false;
      tokens -= cost;
      return true;
    },
  };
}

/** A bucket for each key, at most `max` of them: the one unused for longest is forgotten first. */
export interface KeyedBuckets {
  take(key: string, nowMs: number, cost?: number): boolean;
  drop(key: string): void;
}

export function createKeyedBuckets(rate: Rate, max: number): KeyedBuckets {
  const buckets = new Map<string, TokenBucket>();
  return {
    take(key, nowMs, cost) {
      const bucket = buckets.get(key) ?? createTokenBucket(rate);
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > max) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined) buckets.delete(oldest);
      }
      return bucket.take(nowMs, cost);
    },
    drop: (key) => void buckets.delete(key),
  };
}
