/**
 * A scene as plain JSON data, small and versioned, from which it can go on: in the same process after a fault, or in the
 * next one after its process was lost. It holds who is here, how they stand, and the birds. What is soft (throttles, who
 * types) is not in it and begins anew.
 */
import type { BirdsSnapshot } from './birds.ts';
import { tellAbout, ROSTER_CHANGED } from './delivery.ts';
import { recallModeration } from './live-edits.ts';
import { tellPlugins } from './plugging.ts';
import type { SceneState } from './state.ts';
import { aggregateTabs } from './tabs.ts';
import { THROW_AWAY_PREFIX } from './text.ts';
import type { ConnectionId, Moment, SceneEffect } from './types.ts';
import { beginVisit } from './visits.ts';
import { moveView } from './views.ts';
import type { SceneConnection, Visitor } from './visitor.ts';

/** Another shape, another number; a snapshot of any other version is not used. */
const SNAPSHOT_VERSION = 1;

export interface SceneSnapshot {
  readonly v: number;
  readonly key: string;
  /** ms since the epoch */
  readonly takenAt: number;
  readonly nextVisitorId: number;
  readonly visitors: readonly VisitorSnapshot[];
  /** Absent in one from before birds. */
  readonly birds?: BirdsSnapshot;
  /** States of what plugins put into the scene, by plugin; absent in one from before plugins. */
  readonly entities?: Readonly<Record<string, unknown>>;
}

export interface VisitorSnapshot {
  readonly id: number;
  readonly key: string;
  /** Of a throw-away identity only; any other is made again from the key. */
  readonly secret?: string;
  /** What a visitor is, but for times, tabs and secret. */
  readonly fields: Readonly<Record<string, unknown>>;
  /**
   * How long before `takenAt` each moment was, in ms; ∞, in JSON null: never. Monotonic clocks do not outlive their process.
   */
  readonly ages: Readonly<Record<string, number | null | undefined>>;
  readonly tabs: readonly TabSnapshot[];
}

interface TabSnapshot {
  readonly id: ConnectionId;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Moments that survive; who is in grace begins it anew. */
type KeptTime = Exclude<Extract<keyof Visitor, `${string}At`>, 'graceEndsAt'>;
type KeptFields = Omit<
  Visitor,
  KeptTime | 'graceEndsAt' | 'secret' | 'connections' | 'isTyping' | 'departing' | 'away'
>;

/** Copies what has to survive. O(visitors); shares nothing that the scene goes on to change. */
export function takeSnapshot(state: SceneState, { now, wall }: Moment): SceneSnapshot {
  return {
    v: SNAPSHOT_VERSION,
    key: state.key,
    takenAt: wall,
    nextVisitorId: state.roster.nextVisitorId,
    visitors: Array.from(state.roster.visitors, (visitor) => visitorSnapshot(visitor, now)),
    birds: state.birds.snapshot(),
    entities: state.plugins.snapshot(),
  };
}

/**
 * Fills a new scene. Sockets that were opened in it before are given back to their visitors; visitors without one stay
 * for `graceMs`, and leave then unless they come back with their secret. Throw-away identities cannot come back.
 * @returns where everybody stands, to correct what clients saw after the snapshot; nothing for an unknown version
 */
export function restoreSnapshot(
  state: SceneState,
  snapshot: SceneSnapshot,
  { now, wall }: Moment,
  graceMs: number,
): readonly SceneEffect[] {
  if (snapshot.v !== SNAPSHOT_VERSION || snapshot.key !== state.key) return [];
  const takenAt = now - Math.max(0, wall - snapshot.takenAt);
  const effects: SceneEffect[] = [ROSTER_CHANGED];
  state.roster.continueFrom(snapshot.nextVisitorId);
  if (snapshot.birds !== undefined) state.birds.restore(snapshot.birds);
  for (const each of snapshot.visitors) {
    const tabs = each.tabs.flatMap((tab) => {
      const connection = state.roster.connection(tab.id);
      return connection === undefined ? [] : [{ connection, fields: tab.fields }];
    });
    if (tabs.length === 0 && each.key.startsWith(THROW_AWAY_PREFIX)) continue;
    const visitor = revive(state, each, takenAt);
    recallModeration(state, visitor);
    state.roster.add(visitor);
    for (const { connection, fields } of tabs) {
      Object.assign(connection, fields, { isTyping: false });
      state.roster.attach(connection, visitor);
    }
    if (!visitor.isVisitConfirmed) beginVisit(state, visitor);
    aggregateTabs(visitor);
    if (tabs.length === 0) state.roster.beginResume(visitor, now + graceMs);
    if (tabs.length > 0) {
      effects.push(tellAbout(visitor, { type: 'move', ...moveView(visitor) }));
      // Who typed starts anew, and clients are not left with three dots for ever.
      effects.push(tellAbout(visitor, { type: 'typing', id: visitor.id, typing: false }));
    }
  }
  if (Object.keys(snapshot.entities ?? {}).length > 0) {
    state.plugins.restore(snapshot.entities ?? {});
    state.plugins.schedule(now, state.roster.connectionCount > 0);
    tellPlugins(state, false, { now, wall, effects });
  }
  // Some may have been idle for long already.
  const { inactiveMs, inactiveCheckMs } = state.tuning;
  if (inactiveMs > 0 && state.roster.visitorCount > 0) state.idleCheckAt = now + inactiveCheckMs;
  return effects;
}

/** One place that names everything, so that the compiler says when something new is neither kept nor left out. */
function visitorSnapshot(visitor: Visitor, now: number): VisitorSnapshot {
  const { id, key, awayAt } = visitor;
  const fields: KeptFields = {
    id,
    key,
    from: visitor.from,
    isGuest: visitor.isGuest,
    isResident: visitor.isResident,
    x: visitor.x,
    heading: visitor.heading,
    pose: visitor.pose,
    propId: visitor.propId,
    displayName: visitor.displayName,
    color: visitor.color,
    look: visitor.look,
    isOwner: visitor.isOwner,
    badgeColor: visitor.badgeColor,
    isMuted: visitor.isMuted,
    isHidden: visitor.isHidden,
    isDrawnBeyondHill: visitor.isDrawnBeyondHill,
    readingLabel: visitor.readingLabel,
    readingUrl: visitor.readingUrl,
    isReadingActive: visitor.isReadingActive,
    isWidgetVisible: visitor.isWidgetVisible,
    messages: [...visitor.messages],
    isSentAway: visitor.isSentAway,
    isVisitConfirmed: visitor.isVisitConfirmed,
  };
  const ages: Record<KeptTime, number | undefined> = {
    joinedAt: now - visitor.joinedAt,
    lastMoveAt: now - visitor.lastMoveAt,
    lastActionAt: now - visitor.lastActionAt,
    lastSayAt: now - visitor.lastSayAt,
    activeAt: now - visitor.activeAt,
    awayAt: awayAt === undefined ? undefined : now - awayAt,
    handRaisedAt: now - visitor.handRaisedAt,
  };
  return {
    id,
    key,
    ...(key.startsWith(THROW_AWAY_PREFIX) && { secret: visitor.secret }),
    fields,
    ages,
    tabs: Array.from(visitor.connections, tabSnapshot),
  };
}

/** Flags only: the throttles of a tab begin anew. */
function tabSnapshot({ id, isWatching, isRing, isReadingActive, isWidgetVisible }: SceneConnection): TabSnapshot {
  return { id, fields: { isWatching, isRing, isReadingActive, isWidgetVisible } };
}

function revive(state: SceneState, { key, secret, fields, ages }: VisitorSnapshot, takenAt: number): Visitor {
  const times: Record<string, number> = {};
  for (const [name, age] of Object.entries(ages)) {
    if (age !== undefined) times[name] = age === null ? Number.NEGATIVE_INFINITY : takenAt - age;
  }
  return {
    // A copy, because the same snapshot may be needed again.
    ...JSON.parse(JSON.stringify(fields)),
    ...times,
    secret: secret ?? state.secretFor(state.key, key),
    connections: new Set(),
    isTyping: false,
    awayAt: times['awayAt'],
    graceEndsAt: undefined,
    departing: undefined,
    away: undefined,
  };
}
