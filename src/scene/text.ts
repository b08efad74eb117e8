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
  POSITION_MAX,
  POSITION_MIN,
  type Color,
} from '../protocol/limits.ts';

/** Crowns, and chess pieces that pass for one: only an owner's badge may look like an owner's badge. */
const CROWNS = /[\u{1F451}\u{1F934}\u{1F478}\u{1FAC5}\u2654\u2655\u265A\u265B]/gu;

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

export function cleanDisplayName(value: unknown): string {
  return textOf(value).replaceAll(CROWNS, '').trim().replaceAll(/\s+/g, ' ').slice(0, NAME_MAX_UNITS);
}

export function cleanColor(value: unknown): Color {
  return COLORS.find((color) => color === value) ?? COLORS[0];
}

/** @returns "" when nothing is left to say. Inner line breaks are kept */
export function cleanChatText(value: unknown): string {
  return textOf(value).trim().slice(0, MESSAGE_MAX_UNITS);
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

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
