import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { GuestCommand, HostEvent } from '../../src/ring/ring-port.ts';
import type { FrameStream } from '../../src/lib/frame-stream.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquareOptions } from '../support/live-square.ts';
import { buildSite } from '../support/site-builder.ts';
import { until } from '../support/ring-of-squares.ts';

const from = { site: 'moss', name: 'Moss & Ink', url: 'https://moss.example/' };
const opening = { from, square: '12D3moss' };

type RingEnd = FrameStream<readonly GuestCommand[], readonly HostEvent[]>;

/** What the home of guests hears, and says. */
class Home {
  readonly events: HostEvent[] = [];
  endedWith: string | undefined;
  readonly #stream: RingEnd;
  readonly #waiters = new Set<() => void>();

  constructor(stream: RingEnd) {
    this.#stream = stream;
    stream.onFrame((events) => {
      this.events.push(...events);
      for (const waiter of this.#waiters) waiter();
    });
    stream.onEnd((reason) => {
      this.endedWith = reason;
      for (const waiter of this.#waiters) waiter();
    });
  }

  admit(guest: number, name = 'Ada'): void {
    const plate = { name, look: 9 };
    this.tell({ kind: 'admit', guest, tab: 0, plate, edge: 'left', isResident: false, isDrawn: true });
  }

  tell(...commands: readonly GuestCommand[]): void {
    this.#stream.send(commands);
  }

  say(guest: number, tab: number, message: object): void {
    this.tell({ kind: 'say', guest, tab, text: JSON.stringify(message) });
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  end(): void {
    this.#stream.end('lost');
  }

  /** Frames of a type, with whom they are for. */
  frames(type: string): { only: unknown; except: unknown; frame: Record<string, unknown> }[] {
    return this.events.flatMap((event) => {
      if (event.kind !== 'frame') return [];
      const frame: Record<string, unknown> = JSON.parse(event.text);
      return frame['type'] === type ? [{ only: event.only, except: event.except, frame }] : [];
    });
  }

  async until(fits: () => boolean): Promise<void> {
    const subscribe = (notify: () => void) => {
      this.#waiters.add(notify);
      return () => void this.#waiters.delete(notify);
    };
    await until(
      'an event',
      () => fits() || undefined,
      subscribe,
      () => this.events,
    );
  }
}

async function setUp(context: TestContext, options: LiveSquareOptions = {}) {
  const square = await startLiveSquare(context, options);
  const bring = (sceneKey = 'default') => new Home(square.ring.bringGuests(sceneKey, opening));
  return { square, bring };
}

test('guests are admitted, greeted, seen by everybody, and hear what is said: once for all of them', async (context) => {
  const { square, bring } = await setUp(context);
  const local = await square.connect();
  await local.join({ ring: 1, browserId: 'local' });
  const home = bring();
  home.admit(41);
  home.admit(42, 'Bo');
  await home.until(() => home.frames('hello').length === 2);
  const { peer } = await local.next('join');
  assert.deepEqual([peer.displayName, peer.x, peer.ring], ['Ada', 0, { look: 9, from }]);
  assert.deepEqual(
    home.events.filter(({ kind }) => kind === 'admitted'),
    [
      { kind: 'admitted', guest: 41, edge: 'left', x: 0, visitor: 2 },
      { kind: 'admitted', guest: 42, edge: 'left', x: 0, visitor: 3 },
    ],
  );
  assert.deepEqual(
    home.frames('hello').map(({ only }) => only),
    [[[41, 0]], [[42, 0]]],
  );
  const before = home.events.length;
  local.send({ type: 'say', text: 'welcome' });
  await home.until(() => home.frames('say').length === 1);
  assert.equal(home.events.length, before + 1, 'one frame for both');
  assert.deepEqual([home.frames('say')[0]?.only, home.frames('say')[0]?.except], [null, null]);
  home.say(41, 0, { type: 'say', text: 'thank you' });
  assert.equal((await local.next('say')).text, 'thank you');
  await home.until(() => home.frames('say').length === 2);
  assert.deepEqual(home.frames('say')[1]?.except, [41, 0], 'whoever said it does not hear it');
});

test('both tabs of a guest are one visitor, and the visit ends with the last', async (context) => {
  const { square, bring } = await setUp(context);
  const local = await square.connect();
  await local.join({ browserId: 'local' });
  const home = bring();
  home.admit(41);
  home.tell({ kind: 'tab', guest: 41, tab: 3, isOpen: true });
  await home.until(() => home.frames('hello').length === 2);
  assert.equal(square.host.visitorCount('default'), 2);
  home.say(41, 3, { type: 'move', x: 0.5 });
  assert.equal((await local.next('move')).x, 0.5);
  square.clock.advance(50);
  await home.until(() => home.frames('move').length === 1);
  assert.deepEqual(home.frames('move')[0]?.except, [41, 3]);
  home.tell({ kind: 'leave', guest: 41, toward: 'right' });
  await local.next('join');
  assert.deepEqual(await local.next('leave'), { type: 'leave', id: 2 });
  assert.equal(square.host.visitorCount('default'), 1);
});

test('a full scene, one that is switched off and one that is not there refuse guests with the reason', async (context) => {
  const sites = [
    buildSite({ key: 'site_off', isDisabled: true }),
    buildSite({ key: 'site_small', connectionLimit: 1 }),
  ];
  const { bring } = await setUp(context, { sites });
  const refusalOf = async (sceneKey: string, guests: readonly number[]): Promise<unknown> => {
    const home = bring(sceneKey);
    for (const guest of guests) home.admit(guest);
    await home.until(() => home.events.some(({ kind }) => kind === 'refused'));
    return home.events.find(({ kind }) => kind === 'refused');
  };
  assert.deepEqual(await refusalOf('site_off', [1]), { kind: 'refused', guest: 1, reason: 'closed' });
  assert.deepEqual(await refusalOf('site_none', [1]), { kind: 'refused', guest: 1, reason: 'unknown' });
  assert.deepEqual(await refusalOf('site_small', [1, 2]), { kind: 'refused', guest: 2, reason: 'full' });
});

test('an owner kicks a guest like anybody, and the guest alone is told why', async (context) => {
  const { square, bring } = await setUp(context, { sites: [buildSite()] });
  const local = await square.connect('siteKey=site_moss', { origin: 'https://moss.example' });
  await local.join({ browserId: 'local', ring: 1 });
  const home = bring('site_moss');
  home.admit(41);
  home.admit(42);
  await home.until(() => home.frames('hello').length === 2);
  square.host.act('site_moss', { action: 'kickVisitor', visitorId: 2 });
  await home.until(() => home.events.some(({ kind }) => kind === 'ended'));
  assert.deepEqual(
    home.events.filter(({ kind }) => kind === 'ended'),
    [{ kind: 'ended', guest: 41, reason: 'kicked' }],
  );
  assert.deepEqual(await local.next('leave'), { type: 'leave', id: 2 });
  home.say(41, 0, { type: 'say', text: 'I am still here' });
  home.say(42, 0, { type: 'say', text: 'me too' });
  assert.equal((await local.next('say')).text, 'me too');
});

test('a guest whom a home keeps alive without a sign of them is sent home like any visitor', async (context) => {
  const { square, bring } = await setUp(context, { tuning: { inactiveMs: 20_000, inactiveCheckMs: 0 } });
  const home = bring();
  home.admit(51);
  home.admit(52);
  await home.until(() => home.frames('hello').length === 2);
  for (const guest of [51, 52]) home.say(guest, 0, { type: 'reading', readingActive: false, widgetVisible: false });
  await home.until(() => home.frames('reading').length === 2);
  square.clock.advance(15_000);
  home.say(52, 0, { type: 'reading', readingActive: true, widgetVisible: true });
  await home.until(() => home.frames('reading').length === 3);
  square.clock.advance(5_000);
  await home.until(() => home.events.some(({ kind }) => kind === 'ended'));
  assert.deepEqual(
    home.events.filter(({ kind }) => kind === 'ended'),
    [{ kind: 'ended', guest: 51, reason: 'inactive' }],
  );
});

test('when the stream ends every guest is gone at once, and only the stream’s own', async (context) => {
  const { square, bring } = await setUp(context);
  const local = await square.connect();
  await local.join({ browserId: 'local' });
  const [one, other] = [bring(), bring()];
  one.admit(41);
  other.admit(41, 'Bo');
  await one.until(() => one.frames('hello').length === 1);
  await other.until(() => other.frames('hello').length === 1);
  one.end();
  assert.deepEqual(await local.next('leave'), { type: 'leave', id: 2 });
  await settled(local);
  assert.equal(square.host.visitorCount('default'), 2);
});

test('a guest may do what visitors do and nothing else', async (context) => {
  const { square, bring } = await setUp(context);
  const local = await square.connect();
  await local.join({ browserId: 'local', ring: 1 });
  const home = bring();
  home.admit(41);
  await local.next('join');
  for (const message of [
    { type: 'init', browserId: 'local' },
    { type: 'hop', side: 'left' },
    { type: 'gate', side: 'left' },
    { type: 'privacy', beyondHill: false },
    { type: 'solve', nonce: 'x' },
    { type: 'nonsense' },
  ])
    home.say(41, 0, message);
  home.tell({ kind: 'say', guest: 41, tab: 0, text: 'garbage' });
  home.say(99, 0, { type: 'say', text: 'nobody' });
  home.say(41, 9, { type: 'say', text: 'no tab' });
  home.say(41, 0, { type: 'reading', readingUrl: 'https://secret.example/page', readingActive: false });
  const reading = await local.next('reading');
  assert.deepEqual([reading.readingUrl, reading.readingActive], ['', false], 'the page they read stays at home');
  assert.deepEqual(square.ring.asked, []);
});

test('a home that does not read gets the newest steps only', async (context) => {
  const { square, bring } = await setUp(context);
  const local = await square.connect();
  await local.join({ browserId: 'local' });
  const home = bring();
  home.admit(41);
  await home.until(() => home.frames('hello').length === 1);
  home.pause();
  for (let n = 1; n <= 400; n += 1) {
    local.send({ type: 'move', x: n / 1_000 });
    await local.roundTrip();
    square.clock.advance(50);
  }
  home.resume();
  await home.until(() => home.frames('move').some(({ frame }) => frame['x'] === 0.4));
  assert.ok(home.frames('move').length < 100, `${home.frames('move').length} steps`);
});
