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

/** The name, x in 16 bits, then the pose in two bits and whether they walk in a third. */
const STEP_BYTES = 7;
const NAME_BYTES = 4;

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
    view.setUint16(at + NAME_BYTES, Math.round(x * X_STEPS));
    view.setUint8(at + 6, HORIZON_POSES.indexOf(pose) | (walking ? WALKING : 0));
    at += STEP_BYTES;
  }
  return bytes;
}

/** @returns undefined for a message that is not whole, of another kind, or with bits that mean nothing */
export function decodeViewSteps(bytes: Uint8Array): { readonly side: Side; readonly steps: ViewStep[] } | undefined {
  const side = SIDES[bytes[1] ?? -1];
  if (bytes[0] !== VIEW_STEPS || side === undefined || (bytes.length - HEAD_BYTES) % STEP_BYTES !== 0) return undefined;
  const steps: ViewStep[] = [];
  for (let at = HEAD_BYTES; at < bytes.length; at += STEP_BYTES) {
    const [high = 0, low = 0, how = 0] = bytes.subarray(at + NAME_BYTES, at + STEP_BYTES);
    const pose = HORIZON_POSES[how & ~WALKING];
    if (pose === undefined) return undefined;
    const h = Array.from(bytes.subarray(at, at + NAME_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('');
    steps.push({ h, x: ((high << 8) | low) / X_STEPS, pose, walking: how >= WALKING });
  }
  return { side, steps };
}
