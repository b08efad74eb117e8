/** The square's own WebSocket framing of what it sends (RFC 6455, section 5.2): made once for any number of receivers. */

/** FIN and the opcode, as the first byte of a message in one frame. */
const TEXT = 0x81;
const BINARY = 0x82;

/** A whole text message as it stands on the wire: header and UTF-8 payload, unmasked as servers send. */
export function framedText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerBytes(length) + length);
  frame.write(text, writeHeader(frame, TEXT, length));
  return frame;
}

/** A whole binary message as it stands on the wire. */
export function framedBinary(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes(payload.length) + payload.length);
  frame.set(payload, writeHeader(frame, BINARY, payload.length));
  return frame;
}

function headerBytes(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/** @returns where the payload begins */
function writeHeader(frame: Buffer, first: number, length: number): number {
  frame[0] = first;
  if (length < 126) {
    frame[1] = length;
    return 2;
  }
  if (length < 65_536) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
    return 4;
  }
  frame[1] = 127;
  frame.writeBigUInt64BE(BigInt(length), 2);
  return 10;
}
