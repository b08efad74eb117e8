import assert from 'node:assert/strict';
import test from 'node:test';
import type { ServerFrame, VisitorView } from '../../../src/protocol/frames.ts';
import { EVERYBODY, type Audience } from '../../../src/realtime/audience.ts';
import type { Batch } from '../../../src/realtime/batch.ts';
import type { Dialect } from '../../../src/realtime/encode.ts';
import { Outbox, type OutboxReader } from '../../../src/realtime/outbox.ts';
import { GATHER_MAX_MS, HOST_PACE, SCENE_PACE, WritePace } from '../../../src/realtime/write-pace.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { moveView, visitor } from '../../support/scene-frames.ts';
import { framesIn } from '../../support/server-frames.ts';

/** Notes what each write would have said. */
class Reader implements OutboxReader {
  readonly dialect: Dialect;
  readonly skips: number[] = [];
  joinedAt = 0;
  /** One entry for each write. */
  readonly writes: unknown[][] = [];
  readonly bytes: Buffer[] = [];

  readonly id: number;

  constructor(dialect: Dialect = 'classic', id = 0) {
    this.dialect = dialect;
    this.id = id;
  }

  hears({ except, only }: Audience): boolean {
    return this.id !== except && (only === undefined || only.includes(this.id));
  }

  deliver(batch: Batch): boolean {
    this.bytes.push(batch.bytes);
    const places = batch.frames.map((_, place) => place);
    const mine = places.filter((place) => place >= this.joinedAt && !this.skips.includes(place));
    const heard = mine.flatMap((place) => framesIn(batch.bytes.subarray(batch.startOf(place), batch.endOf(place))));
    if (heard.length > 0) this.writes.push(heard);
    return heard.length > 0;
  }

  takeAll(): unknown[] {
    return this.writes.splice(0).flat();
  }
}

function rig(count: number) {
  const clock = new ManualClock();
  clock.advance(1_000);
  const readers = new Set(Array.from({ length: count }, (_, index) => new Reader('classic', index + 1)));
  const outbox = new Outbox<Reader>(() => readers, clock, new WritePace(HOST_PACE));
  const say = (frame: ServerFrame, except?: Reader): void =>
    outbox.queue(frame, except === undefined ? EVERYBODY : { except: except.id });
  /** Spends what may be written at once. */
  const tire = (): void => {
    while (clock.pendingTimers === 0) {
      say(typing(99, true));
      outbox.settle();
    }
    outbox.flush();
    for (const reader of readers) reader.takeAll();
  };
  return { clock, readers, outbox, say, tire, all: [...readers] };
}

const move = (id: number, x: number): ServerFrame => ({ type: 'move', ...moveView(id, x) });
const typing = (id: number, isTyping: boolean): ServerFrame => ({ type: 'typing', id, typing: isTyping });
const leave = (id: number): ServerFrame => ({ type: 'leave', id });
const peer = (id: number): VisitorView => visitor(id, 0.5);

test('a calm scene is told in the same turn, and without a timer', () => {
  const { outbox, say, all, clock } = rig(3);
  say(move(1, 0.4), all[0]);
  outbox.settle();
  assert.deepEqual(all[0]?.writes, []);
  assert.deepEqual(all[1]?.takeAll(), [move(1, 0.4)]);
  assert.deepEqual(all[2]?.takeAll(), [move(1, 0.4)]);
  assert.equal(clock.pendingTimers, 0);
});

test('what one step says goes out in one write, in order', () => {
  const { outbox, say, all } = rig(1);
  say(typing(1, false));
  say(leave(1));
  outbox.settle();
  assert.deepEqual(all[0]?.writes, [[typing(1, false), leave(1)]]);
});

test('a full scene gathers: one write for each reader within the bound, in order', () => {
  const { outbox, say, tire, all, clock } = rig(100);
  tire();
  say({ type: 'join', peer: peer(5) });
  outbox.settle();
  clock.advance(3);
  say(move(5, 0.4));
  outbox.settle();
  say({ type: 'say', id: 6, text: 'hi', at: 1 });
  outbox.settle();
  assert.deepEqual(all[0]?.writes, []);
  clock.advance(GATHER_MAX_MS - 3);
  for (const reader of all) {
    assert.deepEqual(reader.writes, [
      [{ type: 'join', peer: peer(5) }, move(5, 0.4), { type: 'say', id: 6, text: 'hi', at: 1 }],
    ]);
  }
  assert.equal(clock.pendingTimers, 0);
});

test('after a rest a full scene is told at once again', () => {
  const { outbox, say, tire, all, clock } = rig(100);
  tire();
  clock.advance(1_000);
  say(typing(1, true));
  outbox.settle();
  assert.deepEqual(all[99]?.takeAll(), [typing(1, true)]);
});

test('of several steps of one visitor only the newest goes out', () => {
  const { outbox, say, tire, all } = rig(60);
  tire();
  say(move(1, 0.1));
  say(move(2, 0.2));
  say(move(1, 0.3));
  outbox.flush();
  assert.deepEqual(all[0]?.takeAll(), [move(2, 0.2), move(1, 0.3)]);
});

test('a step stays when the visitor did something after it: a leave is the last word, a gesture has its place', () => {
  const { outbox, say, tire, all } = rig(60);
  tire();
  const jump: ServerFrame = { type: 'action', id: 1, action: 'jump' };
  const said = [move(1, 0.1), jump, move(1, 0.3), leave(1), { type: 'join', peer: peer(1) } as const, move(1, 0.6)];
  for (const frame of said) say(frame);
  outbox.flush();
  assert.deepEqual(all[0]?.takeAll(), said);
});

test('a step that one tab did not hear is not replaced by the step of another tab', () => {
  const { outbox, tire, all } = rig(60);
  tire();
  outbox.queue(move(1, 0.1), { except: 1 });
  outbox.queue(move(1, 0.2), { except: 2 });
  outbox.queue(move(1, 0.3), { only: [1, 2, 3] });
  outbox.flush();
  assert.deepEqual(all[0]?.takeAll(), [move(1, 0.2), move(1, 0.3)]);
  assert.deepEqual(all[1]?.takeAll(), [move(1, 0.1), move(1, 0.3)]);
  assert.deepEqual(all[2]?.takeAll(), [move(1, 0.1), move(1, 0.2), move(1, 0.3)]);
});

test('who came in the middle hears nothing from before their hello', () => {
  const { outbox, say, tire, readers } = rig(60);
  tire();
  say(leave(1));
  const newcomer = new Reader();
  readers.add(newcomer);
  outbox.welcome(newcomer);
  say(typing(2, true));
  outbox.flush();
  assert.deepEqual(newcomer.takeAll(), [typing(2, true)]);
  say(typing(2, false));
  outbox.flush();
  assert.deepEqual(newcomer.takeAll(), [typing(2, false)]);
});

test('each dialect is made into bytes once for all who speak it', () => {
  const { outbox, say, readers, all } = rig(3);
  const ring = [new Reader('ring'), new Reader('ring')];
  for (const reader of ring) readers.add(reader);
  say({ type: 'leave', id: 3, toward: 'left' });
  say(typing(4, true));
  outbox.settle();
  assert.deepEqual(all[0]?.takeAll(), [leave(3), typing(4, true)]);
  assert.deepEqual(ring[0]?.takeAll(), [{ type: 'leave', id: 3, toward: 'left' }, typing(4, true)]);
  assert.equal(all[0]?.bytes[0], all[2]?.bytes[0]);
  assert.equal(ring[0]?.bytes[0], ring[1]?.bytes[0]);
});

test('an outbox has a bound, even when time stands still', () => {
  const { outbox, say, tire, all } = rig(60);
  tire();
  for (let index = 0; index < 3_000; index += 1) {
    say(typing(index, true));
    outbox.settle();
  }
  assert.ok((all[0]?.takeAll().length ?? 0) >= 2_000);
});

test('an outbox that ended has no timer and says nothing more', () => {
  const { outbox, say, tire, all, clock } = rig(60);
  tire();
  say(typing(1, true));
  outbox.settle();
  outbox.end();
  assert.equal(clock.pendingTimers, 0);
  outbox.flush();
  assert.deepEqual(all[0]?.writes, []);
});

test('many scenes together gather although each of them is calm', () => {
  const clock = new ManualClock();
  const shared = new WritePace(HOST_PACE);
  shared.spend(HOST_PACE.burst * 2, 0);
  const reader = new Reader();
  const outbox = new Outbox<Reader>(() => [reader], clock, shared);
  outbox.queue(typing(1, true), EVERYBODY);
  outbox.settle();
  assert.deepEqual(reader.writes, []);
  clock.advance(GATHER_MAX_MS);
  assert.deepEqual(reader.takeAll(), [typing(1, true)]);
  assert.ok(SCENE_PACE.writesPerSecond < HOST_PACE.writesPerSecond);
});
