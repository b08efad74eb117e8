import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TrustedRings } from '../../../federation/documents/trusted-state.ts';
import type { RingDocuments } from '../../../federation/documents/types.ts';
import { expiredDocuments } from '../../../federation/documents/versions.ts';
import { createRenewer, type Renewer } from '../../../federation/governance/renewer.ts';
import { makeSigningKey, type SigningKey } from '../../../federation/governance/signing-key.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  DAY_MS,
  HOUR_MS,
  memoryTrustedState,
  nextCharter,
  nextList,
  readRing,
  ringOf,
  seededBytes,
  squareId,
} from '../../support/ring-documents.ts';

/** 2026-01-01, where a manual clock begins. */
const START = new ManualClock().now();
const ring = ringOf(['moss', 'lantern', 'quay'], { now: START });
const { ringId, documents: v1, keys } = ring;

interface TestSquare {
  readonly rings: TrustedRings;
  readonly renewer: Renewer;
  readonly store: ReturnType<typeof memoryTrustedState>;
  readonly counted: string[];
  readonly warned: string[];
  /** Signed here, as `[beat version, its hour]`. */
  readonly signed: (readonly [number, number])[];
}

interface SquareOptions {
  readonly documents?: RingDocuments;
  readonly others?: readonly TestSquare[];
  readonly isInTouch?: () => boolean;
}

/** A square with these keys; what it signs goes to `others` at once, as gossip would. */
function squareWith(
  clock: ManualClock,
  name: string,
  held: readonly SigningKey[],
  { documents = v1, others = [], isInTouch = () => true }: SquareOptions = {},
): TestSquare {
  const store = memoryTrustedState();
  store.save({ ringId, ...documents });
  const rings = new TrustedRings(store, { self: squareId(name) });
  const counted: string[] = [];
  const warned: string[] = [];
  const signed: (readonly [number, number])[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_fields: object, message: string) => void warned.push(message),
    error: (_fields: object, message: string) => void warned.push(message),
  };
  const renewer = createRenewer({
    rings,
    keyring: { keysOf: () => held },
    clock,
    random: seededBytes(`jitter of ${name}`),
    log,
    count: (event, reason) => {
      counted.push(`${event} ${reason}`);
      if (reason === 'failed') return;
      signed.push([rings.get(ringId)?.beat.version ?? 0, (clock.now() - START) / HOUR_MS]);
    },
    allowPrivate: false,
    isInTouch,
  });
  const square = { rings, renewer, store, counted, warned, signed };
  rings.onChange((changed) => {
    for (const other of others) if (other !== square) other.rings.accept(changed.envelopes, clock.now());
  });
  return square;
}

const stateOf = (square: TestSquare) => square.rings.get(ringId) ?? assert.fail('the ring is gone');

describe('a square that holds the keys of its ring', () => {
  it('keeps beat and list fresh for a year while nobody is awake', () => {
    const clock = new ManualClock();
    const square = squareWith(clock, 'moss', [keys.admin1, keys.online]);
    square.renewer.start();
    for (let day = 0; day < 365; day++) {
      clock.advance(DAY_MS);
      assert.deepEqual(expiredDocuments(stateOf(square), clock.now()), [], `day ${day}`);
    }
    const { beat, members } = stateOf(square);
    // Every 12 h and at most one look later; a list at each half of its 90 days.
    assert.ok(beat.version >= 365 * 2 * 0.97 && beat.version <= 365 * 2 + 10, `beat ${beat.version}`);
    assert.equal(members.version, 1 + 8);
    assert.deepEqual(members.members, readRing(v1).members.members);
    assert.deepEqual(
      square.warned.filter((message) => !message.startsWith('the charter')),
      [],
    );
    square.renewer.stop();
    assert.equal(clock.pendingTimers, 0);
  });

  it('renews no sooner than after twelve hours', () => {
    const clock = new ManualClock();
    const square = squareWith(clock, 'moss', [keys.online]);
    square.renewer.start();
    clock.advance(12 * HOUR_MS);
    assert.equal(stateOf(square).beat.version, 1);
    clock.advance(HOUR_MS / 4);
    assert.equal(stateOf(square).beat.version, 2);
    square.renewer.stop();
  });

  it('signs anew what it signed while its clock was half a year ahead, so that the others take it again', () => {
    const ahead = new ManualClock();
    ahead.advance(200 * DAY_MS);
    const wrong = squareWith(ahead, 'moss', [keys.admin1, keys.online]);
    wrong.renewer.start();
    ahead.advance(HOUR_MS);
    wrong.renewer.stop();
    const clock = new ManualClock();
    clock.advance(DAY_MS);
    const other = squareWith(clock, 'quay', []);
    assert.equal(other.rings.accept(stateOf(wrong).envelopes, clock.now()).ok, false);
    const mended = squareWith(clock, 'moss', [keys.admin1, keys.online], {
      documents: stateOf(wrong).envelopes,
      others: [other],
    });
    mended.renewer.start();
    clock.advance(HOUR_MS);
    assert.deepEqual(stateOf(other).envelopes, stateOf(mended).envelopes);
    assert.ok(stateOf(other).members.version > 1);
    mended.renewer.stop();
  });

  it('catches up within a quarter of an hour after its machine slept for a week', () => {
    const clock = new ManualClock();
    const square = squareWith(clock, 'moss', [keys.online]);
    square.renewer.start();
    clock.advance(HOUR_MS);
    const asleep = squareWith(new ManualClock(), 'moss', [keys.online], { documents: stateOf(square).envelopes });
    square.renewer.stop();
    const later = new ManualClock();
    later.advance(7 * DAY_MS);
    const awake = squareWith(later, 'moss', [keys.online], { documents: stateOf(asleep).envelopes });
    assert.deepEqual(expiredDocuments(stateOf(awake), later.now()), ['beat']);
    awake.renewer.start();
    later.advance(HOUR_MS / 4);
    assert.deepEqual(expiredDocuments(stateOf(awake), later.now()), []);
    awake.renewer.stop();
  });

  it('saves what it signed before anybody hears of it, and tells nobody when the disk is full', () => {
    const clock = new ManualClock();
    const square = squareWith(clock, 'moss', [keys.online]);
    const heard: boolean[] = [];
    square.rings.onChange(({ beat }) => {
      const stored = square.store.load().find((row) => row.ringId === ringId);
      heard.push(stored !== undefined && readRing(stored).beat.version === beat.version);
    });
    square.store.failNextSave();
    square.renewer.start();
    clock.advance(12 * HOUR_MS + 15 * 60_000);
    assert.deepEqual(square.counted[0], 'renewal failed');
    clock.advance(HOUR_MS / 4);
    assert.deepEqual(heard, [true]);
    assert.equal(stateOf(square).beat.version, 2);
    square.renewer.stop();
  });

  it('never signs below what the command line has put on the disk meanwhile', () => {
    const clock = new ManualClock();
    const square = squareWith(clock, 'moss', [keys.online]);
    square.renewer.start();
    const published = nextList(ring, v1, undefined, { now: START + 12 * HOUR_MS, beatVersion: 7 });
    square.store.save({ ringId, ...published });
    clock.advance(13 * HOUR_MS);
    assert.equal(stateOf(square).members.version, 2);
    assert.equal(stateOf(square).beat.version, 7);
    square.renewer.stop();
  });

  it('with an online key only leaves the list alone, and tells its operator for the last month', () => {
    const clock = new ManualClock();
    const square = squareWith(clock, 'moss', [keys.online]);
    square.renewer.start();
    clock.advance(59 * DAY_MS);
    assert.deepEqual(square.warned, []);
    clock.advance(32 * DAY_MS);
    assert.equal(stateOf(square).members.version, 1);
    assert.deepEqual(expiredDocuments(stateOf(square), clock.now()), ['members']);
    assert.match(square.warned[0] ?? '', /members list runs out/);
    assert.ok(square.warned.length >= 30 && square.warned.length <= 34, `${square.warned.length} lines in 32 days`);
    square.renewer.stop();
  });

  it('that hears no other square signs no list anew: it may be an old one', () => {
    const clock = new ManualClock();
    let isInTouch = false;
    const square = squareWith(clock, 'moss', [keys.admin1, keys.online], { isInTouch: () => isInTouch });
    square.renewer.start();
    clock.advance(50 * DAY_MS);
    assert.equal(stateOf(square).members.version, 1);
    isInTouch = true;
    clock.advance(HOUR_MS);
    assert.equal(stateOf(square).members.version, 2);
    square.renewer.stop();
  });

  it('without a key, or with keys that the charter does not know, signs nothing', () => {
    const clock = new ManualClock();
    const without = squareWith(clock, 'moss', []);
    const stranger = squareWith(clock, 'lantern', [makeSigningKey(seededBytes('stranger'))]);
    for (const { renewer } of [without, stranger]) renewer.start();
    clock.advance(4 * DAY_MS);
    for (const square of [without, stranger]) {
      assert.deepEqual(square.counted, []);
      assert.equal(stateOf(square).beat.version, 1);
      square.renewer.stop();
    }
  });
});

describe('several squares that hold online keys', () => {
  const second = makeSigningKey(seededBytes('second online key'));
  const charter = nextCharter(v1, [keys.admin1, keys.admin2], (old) => ({
    ...old,
    keys: { ...old.keys, [second.keyid]: second.public },
    roles: { ...old.roles, online: { keyids: [keys.online.keyid, second.keyid] } },
  }));
  const documents: RingDocuments = { ...v1, charters: [...v1.charters, charter] };

  it('sign one beat between them, and the next in line takes over when the first is gone', () => {
    const clock = new ManualClock();
    const squares: TestSquare[] = [];
    const first = squareWith(clock, 'moss', [keys.online], { documents, others: squares });
    const next = squareWith(clock, 'lantern', [second], { documents, others: squares });
    squares.push(first, next);
    for (const { renewer } of squares) renewer.start();
    clock.advance(10 * DAY_MS);
    assert.ok(first.signed.length >= 19);
    assert.deepEqual(next.signed, []);
    assert.equal(stateOf(first).beat.version, 1 + first.signed.length);

    first.renewer.stop();
    clock.advance(2 * DAY_MS);
    assert.ok(next.signed.length >= 3);
    assert.deepEqual(expiredDocuments(stateOf(next), clock.now()), []);
    next.renewer.stop();
  });
});
