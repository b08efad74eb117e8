/** What a skimmer meets. Payload buffers are its own and change with the next frame: read at once, never keep. */
export interface SkimmerEvents {
  /** A text or binary message is whole; `payload` is given when payloads are read. */
  readonly onMessage: (payload: Buffer | undefined, bytes: number, isBinary: boolean) => void;
  readonly onPing: (payload: Buffer) => void;
  readonly onClose: (code: number, reason: string) => void;
}

/** Longest server message whose payload is kept to be read: a `hello` with a thousand peers. */
const PAYLOAD_KEPT_BYTES = 1_048_576;

const OPCODE_BINARY = 2;
const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;

/**
 * Counts WebSocket frames in a server's byte stream, by their headers alone unless asked to read payloads: the cheapest
 * way to know how much has arrived. Server frames are not masked, and TownSquare servers do not fragment.
 */
export class FrameSkimmer {
  /** False: messages are counted and skipped. May be changed between chunks. */
  readsPayloads: boolean;
  readonly #events: SkimmerEvents;
  readonly #head = Buffer.alloc(10);
  #headLength = 0;
  #opcode = 0;
  #bodyLength = 0;
  #bodyLeft = -1;
  #isKept = false;
  #body = Buffer.alloc(256);

  constructor(events: SkimmerEvents, readsPayloads: boolean) {
    this.#events = events;
    this.readsPayloads = readsPayloads;
  }

  /** Takes the next bytes of the stream, `chunk[from]` up to but without `chunk[to]`. */
  feed(chunk: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to) {
      if (this.#bodyLeft < 0) {
        at = this.#readHead(chunk, at, to);
      } else {
        const taken = Math.min(this.#bodyLeft, to - at);
        if (this.#isKept) chunk.copy(this.#body, this.#bodyLength - this.#bodyLeft, at, at + taken);
        this.#bodyLeft -= taken;
        at += taken;
      }
      if (this.#bodyLeft === 0) this.#finish();
    }
  }

  #readHead(chunk: Buffer, from: number, to: number): number {
    let at = from;
    const head = this.#head;
    while (at < to) {
      head[this.#headLength] = chunk[at] ?? 0;
      this.#headLength += 1;
      at += 1;
      const short = (head[1] ?? 0) & 0x7f;
      const needed = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (this.#headLength >= needed) {
        this.#opcode = (head[0] ?? 0) & 0x0f;
        this.#bodyLength = needed === 2 ? short : needed === 4 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
        this.#bodyLeft = this.#bodyLength;
        this.#headLength = 0;
        this.#isKept = (this.readsPayloads || this.#opcode >= OPCODE_CLOSE) && this.#bodyLength <= PAYLOAD_KEPT_BYTES;
        if (this.#isKept && this.#body.length < this.#bodyLength) this.#body = Buffer.alloc(this.#bodyLength * 2);
        return at;
      }
    }
    return at;
  }

  #finish(): void {
    this.#bodyLeft = -1;
    const payload = this.#isKept ? this.#body.subarray(0, this.#bodyLength) : undefined;
    if (this.#opcode < OPCODE_CLOSE)
      return this.#events.onMessage(payload, this.#bodyLength, this.#opcode === OPCODE_BINARY);
    if (payload === undefined) return undefined;
    if (this.#opcode === OPCODE_PING) return this.#events.onPing(payload);
    if (this.#opcode !== OPCODE_CLOSE) return undefined;
    return this.#events.onClose(payload.length >= 2 ? payload.readUInt16BE(0) : 1005, payload.toString('utf8', 2));
  }
}
