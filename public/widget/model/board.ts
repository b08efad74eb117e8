/** Reads what a square says of the notice board. The same rules as model/decode.ts. */
import type { NoteView } from '../../../src/protocol/frames.ts';
import {
  BOARD_BODY_MAX_UNITS,
  BOARD_TITLE_MAX_UNITS,
  NOTES_MAX,
  NOTE_MAX_UNITS,
} from '../../../src/protocol/limits.ts';
import { record } from './decode.ts';

export interface Board {
  /** 0…1 of the strip. */
  readonly x: number;
  readonly variant: string;
  readonly title: string;
  readonly body: string;
  /** Newest first; undefined where nobody may leave any. */
  readonly notes: readonly NoteView[] | undefined;
}

/** @returns undefined when there is none to read */
export function boardFrom(value: unknown, pinned: unknown): Board | undefined {
  const { enabled, x, variant, title, body } = record(value);
  const text = (one: unknown, max: number): string =>
    typeof one === 'string' && enabled !== false ? one.slice(0, max) : '';
  const notes: readonly unknown[] | undefined = Array.isArray(pinned) ? pinned : undefined;
  const board = {
    x: typeof x === 'number' && x >= 0 && x <= 1 ? x : 0.5,
    variant: String(variant),
    title: text(title, BOARD_TITLE_MAX_UNITS),
    body: text(body, BOARD_BODY_MAX_UNITS),
    notes: notes?.slice(0, NOTES_MAX).flatMap((note) => noteFrom(note)),
  };
  return board.title === '' && board.body === '' && notes === undefined ? undefined : board;
}

function noteFrom(value: unknown): NoteView[] {
  const { text, at } = record(value);
  const isNote =
    typeof text === 'string' && text !== '' && typeof at === 'number' && at >= 0 && at <= Number.MAX_SAFE_INTEGER;
  return isNote ? [{ text: text.slice(0, NOTE_MAX_UNITS), at }] : [];
}
