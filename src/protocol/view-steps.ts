/**
 * The second binary message of `townring.1` (docs/protocol.md): what figures over a hill did that were told of before. The rest
 * of a view, and views of clients without the subprotocol, are JSON.
 */
import { HORIZON_POSES, type HorizonFigure } from './frames.ts';
import type { Side } from './limits.ts';

/** First byte; `compact.ts` has the other kind. */
export const VIEW_STEPS = 2;

/** The gate that is looked through: 0 left, 1 right. */
const SIDES = ['left', 'right'] as const;

/** Kind and side. */
const HEAD_BYTES = 2;

/** Name in 4 bytes, x in 16 bits, then the pose in two bits and whether they walk in a third. */
const STEP_BYTES = 7;

/** As finely as squares tell each other of places. */
const X_STEPS = 0xffff;

const WALKING = 4;

/** Where a known figure is now, and how. */
export type ViewStep = Pick<HorizonFigure, 'h' | 'x' | 'pose' | 'walking'>;

/** Names that fit: those that squares give. */
export function isCompactName(h: string): boolean {
  return /^[0-9a-f]{8}$/.test(h);
}

/** @param steps of figures whose names fit, see {@link isCompactName} */
export function encodeViewSteps(side: Side, steps: readonly ViewStep[]): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + steps.length * STEP_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = VIEW_STEPS;
  bytes[1] = SIDES.indexOf(side);
  let at = HEAD_BYTES;
  for (const { h, x, pose, walking } of steps) {
    view.setUint32(at, Number.parseInt(h, 16));
    view.setUint16(at + 4, Math.round(x * X_STEPS));
    view.setUint8(at + 6, HORIZON_POSES.indexOf(pose) | (walking ? WALKING : 0));
    at += STEP_BYTES;
  }
  return bytes;
}

/** @returns undefined for a message that is not whole, of another kind, or with bits that mean nothing */
export function decodeViewSteps(bytes: Uint8Array): { readonly side: Side; readonly steps: ViewStep[] } | undefined {
  const side = SIDES[bytes[1] ?? -1];
  if (bytes[0] !== VIEW_STEPS || side === undefined || (bytes.length - HEAD_BYTES) % STEP_BYTES !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const steps: ViewStep[] = [];
  for (let at = HEAD_BYTES; at < bytes.length; at += STEP_BYTES) {
    const how = view.getUint8(at + 6);
    const pose = HORIZON_POSES[how & ~WALKING];
    if (pose === undefined) return undefined;
    const h = view.getUint32(at).toString(16).padStart(8, '0');
    steps.push({ h, x: view.getUint16(at + 4) / X_STEPS, pose, walking: (how & WALKING) !== 0 });
  }
  return { side, steps };
}
