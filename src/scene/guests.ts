/** Guests: visitors whom another square sends and vouches for. Once in, they are visitors in every respect. */
import { colorOfCoat, decodeLook } from '../protocol/look.ts';
import { ROSTER_CHANGED, tell } from './delivery.ts';
import { noteActivity, watchForIdlers } from './idling.ts';
import type { SceneState, Turn } from './state.ts';
import { cleanDisplayName, THROW_AWAY_PREFIX } from './text.ts';
import type { ConnectionId, SceneGuest } from './types.ts';
import { beginVisit } from './visits.ts';
import { visitorView } from './views.ts';
import { newVisitor } from './visitor.ts';
import { welcome } from './welcoming.ts';

/**
 * A tab of a guest opens; the first one brings them in. Their key is a throw-away one: nothing is remembered of them, and they
 * are not found again after a restart.
 */
export function receiveGuest(state: SceneState, id: ConnectionId, guest: SceneGuest, turn: Turn): void {
  const key = `${THROW_AWAY_PREFIX}${guest.key}`;
  const connection = state.roster.open(id, undefined);
  connection.isRing = true;
  const known = state.roster.byKey(key);
  if (known !== undefined) {
    state.roster.attach(connection, known);
    noteActivity(known, turn);
    return welcome(state, connection, known, undefined, turn);
  }
  const { plate, from, side, isResident, isDrawn } = guest;
  const worn = decodeLook(plate.look);
  const visitor = newVisitor({
    id: state.roster.takeVisitorId(),
    key,
    secret: '',
    joinedAt: turn.now,
    from,
    isGuest: true,
    isResident,
    x: side === 'left' ? 0 : 1,
    displayName: state.mask(cleanDisplayName(plate.name)),
    color: colorOfCoat(worn?.coat ?? 0),
    look: worn === undefined ? undefined : plate.look,
    isDrawnBeyondHill: isDrawn,
  });
  state.roster.attach(connection, visitor);
  welcome(state, connection, visitor, undefined, turn);
  state.roster.add(visitor);
  beginVisit(state, visitor);
  turn.effects.push(tell({ type: 'join', peer: visitorView(state, visitor) }, visitor, connection), ROSTER_CHANGED);
  watchForIdlers(state, turn);
}
