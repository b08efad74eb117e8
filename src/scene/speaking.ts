/** What a joined visitor says and shows of themself: words, name and look, page, privacy (wire protocol section 4). */
import type { ClientMessage } from '../protocol/frames.ts';
import { RECENT_MESSAGES_MAX } from '../protocol/limits.ts';
import { colorOfCoat, decodeLook } from '../protocol/look.ts';
import { ROSTER_CHANGED, tell, tellRingClients } from './delivery.ts';
import { readingIn } from './reading.ts';
import type { Actor, SceneState, Turn } from './state.ts';
import { aggregateTabs, readingFrame } from './tabs.ts';
import { cleanColor } from './text.ts';
import { profileView } from './visitor.ts';

type MessageOf<Type extends ClientMessage['type']> = Extract<ClientMessage, { type: Type }>;

export function say(state: SceneState, { connection, visitor }: Actor, text: string, turn: Turn): void {
  const { isChatDisabled, chatThrottleMs, minHumanSayMs } = state.rules;
  if (isChatDisabled || text === '') return;
  if (turn.now - connection.lastSayAt < chatThrottleMs || turn.now - visitor.joinedAt < minHumanSayMs) return;
  connection.lastSayAt = turn.now;
  const line = { text, at: turn.wall };
  visitor.messages.push(line);
  if (visitor.messages.length > RECENT_MESSAGES_MAX) visitor.messages.shift();
  turn.effects.push(tell({ type: 'say', id: visitor.id, ...line }, connection));
}

/** Both classic fields always apply; a look that no longer shows as the chosen colour goes with it. */
export function changeProfile({ connection, visitor }: Actor, message: MessageOf<'profile'>, turn: Turn): void {
  const given = connection.isRing ? decodeLook(message.look) : undefined;
  const color = given === undefined ? cleanColor(message.color) : colorOfCoat(given.coat);
  const worn = decodeLook(visitor.look);
  const kept = worn !== undefined && colorOfCoat(worn.coat) === color ? visitor.look : undefined;
  const look = given === undefined ? kept : message.look;
  const isClassicChange = message.displayName !== visitor.displayName || color !== visitor.color;
  if (!isClassicChange && look === visitor.look) return;
  visitor.displayName = message.displayName;
  visitor.color = color;
  visitor.look = look;
  const frame = { type: 'profile', ...profileView(visitor) } as const;
  turn.effects.push(isClassicChange ? tell(frame, connection) : tellRingClients(frame), ROSTER_CHANGED);
}

export function read(
  state: SceneState,
  { connection, visitor }: Actor,
  message: MessageOf<'reading'>,
  turn: Turn,
): void {
  const before = readingFrame(visitor);
  if (message.readingUrl !== undefined) {
    const reading = readingIn(state, connection, message.readingUrl);
    visitor.readingLabel = reading.label;
    visitor.readingUrl = reading.url;
  }
  connection.isReadingActive = message.readingActive;
  connection.isWidgetVisible = message.widgetVisible;
  aggregateTabs(visitor);
  const after = readingFrame(visitor);
  if (
    after.readingLabel !== before.readingLabel ||
    after.readingUrl !== before.readingUrl ||
    after.readingActive !== before.readingActive ||
    after.widgetVisible !== before.widgetVisible
  ) {
    turn.effects.push(tell(after, connection));
  }
}

export function choosePrivacy({ connection, visitor }: Actor, isDrawn: boolean, turn: Turn): void {
  if (!connection.isRing || visitor.isDrawnBeyondHill === isDrawn) return;
  visitor.isDrawnBeyondHill = isDrawn;
  turn.effects.push(ROSTER_CHANGED);
}
