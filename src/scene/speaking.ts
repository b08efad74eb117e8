/** What a joined visitor says and shows of themself: words, name and look, page, privacy (wire protocol section 4). */
import type { ClientMessage } from '../protocol/frames.ts';
import { RECENT_MESSAGES_MAX } from '../protocol/limits.ts';
import { colorOfCoat, decodeLook } from '../protocol/look.ts';
import { ROSTER_CHANGED, tell, tellRingClients } from './delivery.ts';
import { noteActivity, noteAttention } from './idling.ts';
import { mayFlood, maySpendChat, maySpendState } from './limiting.ts';
import { pluginsAllow } from './plugging.ts';
import { readingIn } from './reading.ts';
import { ownerIn, ownerOf, saveOwner } from './owning.ts';
import type { Actor, SceneState, Turn } from './state.ts';
import { aggregateTabs, readingFrame } from './tabs.ts';
import { cleanColor } from './text.ts';
import { notePage } from './visits.ts';
import { profileView } from './views.ts';

type MessageOf<Type extends ClientMessage['type']> = Extract<ClientMessage, { type: Type }>;

export function say(state: SceneState, { connection, visitor }: Actor, text: string, turn: Turn): void {
  const { isChatDisabled, chatThrottleMs, minHumanSayMs } = state.rules;
  if (isChatDisabled || visitor.isMuted || visitor.isHidden || text === '') return;
  if (turn.now - visitor.lastSayAt < chatThrottleMs || turn.now - visitor.joinedAt < minHumanSayMs) return;
  if (!mayFlood(state, connection, turn) || !maySpendChat(state, connection, turn)) return;
  const line = { text: state.mask(text), at: turn.wall };
  if (!pluginsAllow(state, { connection, visitor }, line.text, turn)) return;
  visitor.lastSayAt = turn.now;
  noteActivity(visitor, turn);
  visitor.messages.push(line);
  if (visitor.messages.length > RECENT_MESSAGES_MAX) visitor.messages.shift();
  turn.effects.push(tell({ type: 'say', id: visitor.id, ...line }, visitor, connection));
  if (state.rules.hosted !== undefined) turn.effects.push({ kind: 'said', at: turn.wall });
}

/** Both classic fields always apply; a look that no longer shows as the chosen colour goes with it. */
export function changeProfile(
  state: SceneState,
  { connection, visitor }: Actor,
  message: MessageOf<'profile'>,
  turn: Turn,
): void {
  const given = connection.isRing ? decodeLook(message.look) : undefined;
  const color = given === undefined ? cleanColor(message.color) : colorOfCoat(given.coat);
  const worn = decodeLook(visitor.look);
  const kept = worn !== undefined && colorOfCoat(worn.coat) === color ? visitor.look : undefined;
  const look = given === undefined ? kept : message.look;
  const displayName = state.mask(message.displayName);
  const isClassicChange = displayName !== visitor.displayName || color !== visitor.color;
  if (!isClassicChange && look === visitor.look) return;
  if (!mayFlood(state, connection, turn) || !maySpendState(state, connection, turn)) return;
  noteActivity(visitor, turn);
  visitor.displayName = displayName;
  visitor.color = color;
  visitor.look = look;
  const frame = { type: 'profile', ...profileView(state, visitor) } as const;
  turn.effects.push(
    isClassicChange ? tell(frame, visitor, connection) : tellRingClients(frame, visitor),
    ROSTER_CHANGED,
  );
  if (visitor.isOwner && isClassicChange) saveOwner(state, ownerOf(visitor, ownerIn(state, visitor.key)), turn);
}

export function read(
  state: SceneState,
  { connection, visitor }: Actor,
  message: MessageOf<'reading'>,
  turn: Turn,
): void {
  const before = readingFrame(visitor);
  const { label, url } =
    message.readingUrl === undefined
      ? { label: visitor.readingLabel, url: visitor.readingUrl }
      : readingIn(state, connection, message.readingUrl);
  if (
    label === visitor.readingLabel &&
    url === visitor.readingUrl &&
    message.readingActive === connection.isReadingActive &&
    message.widgetVisible === connection.isWidgetVisible
  ) {
    return;
  }
  if (!maySpendState(state, connection, turn)) return;
  visitor.readingLabel = label;
  visitor.readingUrl = url;
  connection.isReadingActive = message.readingActive;
  connection.isWidgetVisible = message.widgetVisible;
  aggregateTabs(visitor);
  const after = readingFrame(visitor);
  if (after.readingActive && !before.readingActive) noteActivity(visitor, turn);
  noteAttention(visitor, turn);
  if (after.readingUrl !== before.readingUrl) notePage(visitor, turn);
  if (
    after.readingLabel !== before.readingLabel ||
    after.readingUrl !== before.readingUrl ||
    after.readingActive !== before.readingActive ||
    after.widgetVisible !== before.widgetVisible
  ) {
    turn.effects.push(tell(after, visitor, connection));
  }
}

export function choosePrivacy({ connection, visitor }: Actor, isDrawn: boolean, turn: Turn): void {
  if (!connection.isRing || visitor.isDrawnBeyondHill === isDrawn) return;
  visitor.isDrawnBeyondHill = isDrawn;
  turn.effects.push(ROSTER_CHANGED);
}
