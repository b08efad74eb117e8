import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { startResidents } from '../../../scripts/residents.ts';
import { COLORS, NAME_MAX_UNITS } from '../../../src/protocol/limits.ts';
import { decodeLook } from '../../../src/protocol/look.ts';
import { ManualClock } from '../../support/manual-clock.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One resident as the square's side sees it. */
class Guest {
  readonly socket: WebSocket;
  readonly origin: string | undefined;
  readonly #received: Fields[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(socket: WebSocket, origin: string | undefined) {
    this.socket = socket;
    this.origin = origin;
    socket.on('message', (bytes) => {
      assert.ok(Buffer.isBuffer(bytes) && bytes.length <= 512, 'classic squares take no more than 512 bytes');
      const message: unknown = JSON.parse(bytes.toString('utf8'));
      assert.ok(typeof message === 'object' && message !== null);
      this.#received.push({ ...message });
      for (const look of this.#waiting) look();
    });
  }

  /** The first message of a type, waiting for it when it is not here yet. */
  async first(type: string): Promise<Fields> {
    for (;;) {
      const found = this.#received.find((message) => message['type'] === type);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    }
  }

  count(type: string): number {
    return this.#received.filter((message) => message['type'] === type).length;
  }

  /** Sends frames and returns when the resident has read them all. */
  async tell(...frames: readonly (Fields | string)[]): Promise<void> {
    for (const frame of frames) this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await pong;
  }

  welcome(id = 1): Promise<void> {
    return this.tell({ type: 'hello', id, x: 0.5, browserSecret: 'ab'.repeat(32), peers: [] });
  }
}

async function openSquare(t: TestContext) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { port } = address;
  const guests: Guest[] = [];
  const waiting = new Set<() => void>();
  server.on('connection', (socket, request) => {
    guests.push(new Guest(socket, request.headers.origin));
    for (const look of waiting) look();
  });
  t.after(async () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    await once(server, 'close');
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    url: `ws://127.0.0.1:${port}/live`,
    /** The guest who came in as number `index`, from 0. */
    async guest(index: number): Promise<Guest> {
      for (;;) {
        const guest = guests[index];
        if (guest !== undefined) return guest;
        await new Promise<void>((resolve) => {
          const look = (): void => {
            waiting.delete(look);
            resolve();
          };
          waiting.add(look);
        });
      }
    },
    get visits(): number {
      return guests.length;
    },
    get open(): number {
      return server.clients.size;
    },
  };
}

test('residents introduce themselves as residents, each with a look and a place of their own', async (t) => {
  const square = await openSquare(t);
  const clock = new ManualClock();
  const residents = startResidents({ socketUrl: square.url, count: 4, seed: 3, names: ['Fern', 'Bartholomew'], clock });
  t.after(() => residents.stop());
  clock.advance(4 * 350);
  const inits = await Promise.all([0, 1, 2, 3].map(async (index) => (await square.guest(index)).first('init')));
  assert.equal((await square.guest(0)).origin, square.origin);
  for (const init of inits) {
    assert.equal(init['ring'], 1);
    assert.equal(init['resident'], true);
    assert.equal(init['readingUrl'], undefined);
    const name = String(init['displayName']);
    assert.match(name, /, resident$/);
    assert.ok(name.length <= NAME_MAX_UNITS, name);
    assert.notEqual(decodeLook(init['look']), undefined);
    assert.ok(COLORS.some((color) => color === init['color']));
    assert.ok(Number(init['x']) > 0.05 && Number(init['x']) < 0.95);
    assert.match(String(init['browserId']), /^[\w-]{1,80}$/);
  }
  for (const key of ['displayName', 'browserId', 'x'])
    assert.equal(new Set(inits.map((init) => init[key])).size, 4, `two residents share a ${key}`);
  assert.equal(new Set(inits.map((init) => decodeLook(init['look'])?.coat)).size, 4);
  assert.ok(inits.some((init) => init['displayName'] === 'Fern, resident'));
});

test('a resident walks once it is in, and not before', async (t) => {
  const square = await openSquare(t);
  const clock = new ManualClock();
  const residents = startResidents({ socketUrl: square.url, count: 1, seed: 1, clock });
  t.after(() => residents.stop());
  clock.advance(350);
  const guest = await square.guest(0);
  await guest.first('init');
  clock.advance(20_000);
  assert.equal(guest.count('move'), 0);
  await guest.welcome();
  clock.advance(20_000);
  const move = await guest.first('move');
  assert.ok(Math.abs(Number(move['x']) - 0.5) < 0.02);
});

test('a resident waves at a person who comes in, and leaves other residents in peace', async (t) => {
  const square = await openSquare(t);
  const clock = new ManualClock();
  const residents = startResidents({ socketUrl: square.url, count: 12, seed: 5, clock });
  t.after(() => residents.stop());
  clock.advance(12 * 350);
  const guests = await Promise.all(Array.from({ length: 12 }, (_, index) => square.guest(index)));
  await Promise.all(guests.map((guest) => guest.first('init')));
  await Promise.all(guests.map((guest, index) => guest.welcome(index + 1)));
  const wavesNow = async (): Promise<number> => {
    clock.advance(2_500);
    await Promise.all(guests.map((guest) => guest.tell()));
    return guests.reduce((sum, guest) => sum + guest.count('action'), 0);
  };
  await Promise.all(guests.map((guest) => guest.tell({ type: 'join', peer: { x: 0.5, ring: { resident: true } } })));
  assert.equal(await wavesNow(), 0);
  await Promise.all(guests.map((guest) => guest.tell({ type: 'join', peer: { x: 0.5 } })));
  const waves = await wavesNow();
  assert.ok(waves >= 4 && waves <= 12, `${waves} of 12 waved`);
});

test('residents come back as the same visitors when the square does, not at once and not together', async (t) => {
  const square = await openSquare(t);
  const clock = new ManualClock();
  const residents = startResidents({ socketUrl: square.url, count: 2, seed: 9, clock });
  t.after(() => residents.stop());
  clock.advance(700);
  const before = await Promise.all([square.guest(0), square.guest(1)]);
  const ids = await Promise.all(before.map(async (guest) => (await guest.first('init'))['browserId']));
  await Promise.all(before.map((guest) => guest.welcome()));
  const timersWhileIn = clock.pendingTimers;
  await Promise.all(before.map((guest) => (guest.socket.terminate(), once(guest.socket, 'close'))));
  // Both residents have seen the end when each has swapped walking and watchdog for one timer: the next attempt.
  while (clock.pendingTimers !== timersWhileIn / 2) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(249);
  assert.equal(square.visits, 2);
  clock.advance(260);
  const after = await Promise.all([square.guest(2), square.guest(3)]);
  const inits = await Promise.all(after.map((guest) => guest.first('init')));
  assert.deepEqual(new Set(inits.map((init) => init['browserId'])), new Set(ids));
  for (const init of inits) assert.equal(init['browserSecret'], 'ab'.repeat(32));
});

test('a resident that is turned away stays away and says so', async (t) => {
  const square = await openSquare(t);
  const clock = new ManualClock();
  const said = Promise.withResolvers<string>();
  const residents = startResidents({
    socketUrl: square.url,
    count: 1,
    seed: 2,
    names: ['Fern'],
    clock,
    log: said.resolve,
  });
  t.after(() => residents.stop());
  clock.advance(350);
  const guest = await square.guest(0);
  await guest.first('init');
  guest.socket.close(4003, 'origin not allowed');
  assert.equal(await said.promise, 'Fern, resident was turned away: origin not allowed');
  assert.equal(clock.pendingTimers, 0);
});

test('a square that has gone silent is left and tried again', async (t) => {
  const square = await openSquare(t);
  const clock = new ManualClock();
  const residents = startResidents({ socketUrl: square.url, count: 1, seed: 2, clock });
  t.after(() => residents.stop());
  clock.advance(350);
  const guest = await square.guest(0);
  await guest.first('init');
  await guest.welcome();
  const closed = once(guest.socket, 'close');
  clock.advance(75_001);
  await closed;
  while (clock.pendingTimers !== 1) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(500);
  await (await square.guest(1)).first('init');
});

test('garbage from a square neither stops nor confuses a resident', async (t) => {
  const square = await openSquare(t);
  const clock = new ManualClock();
  const residents = startResidents({ socketUrl: square.url, count: 1, seed: 4, clock });
  t.after(() => residents.stop());
  clock.advance(350);
  const guest = await square.guest(0);
  await guest.first('init');
  await guest.tell(
    '{',
    '[]',
    'null',
    '7',
    '{"type":7}',
    { type: 'hello' },
    { type: 'hello', id: '1', x: 0.5 },
    { type: 'join' },
  );
  await guest.tell(
    { type: 'join', peer: [] },
    { type: 'move', id: 1, x: 'a', pose: 'sitting' },
    { type: 'say', text: 5 },
  );
  await guest.welcome();
  await guest.tell({ type: 'hello', id: 1 }, { type: 'leave', id: 1 }, { type: 'later' });
  clock.advance(20_000);
  await guest.first('move');
  assert.equal(square.visits, 1);
});

test('stopping closes every socket and leaves no timer, whenever it comes', async (t) => {
  const square = await openSquare(t);
  const clock = new ManualClock();
  const early = startResidents({ socketUrl: square.url, count: 3, seed: 1, clock });
  await early.stop();
  assert.equal(clock.pendingTimers, 0);
  assert.equal(square.visits, 0);

  const dialling = startResidents({ socketUrl: square.url, count: 3, seed: 1, clock });
  clock.advance(3 * 350);
  await dialling.stop();
  assert.equal(clock.pendingTimers, 0);

  const seen = square.visits;
  const inside = startResidents({ socketUrl: square.url, count: 3, seed: 1, clock });
  clock.advance(3 * 350);
  const guests = await Promise.all([0, 1, 2].map((index) => square.guest(seen + index)));
  await Promise.all(guests.map((guest) => guest.first('init')));
  await Promise.all(guests.map((guest) => guest.welcome()));
  await Promise.all([inside.stop(), inside.stop()]);
  await inside.stop();
  assert.equal(clock.pendingTimers, 0);
  clock.advance(60_000);
  for (const guest of guests) if (guest.socket.readyState !== guest.socket.CLOSED) await once(guest.socket, 'close');
  assert.equal(square.open, 0);
});

test('no residents means no sockets, and an address that is no socket is refused at once', async () => {
  await startResidents({ socketUrl: 'ws://127.0.0.1:9/live', count: 0, seed: 1 }).stop();
  for (const socketUrl of ['http://127.0.0.1:9/', 'nowhere', ''])
    assert.throws(() => startResidents({ socketUrl, count: 1, seed: 1 }), TypeError);
});
