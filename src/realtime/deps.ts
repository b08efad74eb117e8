import type { Clock } from '../lib/clock.ts';
import type { RingPort } from '../ring/ring-port.ts';
import type { SiteDirectory } from '../scene/site.ts';
import type { SceneRandom, SecretFor } from '../scene/types.ts';

/** What the scenes' side needs from the rest of the square. */
export interface RealtimeDeps {
  readonly sites: SiteDirectory;
  readonly ring: RingPort;
  readonly clock: Clock;
  readonly random: SceneRandom;
  readonly secretFor: SecretFor;
  readonly log: RealtimeLog;
  readonly metrics: RealtimeMetrics;
}

/** The part of a pino logger that is used here. */
export interface RealtimeLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Counts one event. Both words come from a small fixed set, see docs of `SceneHost`. */
export interface RealtimeMetrics {
  count(event: string, reason: string): void;
}
