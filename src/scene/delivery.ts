import type { ServerFrame } from '../protocol/frames.ts';
import type { SceneEffect } from './types.ts';
import { isUnseen, type SceneConnection, type Visitor } from './visitor.ts';

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

/** Tells everybody who should hear what `visitor` did in `source`. */
export function tell(frame: VisitorFrame, visitor: Visitor, source: SceneConnection): SceneEffect {
  return ECHO[frame.type] ? tellAbout(visitor, frame) : tellOthers(frame, visitor, source);
}

/** Tells everybody who may see the visitor: of one who is hidden or away, nobody but their own tabs. */
export function tellAbout(visitor: Visitor, frame: ServerFrame): SceneEffect {
  return isUnseen(visitor) ? tellTabs(visitor, frame) : tellAll(frame);
}

export function tellOthers(frame: ServerFrame, visitor: Visitor, source: SceneConnection): SceneEffect {
  if (isUnseen(visitor)) return tellTabs(visitor, frame, source);
  return { kind: 'broadcast', frame, except: source.id };
}

/** For what classic clients could not see anyway. */
export function tellRingClients(frame: ServerFrame, visitor: Visitor): SceneEffect {
  if (!isUnseen(visitor)) return { kind: 'broadcast', frame, onlyRing: true };
  return sendTo(
    [...visitor.connections].filter(({ isRing }) => isRing),
    frame,
  );
}

/** For what happens to a scene rather than to a visitor. */
export function tellAll(frame: ServerFrame): SceneEffect {
  return { kind: 'broadcast', frame };
}

/** Tells all who were welcomed but the visitor's own tabs. */
export function tellStrangers(
  connections: Iterable<SceneConnection>,
  visitor: Visitor,
  frame: ServerFrame,
): SceneEffect {
  const strangers: SceneConnection[] = [];
  for (const each of connections) {
    if (each.visitor === undefined ? each.isWatching : each.visitor !== visitor) strangers.push(each);
  }
  return sendTo(strangers, frame);
}

export const ROSTER_CHANGED: SceneEffect = { kind: 'roster' };

function tellTabs(visitor: Visitor, frame: ServerFrame, except?: SceneConnection): SceneEffect {
  return sendTo(
    [...visitor.connections].filter((tab) => tab !== except),
    frame,
  );
}

function sendTo(connections: readonly SceneConnection[], frame: ServerFrame): SceneEffect {
  return { kind: 'send', to: connections.map(({ id }) => id), frame };
}
