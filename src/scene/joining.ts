import type { ArrivalView, HelloFrame, InitMessage } from '../protocol/frames.ts';
import { WALK_MAX, WALK_MIN } from '../protocol/limits.ts';
import { colorOfCoat, decodeLook } from '../protocol/look.ts';
import { propsOf } from '../protocol/scene-kit.ts';
import { ROSTER_CHANGED, tell, tellOthers } from './delivery.ts';
import { NO_READING, readingIn } from './reading.ts';
import type { SceneState, Turn } from './state.ts';
import { aggregateTabs, readingFrame } from './tabs.ts';
import { cleanColor, cleanDisplayName, isSameSecret, THROW_AWAY_PREFIX } from './text.ts';
import type { SceneArrival } from './types.ts';
import { lookOf, visitorView, type SceneConnection, type Visitor } from './visitor.ts';

/** Secrets of throw-away identities, in bytes; 64 hex characters on the wire. */
const SECRET_BYTES = 32;

/** Handles a connection's first `init`; any later one is ignored (wire protocol section 6). */
export function join(
  state: SceneState,
  connection: SceneConnection,
  init: InitMessage,
  arrival: SceneArrival | undefined,
  turn: Turn,
): void {
  if (connection.visitor !== undefined) return;
  connection.isRing = init.ring;
  connection.isReadingActive = init.readingActive;
  connection.isWidgetVisible = init.widgetVisible;
  if (init.sceneConfig !== undefined && state.rules.hosted === undefined) {
    connection.ownProps = propsOf(init.sceneConfig);
  }
  const known = init.browserId === '' ? undefined : state.roster.byKey(init.browserId);
  if (known !== undefined && isSameSecret(known.secret, init.browserSecret)) {
    attach(state, connection, known, init, arrival, turn);
  } else {
    // A wrong secret forks: the newcomer is somebody else, and whom they claimed to be is untouched.
    enter(state, connection, init, known === undefined ? init.browserId : '', arrival, turn);
  }
}

/** Another tab, or back within the grace: nobody sees a leave or a join. */
function attach(
  state: SceneState,
  connection: SceneConnection,
  visitor: Visitor,
  init: InitMessage,
  arrival: SceneArrival | undefined,
  turn: Turn,
): void {
  const { readingLabel, readingUrl, isReadingActive } = visitor;
  if (visitor.graceEndsAt !== undefined) turn.effects.push(ROSTER_CHANGED);
  state.roster.attach(connection, visitor);
  visitor.departing = undefined;
  if (init.readingUrl !== undefined) {
    const reading = readingIn(state, connection, init.readingUrl);
    visitor.readingLabel = reading.label;
    visitor.readingUrl = reading.url;
  }
  aggregateTabs(visitor);
  // One tab that asks not to be drawn is enough; only an explicit `privacy` takes that back.
  if (visitor.isDrawnBeyondHill && !init.beyondHill) {
    visitor.isDrawnBeyondHill = false;
    turn.effects.push(ROSTER_CHANGED);
  }
  welcome(state, connection, visitor, arrival && receptionOf(arrival, visitor, false).view, turn);
  if (
    visitor.readingLabel !== readingLabel ||
    visitor.readingUrl !== readingUrl ||
    visitor.isReadingActive !== isReadingActive
  ) {
    turn.effects.push(tellOthers(readingFrame(visitor), connection));
  }
}

function enter(
  state: SceneState,
  connection: SceneConnection,
  init: InitMessage,
  browserId: string,
  arrival: SceneArrival | undefined,
  turn: Turn,
): void {
  const reading = init.readingUrl === undefined ? NO_READING : readingIn(state, connection, init.readingUrl);
  const own = {
    displayName: init.displayName,
    look: init.ring && decodeLook(init.look) !== undefined ? init.look : undefined,
    color: cleanColor(init.color),
  };
  const reception =
    arrival && receptionOf(arrival, own, init.displayName === '' && isReferredBy(arrival, init.arrival?.referrer));
  const worn = reception?.worn ?? own;
  const coat = decodeLook(worn.look)?.coat;
  const visitor: Visitor = {
    id: state.roster.takeVisitorId(),
    key: browserId === '' ? `${THROW_AWAY_PREFIX}${connection.id}` : browserId,
    secret: browserId === '' ? throwAwaySecret(state) : state.secretFor(state.key, browserId),
    joinedAt: turn.now,
    from: arrival?.from,
    isResident: init.ring && init.resident,
    connections: new Set(),
    x: startOf(state, init, arrival),
    pose: null,
    propId: null,
    displayName: worn.displayName,
    color: coat === undefined ? own.color : colorOfCoat(coat),
    look: worn.look,
    isDrawnBeyondHill: init.beyondHill,
    readingLabel: reading.label,
    readingUrl: reading.url,
    isReadingActive: init.readingActive,
    isWidgetVisible: init.widgetVisible,
    isTyping: false,
    messages: [],
    lastMoveAt: Number.NEGATIVE_INFINITY,
    handRaisedAt: Number.NEGATIVE_INFINITY,
    graceEndsAt: undefined,
    departing: undefined,
  };
  state.roster.attach(connection, visitor);
  // Before the newcomer is on the roster: no list of peers names the one who reads it.
  welcome(state, connection, visitor, reception?.view, turn);
  state.roster.add(visitor);
  turn.effects.push(tell({ type: 'join', peer: visitorView(visitor) }, connection), ROSTER_CHANGED);
}

function startOf(state: SceneState, init: InitMessage, arrival: SceneArrival | undefined): number {
  if (arrival !== undefined) return arrival.side === 'left' ? 0 : 1;
  return init.x ?? WALK_MIN + state.random.fraction() * (WALK_MAX - WALK_MIN);
}

function throwAwaySecret(state: SceneState): string {
  return Array.from(state.random.bytes(SECRET_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

interface Wearing {
  readonly displayName: string;
  readonly look: number | undefined;
}

/**
 * How a plate that came along is received: put on by one who has none of their own and comes from where it was given;
 * otherwise offered, when it is another than their own and has a name to ask about.
 */
function receptionOf(
  arrival: SceneArrival,
  own: Wearing & { readonly color: string },
  mayWear: boolean,
): { readonly view: ArrivalView; readonly worn?: Wearing } {
  const { from, side } = arrival;
  const displayName = cleanDisplayName(arrival.plate.name);
  const look = decodeLook(arrival.plate.look) === undefined ? lookOf(own) : arrival.plate.look;
  if (mayWear) return { view: { from, side }, worn: { displayName, look } };
  const isOwn = displayName === own.displayName && look === lookOf(own);
  return { view: { from, side, ...(!isOwn && displayName !== '' && { offered: { displayName, look } }) } };
}

function isReferredBy(arrival: SceneArrival, referrer: string | undefined): boolean {
  const origin = URL.parse(referrer ?? '')?.origin;
  return origin !== undefined && origin !== 'null' && origin === URL.parse(arrival.from.url)?.origin;
}

function welcome(
  state: SceneState,
  connection: SceneConnection,
  visitor: Visitor,
  arrival: ArrivalView | undefined,
  turn: Turn,
): void {
  const { hosted, chatThrottleMs } = state.rules;
  const { id, ...self } = visitorView(visitor);
  const frame: HelloFrame = {
    type: 'hello',
    id,
    browserSecret: visitor.secret,
    ...self,
    peers: [...state.roster.visitors].filter((peer) => peer !== visitor).map(visitorView),
    birds: [],
    chatThrottleMs,
    pluginModules: [],
    pluginEntities: {},
    ...(hosted && { scene: hosted.scene, connections: hosted.connections, messageBoard: hosted.messageBoard }),
    ...(arrival && { arrival }),
  };
  turn.effects.push({ kind: 'welcome', to: connection.id, isRing: connection.isRing, frame });
}
