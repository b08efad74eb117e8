/** Values of unknown shape, read without surprises: what is not of the kind asked for counts as empty. */

/** @returns "" for what is no text */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** @returns an empty list for what is none */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** @returns an empty object for what is none; a list is none */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
