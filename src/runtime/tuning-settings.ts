import type { Settings } from '../config/settings.ts';
import { DEFAULT_TUNING, type SceneTuning } from '../scene/tuning.ts';

/** How long things take in scenes, as the operator set it. */
export function tuningSettings(settings: Settings): SceneTuning {
  return {
    ...DEFAULT_TUNING,
    birds: {
      firstSpawnMs: settings.BIRD_FIRST_SPAWN_MS,
      spawnMinMs: settings.BIRD_SPAWN_MIN_MS,
      spawnMaxMs: Math.max(settings.BIRD_SPAWN_MIN_MS, settings.BIRD_SPAWN_MAX_MS),
    },
    inactiveMs: settings.INACTIVE_DISCONNECT_MS,
    inactiveCheckMs: settings.INACTIVE_CHECK_INTERVAL_MS,
    minVisitMs: settings.MIN_VISIT_DURATION_MS,
    initTimeoutMs: settings.INIT_TIMEOUT_MS,
  };
}
