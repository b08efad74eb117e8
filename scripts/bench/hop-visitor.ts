import { once } from 'node:events';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { decodeViewSteps } from '../../src/protocol/view-steps.ts';
import { BenchClient } from './bench-client.ts';
import { initOf } from './crowd.ts';
import { targetOf } from './options.ts';
import type { BenchMember } from './ring-members.ts';

/** No answer takes this long: a square gives up a hop after 2.5 s. */
const PATIENCE_MS = 10_000;

const OPENING_BRACE = 0x7b;

type Hopped = Extract<ServerFrame, { type: 'hopped' }>;

/** A ring client of a bench that looks over the hill and walks over it. */
export class HopVisitor {
  readonly client: BenchClient;
  #lastHopAtMs = Number.NEGATIVE_INFINITY;

  private constructor(client: BenchClient) {
    this.client = client;
  }

  /** @throws Error when it is not let in */
  static async enter({ process }: BenchMember, index: number): Promise<HopVisitor> {
    const target = targetOf(process.socket, undefined, 'townring.1');
    const client = await BenchClient.open(target);
    if ((await client.join(initOf(index, target))) === undefined) {
      throw new Error(`visitor ${index} was refused: ${client.ended?.reason ?? ''}`);
    }
    return new HopVisitor(client);
  }

  /**
   * Walks out on the right, or home. Waits first, as long as a tab must wait between two hops.
   * @returns how long it took until the scene over there was shown, ms; or why they were not let in
   */
  async hop(to: 'right' | 'home'): Promise<number | string> {
    await until(this.#lastHopAtMs + 1_050);
    const begun = performance.now();
    this.#lastHopAtMs = begun;
    let hopped: Hopped | undefined;
    const shown = this.#hear((frame) => {
      if (frame.type === 'hopped') hopped = frame;
      return (hopped !== undefined && 'refused' in hopped) || (hopped !== undefined && frame.type === 'hello');
    });
    this.client.send(to === 'home' ? { type: 'hop', home: true } : { type: 'hop', side: to });
    await shown;
    return hopped !== undefined && 'refused' in hopped ? hopped.refused : performance.now() - begun;
  }

  /** Looks over the hill on the right, or no longer does. Every figure that is told of is handed to `onFigure`. */
  look(on: boolean, onFigure: (x: number) => void = () => {}): void {
    this.client.read(
      on
        ? (payload) => {
            for (const { x } of decodeViewSteps(payload)?.steps ?? []) onFigure(x);
            if (payload[0] !== OPENING_BRACE) return;
            const frame: ServerFrame = JSON.parse(payload.toString());
            if (frame.type !== 'view') return;
            if ('refused' in frame) throw new Error(`the look was refused: ${frame.refused}`);
            for (const { x } of frame.figures) onFigure(x);
          }
        : undefined,
    );
    this.client.send({ type: 'look', side: 'right', on });
  }

  leave(): void {
    this.client.leave();
  }

  /** Resolves when a frame came that `isLast`. @throws when the socket ends, or none comes in time */
  async #hear(isLast: (frame: ServerFrame) => boolean): Promise<void> {
    const over = new AbortController();
    try {
      await new Promise<void>((resolve, reject) => {
        const fail = (why: string): void => reject(new Error(`no answer to a hop: ${why}`));
        void once(AbortSignal.any([over.signal, AbortSignal.timeout(PATIENCE_MS)]), 'abort').then(() =>
          fail('too late'),
        );
        this.client.onEnded = ({ code, reason }) => fail(`closed with ${code} ${reason}`);
        this.client.read((payload) => {
          if (payload[0] === OPENING_BRACE && isLast(JSON.parse(payload.toString()))) resolve();
        });
      });
    } finally {
      over.abort();
      this.client.onEnded = undefined;
      this.client.read(undefined);
    }
  }
}

async function until(atMs: number): Promise<void> {
  const waitMs = Math.ceil(atMs - performance.now());
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}
