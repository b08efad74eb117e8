import type { Clock } from '../lib/clock.ts';
import type { RingPort } from '../ring/ring-port.ts';
import type { Plugins } from '../scene/scene-plugins.ts';
import type { SiteDirectory, SitePatch } from '../scene/site.ts';
import type { SceneTuning } from '../scene/tuning.ts';
import type { SceneRandom, SecretFor } from '../scene/types.ts';

/** What the scenes' side needs from the rest of the square. */
export interface RealtimeDeps {
  readonly sites: SiteDirectory;
  readonly ring: RingPort;
  readonly clock: Clock;
  readonly random: SceneRandom;
  readonly secretFor: SecretFor;
  /** How long things take in scenes; the host sets it from its settings. */
  readonly tuning?: SceneTuning;
  /** None when absent. */
  readonly plugins?: Plugins;
  readonly log: RealtimeLog;
  readonly metrics: RealtimeMetrics;
  /** A scene changed its site: the directory is to say so from now on, and the store to keep it. */
  readonly changeSite?: (siteKey: string, patch: SitePatch) => void;
  /** An address is out of a scene for so long; whoever admits sockets in another process is to know. */
  readonly onQuarantined?: (sceneKey: string, address: string, forMs: number) => void;
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
