import type { BirdSettings } from './birds.ts';

/** How long things take in a scene, in ms, as the operator may set them. */
export interface SceneTuning {
  readonly birds: BirdSettings;
  /** Whoever does nothing, or looks elsewhere, for so long is sent away. 0: nobody is. */
  readonly inactiveMs: number;
  /** The scene looks for them at most this often. */
  readonly inactiveCheckMs: number;
  /** A visit counts when it has lasted so long. */
  readonly minVisitMs: number;
  /** A socket that has not joined by then is closed. 0: none is. */
  readonly initTimeoutMs: number;
}

/** Source: http-api.md section 12; the last is ours. */
export const DEFAULT_TUNING: SceneTuning = {
  birds: { firstSpawnMs: 500, spawnMinMs: 12_000, spawnMaxMs: 22_000 },
  inactiveMs: 1_800_000,
  inactiveCheckMs: 60_000,
  minVisitMs: 3_000,
  initTimeoutMs: 30_000,
};
