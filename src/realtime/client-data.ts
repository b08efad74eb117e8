import type { RawData } from 'ws';

/** A client's ping, waiting for its turn among the messages. */
export class Ping {
  readonly payload: Buffer;
  constructor(payload: Buffer) {
    this.payload = payload;
  }
}

export function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
