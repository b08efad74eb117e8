/**
 * The one place where words from a client are cut and cleaned (wire protocol section 3, "Sanitising rules"). Every
 * function takes any value and never throws; lengths are UTF-16 units.
 */
import {
  BROWSER_ID_MAX_UNITS,
  BROWSER_SECRET_MAX_UNITS,
  COLORS,
  MESSAGE_MAX_UNITS,
  NAME_MAX_UNITS,
  NOTE_MAX_GRAPHEMES,
  NOTE_MAX_UNITS,
  POSITION_MAX,
  POSITION_MIN,
  type Color,
} from '../protocol/limits.ts';

/** Crowns, and chess pieces that pass for one: only an owner's badge may look like an owner's badge. */
const CROWNS = /[\u{1F451}\u{1F934}\u{1F478}\u{1FAC5}\u2654\u2655\u265A\u265B]/gu;

/** C0 and C1 controls, and all that steers bidirectional text. White space is dealt with before. */
const INVISIBLE_CONTROLS = /[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069]/gu;

/** Controls but for tab and line breaks; embeddings and overrides, which isolates have replaced. */
const LINE_CONTROLS = /(?![\t\n\r])[\p{Cc}\u202A-\u202E]/gu;

/** Openings of isolates, and their end. */
const ISOLATES = /[\u2066-\u2069]/g;
const ISOLATE_END = '\u2069';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Keys of throw-away identities begin like this, so no client may choose such an id (wire protocol section 16). */
export const THROW_AWAY_PREFIX = 'connection-';

/** @returns the position as sent, or undefined: an illegal one is absent, never clamped */
export function cleanPosition(value: unknown): number | undefined {
  return typeof value === 'number' && value >= POSITION_MIN && value <= POSITION_MAX ? value : undefined;
}

/** @returns "" for a visitor who cannot be recognised again */
export function cleanBrowserId(value: unknown): string {
  const id = textOf(value)
    .slice(0, BROWSER_ID_MAX_UNITS)
    .replaceAll(/[^A-Za-z0-9_-]/g, '');
  return id.startsWith(THROW_AWAY_PREFIX) ? '' : id;
}

export function cleanBrowserSecret(value: unknown): string {
  return textOf(value)
    .slice(0, BROWSER_SECRET_MAX_UNITS)
    .replaceAll(/[^0-9A-Fa-f]/g, '');
}

/** One line of plain text: what controls a terminal or turns the direction of what follows has no place in a name. */
export function cleanDisplayName(value: unknown): string {
  // White space among the controls first, so that it still parts words.
  const words = textOf(value).toWellFormed().replaceAll(CROWNS, '').replaceAll(/\s+/g, ' ');
  return cutAtGrapheme(withoutControls(words).replaceAll(/ +/g, ' ').trim(), NAME_MAX_UNITS);
}

export function cleanColor(value: unknown): Color {
  return COLORS.find((color) => color === value) ?? COLORS[0];
}

/**
 * Inner line breaks are kept, and so are marks that right-to-left text needs; whatever could turn the direction of other
 * people's words does not.
 * @returns "" when nothing is left to say
 */
export function cleanChatText(value: unknown): string {
  const text = textOf(value).toWellFormed().replaceAll(LINE_CONTROLS, '').trim();
  return withClosedIsolates(cutAtGrapheme(text, MESSAGE_MAX_UNITS));
}

/**
 * One paragraph of plain text: what a line of chat may hold, but without line breaks. It is not cut, since its writer would not
 * see what became of it.
 * @returns "" when nothing is left to say, undefined when it is too long
 */
export function cleanNote(value: unknown): string | undefined {
  const raw = textOf(value);
  // Nothing is gained by cleaning what no cleaning makes short enough.
  if (raw.length > 8 * NOTE_MAX_UNITS) return undefined;
  const text = withClosedIsolates(raw.toWellFormed().replaceAll(/\s+/g, ' ').replaceAll(LINE_CONTROLS, '').trim());
  if (text.length > NOTE_MAX_UNITS) return undefined;
  return text.length > NOTE_MAX_GRAPHEMES && [...graphemes.segment(text)].length > NOTE_MAX_GRAPHEMES
    ? undefined
    : text;
}

/** A text without what a reader cannot see, and what turns the direction of the text around it. */
export function withoutControls(text: string): string {
  return text.replaceAll(INVISIBLE_CONTROLS, '');
}

/** Cuts a text to some UTF-16 units, but never within what a reader sees as one character. */
export function cutAtGrapheme(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  let end = 0;
  for (const { index, segment } of graphemes.segment(text)) {
    if (index + segment.length > maxUnits) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** Compares two secrets in a time that does not tell where they differ. */
export function isSameSecret(known: string, given: string): boolean {
  let difference = known.length ^ given.length;
  for (let index = 0; index < known.length; index += 1) {
    // A missing unit reads NaN, which the xor takes as 0: the length already told.
    difference |= known.charCodeAt(index) ^ given.charCodeAt(index);
  }
  return difference === 0;
}

/** Isolates that all end where they should may stay; otherwise none does. */
function withClosedIsolates(text: string): string {
  let open = 0;
  for (const [mark] of text.matchAll(ISOLATES)) {
    open += mark === ISOLATE_END ? -1 : 1;
    if (open < 0) break;
  }
  return open === 0 ? text : text.replaceAll(ISOLATES, '').trim();
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
