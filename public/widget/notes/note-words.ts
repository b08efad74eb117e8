/** What the notes' file says, in English. */
import type { MoreKey } from '../words/more-strings.ts';
import type { Words, WordTable } from '../words/words.ts';

export const NOTE_WORDS = {
  notes: 'Notes',
  noNotes: 'No notes yet.',
  leaveNote: 'Leave a note?',
  yourNote: 'Your note',
  noteKept: 'It hangs here for 30 days at most, without your name.',
  pinUp: 'Pin it up',
  pinned: 'Your note hangs on the board.',
  'note-off': 'Nobody can leave a note here just now.',
  'note-not-alone': 'Notes are for quiet hours; somebody is around now.',
  'note-too-long': 'At most {n} characters, please.',
  'note-repeated': 'This note hangs there already.',
  'note-too-fast': 'Enough new notes for now. Try again later.',
} as const satisfies WordTable;

export type NoteWords = Words<MoreKey | keyof typeof NOTE_WORDS>;
