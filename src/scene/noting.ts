/** Leaving a note: for whoever is alone in the ring, where the owner allows it. */
import type { NoteRefusal } from '../protocol/frames.ts';
import { noteActivity } from './idling.ts';
import { mayFlood, maySpendChat } from './limiting.ts';
import { applyRules } from './live-edits.ts';
import { isBusy, withNote } from './note.ts';
import { pluginsAllow } from './plugging.ts';
import { changeSite, type Actor, type SceneState, type Turn } from './state.ts';
import { isUnseen } from './visitor.ts';

const ID_BYTES = 4;

/**
 * Pins a note to the board, or says why not; nothing is lost that way, since its writer still has it.
 * @param text cleaned; undefined when it was longer than a note may be
 * @param isQuiet nobody is next door
 */
export function leaveNote(
  state: SceneState,
  actor: Actor,
  text: string | undefined,
  isQuiet: boolean,
  turn: Turn,
): void {
  const { connection, visitor } = actor;
  if (!connection.isRing) return;
  const words = text === undefined ? undefined : state.mask(text);
  const refused = refusalOf(state, actor, words, isQuiet, turn);
  if (refused === undefined && words !== undefined) {
    // Whoever floods is out, and there is nobody left to answer.
    if (!mayFlood(state, connection, turn) || !maySpendChat(state, connection, turn)) return;
    noteActivity(visitor, turn);
    const id = Buffer.from(state.random.bytes(ID_BYTES)).toString('hex');
    const before = state.rules;
    changeSite(state, { notes: withNote(state.rules.hosted?.notes ?? [], { id, text: words, at: turn.wall }) }, turn);
    applyRules(state, before, {}, turn);
  }
  turn.effects.push(
    { kind: 'send', to: [connection.id], frame: { type: 'noted', ...(refused !== undefined && { refused }) } },
    { kind: 'noted', outcome: refused ?? 'pinned' },
  );
}

function refusalOf(
  state: SceneState,
  actor: Actor,
  words: string | undefined,
  isQuiet: boolean,
  turn: Turn,
): NoteRefusal | undefined {
  const { hosted, isChatDisabled, minHumanSayMs } = state.rules;
  const { visitor } = actor;
  // Nobody is told that the owner muted or hid them.
  if (hosted?.hasNotes !== true || isChatDisabled || visitor.isMuted || visitor.isHidden) return 'off';
  if (!isQuiet || !isAlone(state, actor)) return 'not-alone';
  if (words === undefined) return 'too-long';
  if (hosted.notes.some((note) => note.text === words)) return 'repeated';
  if (turn.now - visitor.joinedAt < minHumanSayMs || isBusy(hosted.notes, turn.wall)) return 'too-fast';
  return pluginsAllow(state, actor, words, turn) ? undefined : 'off';
}

function isAlone({ roster }: SceneState, { visitor }: Actor): boolean {
  for (const other of roster.visitors) if (other !== visitor && !isUnseen(other)) return false;
  return true;
}
