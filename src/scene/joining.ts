import type { ArrivalView, InitMessage } from '../protocol/frames.ts';
import { WALK_MAX, WALK_MIN } from '../protocol/limits.ts';
import { colorOfCoat, decodeLook } from '../protocol/look.ts';
import { propsOf } from '../protocol/scene-kit.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import { showAgain } from './away.ts';
import { ROSTER_CHANGED, tell, tellOthers } from './delivery.ts';
import { noteActivity, noteAttention, watchForIdlers } from './idling.ts';
import { mayJoin } from './limiting.ts';
import { isWearing, judgeClaim, wearOwner, type Claim } from './owning.ts';
import { NO_READING, readingIn } from './reading.ts';
import type { SceneState, Turn } from './state.ts';
import { aggregateTabs, readingFrame } from './tabs.ts';
import { cleanColor, cleanDisplayName, isSameSecret, THROW_AWAY_PREFIX } from './text.ts';
import type { SceneArrival } from './types.ts';
import { beginVisit } from './visits.ts';
import { watch } from './watching.ts';
import { profileView, visitorView } from './views.ts';
import { lookOf, newVisitor, type SceneConnection, type Visitor } from './visitor.ts';
import { welcome } from './welcoming.ts';

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
  if (connection.visitor !== undefined || connection.isWatching || !mayJoin(state, connection, init, turn)) return;
  if (connection.isSpectator) return watch(state, connection, init, turn);
  const { hosted } = state.rules;
  if (hosted?.blockedBrowserIds.includes(init.browserId) === true) {
    turn.effects.push({ kind: 'close', to: connection.id, reason: CLOSE.blocked });
    return;
  }
  state.unjoined.delete(connection);
  connection.isRing = init.ring;
  connection.isReadingActive = init.readingActive;
  connection.isWidgetVisible = init.widgetVisible;
  if (init.sceneConfig !== undefined && hosted === undefined) {
    connection.ownProps = propsOf(init.sceneConfig);
  }
  const claim = judgeClaim(state, init, turn);
  const known = init.browserId === '' ? undefined : state.roster.byKey(init.browserId);
  if (known !== undefined && isSameSecret(known.secret, init.browserSecret)) {
    attach(state, connection, known, init, arrival, claim, turn);
  } else {
    // A wrong secret forks: the newcomer is somebody else, and whom they claimed to be is untouched.
    const isFork = known !== undefined || claim.isFalse;
    enter(state, connection, init, isFork ? '' : init.browserId, arrival, isFork ? { isFalse: true } : claim, turn);
  }
  watchForIdlers(state, turn);
}

/** Another tab, or back within the grace: nobody sees a leave or a join. */
function attach(
  state: SceneState,
  connection: SceneConnection,
  visitor: Visitor,
  init: InitMessage,
  arrival: SceneArrival | undefined,
  { owner }: Claim,
  turn: Turn,
): void {
  const { readingLabel, readingUrl, isReadingActive } = visitor;
  // With its last tab went the strip that was elsewhere; a further tab goes where the others are.
  if (visitor.connections.size === 0) showAgain(state, visitor, turn);
  if (visitor.graceEndsAt !== undefined) turn.effects.push(ROSTER_CHANGED);
  state.roster.attach(connection, visitor);
  visitor.departing = undefined;
  visitor.isSentAway = false;
  if (!isWearing(visitor, owner)) {
    wearOwner(visitor, owner);
    turn.effects.push(ROSTER_CHANGED);
  }
  noteActivity(visitor, turn);
  if (init.readingUrl !== undefined) {
    const reading = readingIn(state, connection, init.readingUrl);
    visitor.readingLabel = reading.label;
    visitor.readingUrl = reading.url;
  }
  aggregateTabs(visitor);
  noteAttention(visitor, turn);
  // One tab that asks not to be drawn is enough; only an explicit `privacy` takes that back.
  if (visitor.isDrawnBeyondHill && !init.beyondHill) {
    visitor.isDrawnBeyondHill = false;
    turn.effects.push(ROSTER_CHANGED);
  }
  welcome(state, connection, visitor, arrival && receptionOf(state, arrival, visitor, false).view, turn);
  if (
    visitor.readingLabel !== readingLabel ||
    visitor.readingUrl !== readingUrl ||
    visitor.isReadingActive !== isReadingActive
  ) {
    turn.effects.push(tellOthers(readingFrame(visitor), visitor, connection));
  }
  if (visitor.isOwner)
    turn.effects.push(tellOthers({ type: 'profile', ...profileView(state, visitor) }, visitor, connection));
}

function enter(
  state: SceneState,
  connection: SceneConnection,
  init: InitMessage,
  browserId: string,
  arrival: SceneArrival | undefined,
  { owner }: Claim,
  turn: Turn,
): void {
  const reading = init.readingUrl === undefined ? NO_READING : readingIn(state, connection, init.readingUrl);
  const own = {
    displayName: state.mask(init.displayName),
    look: init.ring && decodeLook(init.look) !== undefined ? init.look : undefined,
    color: cleanColor(init.color),
  };
  const reception =
    arrival &&
    receptionOf(state, arrival, own, init.displayName === '' && isReferredBy(arrival, init.arrival?.referrer));
  const worn = reception?.worn ?? own;
  const coat = decodeLook(worn.look)?.coat;
  const visitor = newVisitor({
    id: state.roster.takeVisitorId(),
    key: browserId === '' ? `${THROW_AWAY_PREFIX}${connection.id}` : browserId,
    secret: browserId === '' ? throwAwaySecret(state) : state.secretFor(state.key, browserId),
    joinedAt: turn.now,
    from: arrival?.from,
    isGuest: false,
    isResident: init.ring && init.resident,
    x: startOf(state, init, arrival),
    displayName: worn.displayName,
    color: coat === undefined ? own.color : colorOfCoat(coat),
    look: worn.look,
    isMuted: state.rules.hosted?.mutedBrowserIds.includes(browserId) ?? false,
    isHidden: state.rules.hosted?.hiddenBrowserIds.includes(browserId) ?? false,
    isDrawnBeyondHill: init.beyondHill,
    readingLabel: reading.label,
    readingUrl: reading.url,
    isReadingActive: init.readingActive,
    isWidgetVisible: init.widgetVisible,
    awayAt: init.readingActive ? undefined : turn.now,
  });
  if (owner !== undefined) wearOwner(visitor, owner);
  state.roster.attach(connection, visitor);
  // Before the newcomer is on the roster: no list of peers names the one who reads it.
  welcome(state, connection, visitor, reception?.view, turn);
  state.roster.add(visitor);
  beginVisit(state, visitor);
  turn.effects.push(tell({ type: 'join', peer: visitorView(state, visitor) }, visitor, connection), ROSTER_CHANGED);
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
  state: SceneState,
  arrival: SceneArrival,
  own: Wearing & { readonly color: string },
  mayWear: boolean,
): { readonly view: ArrivalView; readonly worn?: Wearing } {
  const { from, side } = arrival;
  const displayName = state.mask(cleanDisplayName(arrival.plate.name));
  const look = decodeLook(arrival.plate.look) === undefined ? lookOf(own) : arrival.plate.look;
  if (mayWear) return { view: { from, side }, worn: { displayName, look } };
  const isOwn = displayName === own.displayName && look === lookOf(own);
  return { view: { from, side, ...(!isOwn && displayName !== '' && { offered: { displayName, look } }) } };
}

function isReferredBy(arrival: SceneArrival, referrer: string | undefined): boolean {
  const origin = URL.parse(referrer ?? '')?.origin;
  return origin !== undefined && origin !== 'null' && origin === URL.parse(arrival.from.url)?.origin;
}
