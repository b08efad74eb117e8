/**
 * The subprotocol `townring.1` (docs/protocol.md): everything as ring clients know it, but the steps of a flush are one
 * binary message.
 */
export const SUBPROTOCOL = 'townring.1';

/** First byte of the only binary message there is. */
const POSITIONS = 1;

/** Visitor id as an unsigned 32-bit integer, then x in 24 bits, both big-endian. */
const POSITION_BYTES = 7;

/** 24 bits tell positions apart that are 60 billionths of a strip from each other. */
const X_STEPS = 0xff_ffff;

/** Where an upright visitor is. */
export interface Position {
  readonly id: number;
  /** 0…1 */
  readonly x: number;
}

export function encodePositions(positions: readonly Position[]): Uint8Array {
  const bytes = new Uint8Array(1 + positions.length * POSITION_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = POSITIONS;
  let at = 1;
  for (const { id, x } of positions) {
    const steps = Math.round(x * X_STEPS);
    view.setUint32(at, id);
    view.setUint8(at + 4, steps >> 16);
    view.setUint16(at + 5, steps & 0xffff);
    at += POSITION_BYTES;
  }
  return bytes;
}

/** @returns undefined for a message that is not whole, or of a kind this version does not know */
export function decodePositions(bytes: Uint8Array): readonly Position[] | undefined {
  if (bytes[0] !== POSITIONS || (bytes.length - 1) % POSITION_BYTES !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: countPositions(bytes.length) }, (_, index) => {
    const at = 1 + index * POSITION_BYTES;
    return { id: view.getUint32(at), x: ((view.getUint8(at + 4) << 16) | view.getUint16(at + 5)) / X_STEPS };
  });
}

/** How many positions a binary message of so many bytes holds. */
export function countPositions(messageBytes: number): number {
  return Math.floor((messageBytes - 1) / POSITION_BYTES);
}
