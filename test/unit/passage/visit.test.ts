import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADMISSION_TIMEOUT_MS,
  createVisitHome,
  HOST_LOST_MS,
  PING_INTERVAL_MS,
  type HomeEffect,
  type HomeInput,
} from '../../../federation/passage/visit-home.ts';
import { createVisitHost, LEASE_MS, type HostEffect, type HostInput } from '../../../federation/passage/visit-host.ts';
import type { HomeMessage, HostMessage } from '../../../federation/passage/visit-messages.ts';
import type { GuestCommand } from '../../../federation/types.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const plate = { name: 'Ada', look: 7 };
const ada = 41;
const admission: GuestCommand = {
  kind: 'admit',
  guest: ada,
  tab: 0,
  plate,
  edge: 'left',
  isResident: false,
  isDrawn: true,
};

/** Both machines with a net between them that delays, and can be cut each way. */
class TwoSquares {
  readonly clock = new ManualClock();
  readonly home = createVisitHome();
  readonly host = createVisitHost(() => undefined, 0);
  /** One way, ms. */
  delayMs = () => 40;
  isCut = { toHost: false, toHome: false };
  /** Where the visitor stands, as onlookers see it: from and to, ms. */
  atHost = false;
  atHome = true;
  isLeaving = false;
  readonly homeEnds: string[] = [];
  readonly hostEnds: string[] = [];
  readonly refusals: string[] = [];
  twiceMs = 0;
  nowhereMs = 0;
  longestTwiceMs = 0;
  longestNowhereMs = 0;
  #isHomeAlive = true;
  #arrivals = { toHost: 0, toHome: 0 };

  begin(): void {
    this.feedHome({ kind: 'opened' });
    this.feedHome({ kind: 'command', command: admission });
  }

  feedHome(input: HomeInput): void {
    if (this.#isHomeAlive) for (const effect of this.home.step(input, this.clock.monotonic())) this.#homeDid(effect);
  }

  feedHost(input: HostInput): void {
    for (const effect of this.host.step(input, this.clock.monotonic())) this.#hostDid(effect);
  }

  /** Lets a millisecond pass, and looks where the visitor is. */
  run(ms: number): void {
    for (let left = ms; left > 0; left -= 1) {
      this.clock.advance(1);
      const now = this.clock.monotonic();
      if ((this.home.nextWakeAtMs() ?? Infinity) <= now) this.feedHome({ kind: 'woken' });
      if ((this.host.nextWakeAtMs() ?? Infinity) <= now) this.feedHost({ kind: 'woken' });
      this.twiceMs = this.atHome && this.atHost ? this.twiceMs + 1 : 0;
      this.nowhereMs = !this.atHome && !this.atHost && !this.isLeaving ? this.nowhereMs + 1 : 0;
      this.longestTwiceMs = Math.max(this.longestTwiceMs, this.twiceMs);
      this.longestNowhereMs = Math.max(this.longestNowhereMs, this.nowhereMs);
    }
  }

  goHome(): void {
    this.atHome = true;
    this.feedHome({ kind: 'command', command: { kind: 'leave', guest: ada, toward: null } });
  }

  /** The home square dies without a word. */
  killHome(): void {
    this.#isHomeAlive = false;
    this.atHome = false;
    this.isLeaving = true;
    this.isCut = { toHost: true, toHome: true };
  }

  #homeDid(effect: HomeEffect): void {
    if (effect.kind === 'send') this.#send('toHost', effect.message);
    else if (effect.kind === 'end') {
      this.homeEnds.push(effect.reason);
      this.atHome = true;
    } else if (effect.event.kind === 'admitted') this.atHome = false;
    else if (effect.event.kind === 'refused') this.refusals.push(effect.event.reason);
    else if (effect.event.kind === 'ended') this.atHome = true;
  }

  #hostDid(effect: HostEffect): void {
    if (effect.kind === 'send') this.#send('toHome', effect.message);
    else if (effect.kind === 'end') {
      this.hostEnds.push(effect.reason);
      this.atHost = false;
    } else if (effect.command.kind === 'leave') this.atHost = false;
    else if (effect.command.kind === 'admit') {
      this.atHost = true;
      this.feedHost({ kind: 'event', event: { kind: 'admitted', guest: ada, edge: 'left', x: 0.02, visitor: 3 } });
    }
  }

  #send(way: 'toHost', message: HomeMessage): void;
  #send(way: 'toHome', message: HostMessage): void;
  #send(way: 'toHost' | 'toHome', message: HomeMessage | HostMessage): void {
    // A stream keeps its order, whatever the net does.
    const now = this.clock.monotonic();
    this.#arrivals[way] = Math.max(this.#arrivals[way], now + this.delayMs());
    this.clock.setTimer(() => {
      if (this.isCut[way]) return;
      if (way === 'toHost' && isHomeMessage(message)) this.feedHost({ kind: 'received', message, bytes: 40 });
      if (way === 'toHome' && isHostMessage(message)) this.feedHome({ kind: 'received', message });
    }, this.#arrivals[way] - now);
  }
}

function isHomeMessage(message: HomeMessage | HostMessage): message is HomeMessage {
  return ['open', 'admit', 'tab', 'say', 'leave', 'ping'].includes(message.kind);
}

function isHostMessage(message: HomeMessage | HostMessage): message is HostMessage {
  return !isHomeMessage(message);
}

test('a visitor walks over and home again, and is in two squares for one way through the net at most', () => {
  const squares = new TwoSquares();
  squares.delayMs = () => 80;
  squares.begin();
  squares.run(159);
  assert.equal(squares.atHome, true);
  squares.run(1_000);
  assert.deepEqual([squares.atHome, squares.atHost], [false, true]);
  squares.goHome();
  squares.run(1_000);
  assert.deepEqual([squares.atHome, squares.atHost], [true, false]);
  assert.equal(squares.longestTwiceMs, 80);
  assert.equal(squares.longestNowhereMs, 0);
  assert.deepEqual(squares.homeEnds, ['done']);
});

test('in a partition the guest is gone over there before the visitor is long home here, and never long nowhere', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seededRandom(seed);
    const squares = new TwoSquares();
    squares.delayMs = () => 1 + random.fraction() * 99;
    squares.begin();
    squares.run(300 + Math.floor(random.fraction() * 3_000));
    assert.equal(squares.atHost, true, `seed ${seed}`);
    squares.isCut = { toHost: true, toHome: true };
    squares.run(10_000);
    assert.deepEqual([squares.atHome, squares.atHost], [true, false], `seed ${seed}`);
    assert.ok(squares.longestTwiceMs <= 300, `seed ${seed}: in two squares for ${squares.longestTwiceMs} ms`);
    assert.ok(squares.longestNowhereMs <= 900, `seed ${seed}: nowhere for ${squares.longestNowhereMs} ms`);
  }
});

test('guests never outlive the lease of a home that died without a word', () => {
  const squares = new TwoSquares();
  squares.begin();
  squares.run(2_000);
  squares.killHome();
  squares.run(LEASE_MS + 40);
  assert.equal(squares.atHost, false);
  assert.deepEqual(squares.hostEnds, ['lease']);
});

test('a host that falls silent is lost, and the visitor home, within ten seconds', () => {
  const squares = new TwoSquares();
  squares.begin();
  squares.run(2_000);
  squares.isCut.toHome = true;
  squares.run(HOST_LOST_MS + PING_INTERVAL_MS);
  assert.equal(squares.atHome, true);
  assert.deepEqual(squares.homeEnds, ['lost']);
  assert.ok(HOST_LOST_MS + PING_INTERVAL_MS < 10_000);
});

test('an admission without an answer is refused after 2.5 s, and one that comes late is taken back', () => {
  const squares = new TwoSquares();
  squares.isCut.toHome = true;
  squares.begin();
  squares.run(ADMISSION_TIMEOUT_MS + 1);
  assert.deepEqual(squares.refusals, ['unreachable']);
  squares.run(100);
  assert.deepEqual([squares.atHome, squares.atHost], [true, false]);
});

test('a home that talks too much, or answers for nobody, ends only its own stream', () => {
  const hearsAll = (inputs: readonly HostInput[]): readonly string[] => {
    const host = createVisitHost(() => undefined, 0);
    return inputs
      .flatMap((input) => host.step(input, 0))
      .flatMap((effect) => (effect.kind === 'end' ? effect.reason : []));
  };
  const received = (message: HomeMessage | undefined, bytes = 40): HostInput => ({ kind: 'received', message, bytes });
  assert.deepEqual(hearsAll([received(admission), received(admission)]), ['broken'], 'the same guest twice');
  assert.deepEqual(
    hearsAll([received({ kind: 'ping', n: 4 }), received({ kind: 'ping', n: 4 })]),
    ['broken'],
    'a replay',
  );
  assert.deepEqual(hearsAll([received(undefined)]), ['broken'], 'garbage');
  assert.deepEqual(
    hearsAll(Array.from({ length: 60 }, (_, n) => received({ kind: 'ping', n }, 4_000))),
    ['flood'],
    'a flood',
  );
  const stranger: HomeMessage = { kind: 'say', guest: 7, tab: 0, text: '{}' };
  assert.deepEqual(hearsAll([received(stranger), received({ kind: 'leave', guest: 7, toward: 'left' })]), []);
});

test('an admission that is played back after its guest left, or was sent away, brings nobody back', () => {
  const leaving: HostInput = { kind: 'received', message: { kind: 'leave', guest: ada, toward: null }, bytes: 8 };
  const kick: HostInput = { kind: 'event', event: { kind: 'ended', guest: ada, reason: 'kicked' } };
  for (const going of [leaving, kick]) {
    const host = createVisitHost(() => undefined, 0);
    const hear = (input: HostInput): readonly HostEffect[] => host.step(input, 0);
    const asking: HostInput = { kind: 'received', message: admission, bytes: 40 };
    hear(asking);
    hear(going);
    assert.deepEqual(hear(asking), [{ kind: 'end', reason: 'broken' }]);
    assert.equal(host.size(), 0);
  }
});

test('a host that admits whom nobody asked for, or answers a ping that was not sent, is not listened to any more', () => {
  const heard = (message: HostMessage): readonly HomeEffect[] => {
    const home = createVisitHome();
    home.step({ kind: 'opened' }, 0);
    home.step({ kind: 'command', command: admission }, 0);
    home.step({ kind: 'received', message: { kind: 'admitted', guest: ada, edge: 'left', x: 0, visitor: 2 } }, 1);
    return home.step({ kind: 'received', message }, 2);
  };
  const admitted: HostMessage = { kind: 'admitted', guest: ada, edge: 'left', x: 0, visitor: 2 };
  assert.deepEqual(heard(admitted), [{ kind: 'end', reason: 'broken' }]);
  assert.deepEqual(heard({ kind: 'refused', guest: ada, reason: 'full' }), [{ kind: 'end', reason: 'broken' }]);
  assert.deepEqual(heard({ kind: 'pong', n: 1 }), [{ kind: 'end', reason: 'broken' }]);
  assert.deepEqual(heard({ ...admitted, guest: 9 }), [], 'somebody who left a moment ago, for all we know');
  const frame: HostMessage = { kind: 'frame', text: '{}', except: [9, 0], only: [[9, 1]] };
  assert.deepEqual(heard(frame), []);
  assert.deepEqual(
    heard({
      ...frame,
      only: [
        [9, 1],
        [ada, 0],
      ],
    }),
    [{ kind: 'tell', event: { ...frame, except: null, only: [[ada, 0]] } }],
  );
});

test('the last tab to close ends a visit; others only take themselves away', () => {
  const host = createVisitHost(() => undefined, 0);
  const hear = (message: HomeMessage): readonly HostEffect[] => host.step({ kind: 'received', message, bytes: 10 }, 0);
  hear(admission);
  hear({ kind: 'tab', guest: ada, tab: 3, isOpen: true });
  const closing = { kind: 'tab', guest: ada, tab: 0, isOpen: false } as const;
  assert.deepEqual(hear(closing), [{ kind: 'tell', command: closing }]);
  assert.deepEqual(hear({ kind: 'tab', guest: ada, tab: 3, isOpen: false }), [
    { kind: 'tell', command: { kind: 'leave', guest: ada, toward: null } },
  ]);
  assert.equal(host.size(), 0);
});
