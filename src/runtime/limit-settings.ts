import type { Settings } from '../config/settings.ts';
import type { SceneHostSettings } from '../realtime/scene-host.ts';

/** What the operator set about floods and robots, as whoever holds the scenes needs it. */
export function limitSettings(
  settings: Settings,
): Required<Pick<SceneHostSettings, 'limits' | 'socketMessageLimit' | 'proofOfWorkBits'>> {
  return {
    limits: {
      maxIdentities: settings.IP_MAX_IDENTITIES,
      joinLimit: settings.IP_JOIN_LIMIT,
      stateEventLimit: settings.IP_STATE_EVENT_LIMIT,
      chatEventLimit: settings.IP_CHAT_EVENT_LIMIT,
      lockStep: {
        rounds: settings.IP_SYNC_ACTION_ROUNDS,
        windowMs: settings.IP_SYNC_ACTION_WINDOW_MS,
        toleranceMs: settings.IP_SYNC_ACTION_TOLERANCE_MS,
        quarantineMs: settings.IP_QUARANTINE_MS,
      },
      flood: {
        limit: settings.FLOOD_BAN_LIMIT,
        windowMs: settings.FLOOD_BAN_WINDOW_MS,
        isEnforced: settings.FLOOD_BAN_ENFORCE,
      },
      maxEntries: settings.MAX_IP_ACTIVITY_ENTRIES,
    },
    socketMessageLimit: settings.WS_MESSAGES_PER_SECOND,
    proofOfWorkBits: settings.POW_DIFFICULTY_BITS,
  };
}
