import type { ServerFrame } from '../protocol/frames.ts';
import type { SceneEffect } from './types.ts';
import type { SceneConnection } from './visitor.ts';

type VisitorFrame = Extract<
  ServerFrame,
  { type: 'join' | 'move' | 'action' | 'say' | 'typing' | 'profile' | 'reading' }
>;

/**
 * Whether the connection that caused a frame hears it too (wire protocol section 4, column "Echo"). Siblings and others
 * always do. Two frames have it both ways: `settle`'s `move` is echoed, since the widget sits down on it, and the
 * `reading` and `profile` that an `init` causes are not, since its `hello` already said so.
 */
const ECHO: Readonly<Record<VisitorFrame['type'], boolean>> = {
  join: false,
  move: false,
  action: false,
  say: false,
  typing: true,
  profile: true,
  reading: true,
};

/** Tells everybody who should hear what `source` did. */
export function tell(frame: VisitorFrame, source: SceneConnection): SceneEffect {
  return ECHO[frame.type] ? tellAll(frame) : tellOthers(frame, source);
}

export function tellAll(frame: ServerFrame): SceneEffect {
  return { kind: 'broadcast', frame };
}

export function tellOthers(frame: ServerFrame, source: SceneConnection): SceneEffect {
  return { kind: 'broadcast', frame, except: source.id };
}

/** For what classic clients could not see anyway. */
export function tellRingClients(frame: ServerFrame): SceneEffect {
  return { kind: 'broadcast', frame, onlyRing: true };
}

export const ROSTER_CHANGED: SceneEffect = { kind: 'roster' };
