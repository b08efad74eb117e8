import { PluginError } from './plugin.ts';

/** What a site keeps for one plugin, in bytes of JSON (http-api.md section 11). */
export const DATA_MAX_BYTES = 65_536;

/** A plugin's frame, in bytes of JSON: far more than an entity's position, far less than the write budget of a reader. */
export const FRAME_MAX_BYTES = 16_384;

export type PlainObject = Readonly<Record<string, unknown>>;

/**
 * A deeply frozen copy of what a plugin handed out, so that whatever it does to its own object later changes nothing here.
 * @throws {PluginError} when it is no object of plain JSON data, or too large
 */
export function plainCopy(value: unknown, maxBytes: number): PlainObject {
  const copy = plainValue(value, maxBytes);
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) throw new PluginError('not a plain object');
  return Object.freeze({ ...copy });
}

/** The same for any JSON value. */
export function plainValue(value: unknown, maxBytes: number): unknown {
  const json: unknown = JSON.stringify(value);
  if (typeof json !== 'string') throw new PluginError('not JSON data');
  if (Buffer.byteLength(json) > maxBytes) throw new PluginError(`more than ${maxBytes} bytes of JSON`);
  return deepFrozen(JSON.parse(json));
}

/** Freezes plain data in place, down to its leaves. */
export function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFrozen(part);
  return value;
}
