/** A stream of messages between two virtual nodes: in order, over one connection, ended by either side or by its loss. */
import type { Wire, WireListener } from '../../federation/node/wire.ts';
import type { ConnectionEnd, VirtualNetwork } from './virtual-network.ts';

export class VirtualWire implements Wire {
  /** The network's buffers are its own affair. */
  readonly isFull = false;
  readonly end: ConnectionEnd;
  readonly #network: VirtualNetwork;
  readonly #messageMaxBytes: number;
  #listener: WireListener | undefined;
  #other: VirtualWire | undefined;
  #isOver = false;

  constructor(network: VirtualNetwork, end: ConnectionEnd, messageMaxBytes: number) {
    this.#network = network;
    this.end = end;
    this.#messageMaxBytes = messageMaxBytes;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  join(other: VirtualWire): void {
    this.#other = other;
  }

  listen(listener: WireListener): void {
    this.#listener = listener;
  }

  send(messages: readonly Uint8Array[]): void {
    const other = this.#other;
    if (this.#isOver || other === undefined || messages.length === 0) return;
    const taken = messages.map((message) => Uint8Array.from(message));
    this.#network.send(this.end, () => other.#hear(taken), false);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#network.send(this.end, () => this.#other?.lost(), false);
  }

  abort(_why: string): void {
    this.close();
  }

  /** The other side ended it, or the connection is gone. */
  lost(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener?.closed();
  }

  #hear(messages: readonly Uint8Array[]): void {
    for (const message of messages) {
      if (this.#isOver) return;
      if (message.byteLength <= this.#messageMaxBytes) this.#listener?.message(message);
      else {
        this.close();
        this.#listener?.closed();
      }
    }
  }
}
