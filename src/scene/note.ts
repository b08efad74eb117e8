/** Notes on the board of a site: what a lonely visitor left for whoever comes later. Kept with the site. Pure. */
import type { NoteView } from '../protocol/frames.ts';
import { NOTES_KEPT_MS, NOTES_MAX } from '../protocol/limits.ts';

/** Says nothing of who wrote it: the square does not know any more. */
export interface Note {
  /** 8 hex characters, random: what its owner takes it down by. */
  readonly id: string;
  readonly text: string;
  /** ms since the epoch */
  readonly at: number;
}

/** New notes of one site within {@link BUSY_MS}: whoever would push the others off the board needs hours for it. */
const BUSY_NOTES = 3;
const BUSY_MS = 3_600_000;

/** Those that may still hang there, newest first; the same list when all may. */
export function freshNotes(notes: readonly Note[], wall: number): readonly Note[] {
  const isFresh = ({ at }: Note): boolean => wall - at < NOTES_KEPT_MS;
  return notes.every(isFresh) ? notes : notes.filter(isFresh);
}

/** Adds a note; of more than {@link NOTES_MAX} the oldest fall off. */
export function withNote(notes: readonly Note[], note: Note): readonly Note[] {
  return [note, ...freshNotes(notes, note.at)].slice(0, NOTES_MAX);
}

/** So many were just left that the next has to wait. */
export function isBusy(notes: readonly Note[], wall: number): boolean {
  return notes.filter(({ at }) => wall - at < BUSY_MS).length >= BUSY_NOTES;
}

/** As visitors read them. */
export function notesView(notes: readonly Note[], wall: number): readonly NoteView[] {
  return freshNotes(notes, wall).map(({ text, at }) => ({ text, at }));
}

/** Reads notes of our own writing. */
export function notesFrom(value: unknown): readonly Note[] {
  if (!Array.isArray(value)) return [];
  const notes: readonly unknown[] = value;
  return notes.filter(isNote).slice(0, NOTES_MAX);
}

function isNote(value: unknown): value is Note {
  if (typeof value !== 'object' || value === null) return false;
  const { id, text, at }: Partial<Record<keyof Note, unknown>> = value;
  return typeof id === 'string' && typeof text === 'string' && typeof at === 'number';
}
