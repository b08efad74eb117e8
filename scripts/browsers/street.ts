/** Somebody who stands on a square's street and sees what the visitors of the tried browsers do there. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { LiveClient } from '../../test/support/live-client.ts';
import { until } from './webdriver.ts';

type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;

/** Who has not moved for this long stands. */
const STANDS_MS = 1_200;

export class Street {
  readonly #client: LiveClient;
  #frames: ServerFrame[] = [];
  /** By visitor, 0…1. */
  readonly #places = new Map<number, number>();

  private constructor(client: LiveClient) {
    this.#client = client;
  }

  /** @param origin of the page it pretends to stand on */
  static async watch(socket: string, origin?: string): Promise<Street> {
    const client = await LiveClient.connect(socket, origin === undefined ? {} : { origin });
    await client.join({ ring: 1, browserId: `witness-${Math.random()}`, displayName: 'Witness', x: 0.99 });
    return new Street(client);
  }

  /** The same on a server of the classic protocol. @param origin of the server */
  static async watchClassic(origin: string): Promise<Street> {
    const client = await LiveClient.connect(`${origin.replace('http', 'ws')}/live`);
    await client.join({ browserId: 'witness', displayName: 'Witness', x: 0.9 });
    return new Street(client);
  }

  /** Forgets what was seen so far. */
  lookAnew(): void {
    this.#heard();
    this.#frames = [];
  }

  /** The first frame of a type that fits, since it looked anew. @throws after a long while */
  async saw<Type extends ServerFrame['type']>(
    what: string,
    type: Type,
    fits: (frame: FrameOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    let seen: FrameOf<Type> | undefined;
    await until(what, () => {
      seen = this.#heard().find((frame): frame is FrameOf<Type> => isOf(frame, type) && fits(frame));
      return seen !== undefined;
    });
    if (seen === undefined) throw new Error(what);
    return seen;
  }

  /** Whether such a frame came since it looked anew. */
  sees<Type extends ServerFrame['type']>(type: Type, fits: (frame: FrameOf<Type>) => boolean): boolean {
    return this.#heard().some((frame) => isOf(frame, type) && fits(frame));
  }

  /** Waits until somebody stands. */
  async stands(id: number): Promise<void> {
    await until('the visitor stands', async () => {
      const steps = this.#steps(id);
      await sleep(STANDS_MS);
      return this.#steps(id) === steps;
    });
  }

  /** Where somebody who came while it watched was seen last, 0…1. */
  placeOf(id: number): number {
    this.#heard();
    return this.#places.get(id) ?? NaN;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #steps(id: number): number {
    return this.#heard().filter((frame) => isOf(frame, 'move') && frame.id === id).length;
  }

  #heard(): readonly ServerFrame[] {
    const news = this.#client.take();
    for (const frame of news) {
      if (isOf(frame, 'move')) this.#places.set(frame.id, frame.x);
      else if (isOf(frame, 'join')) this.#places.set(frame.peer.id, frame.peer.x);
    }
    this.#frames.push(...news);
    return this.#frames;
  }
}

function isOf<Type extends ServerFrame['type']>(frame: ServerFrame, type: Type): frame is FrameOf<Type> {
  return frame.type === type;
}
