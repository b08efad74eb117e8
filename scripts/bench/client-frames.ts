/** WebSocket frames as a client sends them, made by hand so that sending costs the generator next to nothing. */

const FINAL = 0x80;
const MASKED = 0x80;
const OPCODE_TEXT = 1;
const OPCODE_CLOSE = 8;
const OPCODE_PONG = 10;

/**
 * A whole masked frame around a payload. The mask is all zeros, which is a legal one and leaves the payload as it is:
 * the server does the same work, the generator none.
 */
function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(2 + lengthBytes + 4 + length);
  frame[0] = FINAL | opcode;
  if (lengthBytes === 0) {
    frame[1] = MASKED | length;
  } else if (lengthBytes === 2) {
    frame[1] = MASKED | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MASKED | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  payload.copy(frame, 2 + lengthBytes + 4);
  return frame;
}

export function textFrame(text: string | Buffer): Buffer {
  return maskedFrame(OPCODE_TEXT, typeof text === 'string' ? Buffer.from(text) : text);
}

export function messageFrame(message: object): Buffer {
  return textFrame(JSON.stringify(message));
}

export function pongFrame(payload: Buffer): Buffer {
  return maskedFrame(OPCODE_PONG, payload);
}

export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return maskedFrame(OPCODE_CLOSE, payload);
}

/** Positions that {@link positionOf} can tell apart before they repeat. */
export const POSITIONS = 800_000;

/** Position number `index` as the six decimals of a legal `x`, 0.100000 to 0.899999: a number that comes back unchanged. */
export function positionText(index: number): string {
  return `0.${100_000 + (index % POSITIONS)}`;
}

/** Which position an `x` is; undefined for any other number. */
export function positionOf(x: number): number | undefined {
  const index = Math.round(x * 1e6) - 100_000;
  return index >= 0 && index < POSITIONS && Math.abs(x * 1e6 - 100_000 - index) < 1e-3 ? index : undefined;
}
