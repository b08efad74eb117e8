/** The thinned view of a very large crowd: what each compact client believes, against what is so. */
import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodePositions } from '../../../src/protocol/compact.ts';
import type { MoveView, ServerFrame } from '../../../src/protocol/frames.ts';
import type { Audience } from '../../../src/realtime/audience.ts';
import type { Batch } from '../../../src/realtime/batch.ts';
import { NEAR_STEPS } from '../../../src/realtime/crowd.ts';
import { Outbox, type OutboxReader } from '../../../src/realtime/outbox.ts';
import { SocketWriter } from '../../../src/realtime/socket-writer.ts';
import { WritePace } from '../../../src/realtime/write-pace.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { moveView } from '../../support/scene-frames.ts';
import { seededRandom } from '../../support/seeded-random.ts';

interface Figure {
  readonly x: number;
  readonly isSeated: boolean;
}

/** A line that may be stuck for a while, as a phone in a tunnel is. */
class Line extends Duplex {
  readonly written: Buffer[] = [];
  isStuck = false;
  #waiting: (() => void) | undefined;

  constructor() {
    super({ writableHighWaterMark: 1 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk);
    if (this.isStuck) this.#waiting = done;
    else done();
  }

  override _read(): void {}

  unstick(): void {
    this.isStuck = false;
    const done = this.#waiting;
    this.#waiting = undefined;
    done?.();
  }
}

/** A compact client and what it believes. */
class Client implements OutboxReader {
  readonly dialect = 'compact';
  readonly skips: number[] = [];
  joinedAt = 0;
  /** Undefined: watches only. */
  readonly visitor: number | undefined;
  readonly line = new Line();
  readonly believed = new Map<number, Figure>();
  readonly #writer = new SocketWriter(this.line);
  bytes = 0;
  /** Where it thought somebody was when they spoke. */
  readonly spoke: { readonly id: number; readonly x: number | undefined }[] = [];

  constructor(visitor: number | undefined) {
    this.visitor = visitor;
  }

  hears({ except }: Audience): boolean {
    return this.visitor === undefined || this.visitor !== except;
  }

  deliver(batch: Batch): boolean {
    return this.#writer.deliver(batch, this);
  }

  read(): void {
    const bytes = Buffer.concat(this.line.written.splice(0));
    this.bytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const short = bytes[at + 1] ?? 0;
      const [head, length] = short < 126 ? [2, short] : [4, bytes.readUInt16BE(at + 2)];
      const payload = bytes.subarray(at + head, at + head + length);
      if (bytes[at] === 0x82) {
        for (const { id, x } of decodePositions(payload) ?? []) this.believed.set(id, { x: round(x), isSeated: false });
      } else {
        this.#hear(JSON.parse(String(payload)));
      }
      at += head + length;
    }
  }

  #hear(frame: ServerFrame): void {
    if (frame.type === 'leave') this.believed.delete(frame.id);
    if (frame.type === 'move') this.believed.set(frame.id, { x: frame.x, isSeated: frame.pose !== null });
    if (frame.type === 'say') this.spoke.push({ id: frame.id, x: this.believed.get(frame.id)?.x });
  }
}

const round = (x: number): number => Math.round(x * 1e4) / 1e4;
const moveOf = (id: number, x: number, pose: MoveView['pose'] = null): ServerFrame => ({
  type: 'move',
  ...moveView(id, x, { pose, propId: pose === null ? null : 'bench' }),
});

/** A scene as its outbox sees it: visitors 1…n, of whom some are compact clients, and one spectator. */
class Scene {
  readonly clock = new ManualClock();
  readonly truth = new Map<number, Figure>();
  readonly clients: Client[] = [new Client(undefined)];
  readonly random: ReturnType<typeof seededRandom>;
  readonly readers = new Set<Client>();
  readonly outbox: Outbox<Client>;

  constructor(seed: number, visitors: number) {
    this.random = seededRandom(seed);
    this.clock.advance(1_000);
    for (let id = 1; id <= visitors; id += 1) this.truth.set(id, { x: round(this.random.fraction()), isSeated: false });
    for (let id = 1; id <= visitors; id += Math.ceil(visitors / 20)) this.clients.push(new Client(id));
    for (const client of this.clients) {
      for (const [id, figure] of this.truth) client.believed.set(id, figure);
      this.readers.add(client);
    }
    const pace = new WritePace({ writesPerSecond: 1, burst: 1 });
    this.outbox = new Outbox<Client>(() => this.readers, this.clock, pace, {
      of: ({ visitor }) => (visitor === undefined ? undefined : this.truth.get(visitor)?.x),
      all: () => Array.from(this.truth.values(), ({ x }) => x),
    });
  }

  queue(frame: ServerFrame, except?: number): void {
    this.outbox.queue(frame, except === undefined ? {} : { except });
    this.outbox.settle();
  }

  step(id: number, x: number): void {
    this.truth.set(id, { x, isSeated: false });
    this.queue(moveOf(id, x), id);
  }

  /** One of everything that can happen to a visitor. */
  deed(id: number): void {
    const { x } = this.truth.get(id) ?? { x: 0.5 };
    const chance = this.random.fraction();
    if (chance < 0.9) return this.step(id, round(Math.min(Math.max(x + this.random.fraction() * 0.2 - 0.1, 0), 1)));
    if (chance < 0.93) {
      this.truth.set(id, { x: round(this.random.fraction()), isSeated: true });
      return this.queue(moveOf(id, this.truth.get(id)?.x ?? x, 'sitting'));
    }
    if (chance < 0.98) return this.queue({ type: 'say', id, text: String(x), at: 1 }, id);
    if (this.clients.some(({ visitor }) => visitor === id)) return undefined;
    this.truth.delete(id);
    return this.queue({ type: 'leave', id });
  }

  /** Lets a flush happen, and everybody read. */
  async flush(): Promise<void> {
    this.clock.advance(50);
    await nextTurn(); // streams say in a turn of their own that they have drained
    for (const client of this.clients) client.read();
  }

  /** What a client has wrong, its own figure aside: that it knows by itself. */
  mistakesOf({ visitor, believed }: Client): number[] {
    const ids = new Set([...this.truth.keys(), ...believed.keys()]);
    return [...ids].filter((id) => {
      const is = this.truth.get(id);
      const was = believed.get(id);
      return id !== visitor && (is?.x !== was?.x || is?.isSeated !== was?.isSeated);
    });
  }
}

test('whatever a very large crowd does, and whoever hangs meanwhile, nobody stays wrong', async () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const scene = new Scene(seed, 200 + seed * 8);
    for (let round_ = 0; round_ < 30; round_ += 1) {
      const [stuck] = scene.clients.slice(1 + (round_ % (scene.clients.length - 1)));
      if (stuck !== undefined && round_ % 3 === 0) stuck.line.isStuck = true;
      const share = round_ % 4 === 3 ? 0.1 : 0.9;
      for (const id of scene.truth.keys()) if (scene.random.fraction() < share) scene.deed(id);
      await scene.flush();
      if (round_ % 5 === 4) for (const client of scene.clients) client.line.unstick();
    }
    for (const client of scene.clients) client.line.unstick();
    for (let more = 0; more < 21; more += 1) await scene.flush();
    for (const client of scene.clients) assert.deepEqual(scene.mistakesOf(client), [], `seed ${seed}`);
    assert.equal(scene.clock.pendingTimers, 0, 'and then the scene is still');
  }
});

test('in a crowd of 1,000 everybody sees the steps around them at once, and whoever speaks where they stand', async () => {
  const scene = new Scene(7, 1_000);
  const isClient = (id: number): boolean => scene.clients.some(({ visitor }) => visitor === id);
  for (let turn = 0; turn < 20; turn += 1) {
    const stepping = [...scene.truth.keys()].filter((id) => !isClient(id) && scene.random.fraction() < 0.3);
    for (const id of stepping) scene.deed(id);
    await scene.flush();
    const sorted = [...scene.truth].sort(([, a], [, b]) => a.x - b.x);
    for (const client of scene.clients) {
      const own = sorted.findIndex(([id]) => id === client.visitor);
      const around = client.visitor === undefined ? [] : sorted.slice(Math.max(0, own - 30), own + 31);
      for (const [id, { x }] of around) if (stepping.includes(id)) assert.equal(client.believed.get(id)?.x, x);
      for (const { id, x } of client.spoke.splice(0)) assert.equal(x, scene.truth.get(id)?.x);
    }
  }
});

test('a client in a crowd of 1,000 who all walk hears less than half of the steps, and all of them below the limit', async () => {
  const bytesAt = async (visitors: number, walkers: number): Promise<number> => {
    const scene = new Scene(3, visitors);
    for (let turn = 0; turn < 40; turn += 1) {
      for (let step = 0; step < walkers; step += 1) {
        scene.step(1 + ((turn * walkers + step) % visitors), round(scene.random.fraction()));
      }
      await scene.flush();
    }
    return (scene.clients[2]?.bytes ?? 0) / 40;
  };
  const each = 7;
  assert.ok((await bytesAt(1_000, 250)) < 0.5 * 250 * each);
  assert.ok((await bytesAt(1_000, NEAR_STEPS)) >= NEAR_STEPS * each);
});
