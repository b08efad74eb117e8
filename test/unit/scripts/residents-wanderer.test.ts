import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../../scripts/residents/seeded-random.ts';
import { LINE_GAP_MS, seatsOf, Wanderer, type Command } from '../../../scripts/residents/wanderer.ts';
import { RESIDENT_LINES, RESIDENT_NAMES } from '../../../scripts/residents/words.ts';
import { MESSAGE_MAX_UNITS, MOVE_THROTTLE_MS, NAME_MAX_UNITS } from '../../../src/protocol/limits.ts';
import { SETTLE_AFTER_MS } from '../../../src/protocol/scene-kit.ts';

interface Deed {
  readonly atMs: number;
  readonly command: Command;
}

/** Lives `forMs` of a resident's life in a square that grants every seat, unless told otherwise. */
function live(seed: number, forMs: number, { grantsSeats = true } = {}): Deed[] {
  const seats = seatsOf(undefined);
  const wanderer = new Wanderer(seededRandom(seed));
  const deeds: Deed[] = [];
  wanderer.placed(0.5, seats, 0);
  for (let nowMs = wanderer.nextWakeAtMs; nowMs < forMs; nowMs = wanderer.nextWakeAtMs) {
    for (const command of wanderer.wake(nowMs)) {
      deeds.push({ atMs: nowMs, command });
      const seat = command.type === 'settle' ? seats.find(({ propId }) => propId === command.propId) : undefined;
      if (seat !== undefined && grantsSeats) wanderer.seated(seat.x, nowMs + 5);
    }
  }
  return deeds;
}

const movesOf = (deeds: readonly Deed[]) =>
  deeds.flatMap(({ atMs, command }) => (command.type === 'move' ? [{ atMs, x: command.x }] : []));
const SEEDS = Array.from({ length: 25 }, (_, index) => index + 1);
const TEN_MINUTES = 600_000;

describe('a resident', () => {
  test('walks at walking pace, within the street, never faster than the square listens', () => {
    for (const seed of SEEDS) {
      const moves = movesOf(live(seed, TEN_MINUTES));
      assert.ok(moves.length > 200, `seed ${seed} hardly moved: ${moves.length}`);
      for (const [index, move] of moves.entries()) {
        assert.ok(move.x >= 0.05 && move.x <= 0.95, `seed ${seed} strayed to ${move.x}`);
        const before = moves[index - 1];
        if (before === undefined) continue;
        const gapMs = move.atMs - before.atMs;
        assert.ok(gapMs > MOVE_THROTTLE_MS, `seed ${seed}: ${gapMs} ms between moves`);
        // Positions are rounded to four decimals; a seat may be a hundredth from where one stopped.
        if (gapMs < 250) assert.ok(Math.abs(move.x - before.x) <= (0.15 * gapMs) / 1_000 + 0.000_11, `seed ${seed}`);
      }
    }
  });

  test('strolls 60 to 300 units at a time and pauses in between', () => {
    for (const seed of SEEDS) {
      // Without seats every walk is a stroll of its own.
      const wanderer = new Wanderer(seededRandom(seed));
      wanderer.placed(0.5, [], 0);
      let from = 0.5;
      let x = 0.5;
      let movedAtMs = 0;
      let pauses = 0;
      for (let nowMs = wanderer.nextWakeAtMs; nowMs < TEN_MINUTES; nowMs = wanderer.nextWakeAtMs) {
        for (const command of wanderer.wake(nowMs)) {
          if (command.type !== 'move') continue;
          if (nowMs - movedAtMs > 500) {
            const units = Math.abs(x - from) * 1200;
            if (pauses > 0) assert.ok(units > 59 && units < 301, `seed ${seed}: ${units} units`);
            from = x;
            pauses += 1;
          }
          x = command.x;
          movedAtMs = nowMs;
        }
      }
      assert.ok(pauses > 20, `seed ${seed}: ${pauses} pauses`);
    }
  });

  test('says little: never two lines within 40 seconds, none in the first ten', () => {
    let total = 0;
    for (const seed of SEEDS) {
      const said = live(seed, TEN_MINUTES).filter(({ command }) => command.type === 'say');
      total += said.length;
      assert.ok((said[0]?.atMs ?? Infinity) > 10_000);
      for (const [index, { atMs }] of said.entries()) {
        const before = said[index - 1];
        if (before !== undefined) assert.ok(atMs - before.atMs >= LINE_GAP_MS, `seed ${seed}`);
      }
    }
    assert.ok(total > SEEDS.length, `all of them together said ${total} lines in ten minutes`);
    assert.ok(total < SEEDS.length * 8);
  });

  test('is seen typing before each line and not after it', () => {
    const talk = SEEDS.flatMap((seed) => live(seed, TEN_MINUTES).map(({ command }) => command)).filter(
      ({ type }) => type === 'typing' || type === 'say',
    );
    const words = talk.map((command) => (command.type === 'typing' ? String(command.typing) : 'line')).join(' ');
    assert.match(`${words} `, /^(true false line )+(true )*$/);
  });

  test('does not say what was just said', () => {
    const wanderer = new Wanderer(seededRandom(3));
    wanderer.placed(0.5, [], 0);
    for (const line of RESIDENT_LINES.slice(0, 10)) wanderer.heard(line);
    for (let nowMs = wanderer.nextWakeAtMs; nowMs < TEN_MINUTES; nowMs = wanderer.nextWakeAtMs) {
      const said = wanderer.wake(nowMs).find((command) => command.type === 'say');
      if (said?.type !== 'say') continue;
      assert.ok(!RESIDENT_LINES.slice(0, 10).includes(said.text));
      return;
    }
    assert.fail('it never spoke');
  });

  test('asks for a seat only after standing at it as long as the widget does, and stays a while', () => {
    let sat = 0;
    for (const seed of SEEDS) {
      const deeds = live(seed, TEN_MINUTES);
      for (const [index, { atMs, command }] of deeds.entries()) {
        if (command.type !== 'settle') continue;
        sat += 1;
        const before = deeds[index - 1];
        const after = deeds[index + 1];
        assert.equal(before?.command.type, 'move');
        assert.ok(atMs - (before?.atMs ?? atMs) >= SETTLE_AFTER_MS);
        if (after !== undefined) assert.ok(after.atMs - atMs > 10_000, `seed ${seed}: up again at once`);
      }
    }
    assert.ok(sat > SEEDS.length);
  });

  test('walks on when a bench is full', () => {
    for (const seed of SEEDS) {
      const deeds = live(seed, TEN_MINUTES, { grantsSeats: false });
      const asked = deeds.find(({ command }) => command.type === 'settle');
      if (asked === undefined) continue;
      const next = deeds.find(({ atMs, command }) => atMs > asked.atMs && command.type === 'move');
      assert.ok(next !== undefined && next.atMs - asked.atMs < 30_000, `seed ${seed} waited for the bench`);
    }
  });

  test('waves within three seconds when somebody comes in beside it, as a rule, and not twice in a row', () => {
    let waves = 0;
    for (const seed of SEEDS) {
      const wanderer = new Wanderer(seededRandom(seed));
      wanderer.placed(0.5, [], 0);
      const raised: number[] = [];
      for (let second = 1; second <= 15; second += 1) {
        wanderer.arrived(0.5, second * 1_000);
        while (wanderer.nextWakeAtMs <= second * 1_000) {
          const nowMs = wanderer.nextWakeAtMs;
          if (wanderer.wake(nowMs).some(({ type }) => type === 'action')) raised.push(nowMs);
        }
      }
      assert.ok(raised.length <= 1, `seed ${seed} waved ${raised.length} times`);
      if ((raised[0] ?? Infinity) < 4_000) waves += 1;
    }
    assert.ok(waves > SEEDS.length / 2, `${waves} of ${SEEDS.length} waved`);
  });

  test('does nothing while the square is out of reach', () => {
    const wanderer = new Wanderer(seededRandom(1));
    assert.equal(wanderer.nextWakeAtMs, Infinity);
    wanderer.placed(0.5, [], 0);
    wanderer.arrived(0.5, 0);
    wanderer.lost();
    assert.equal(wanderer.nextWakeAtMs, Infinity);
    wanderer.arrived(0.5, 10);
    wanderer.seated(0.2, 10);
    assert.equal(wanderer.nextWakeAtMs, Infinity);
    assert.deepEqual(wanderer.wake(100_000), []);
  });

  test('does nothing when woken early, and does not leap after a stall', () => {
    const wanderer = new Wanderer(seededRandom(5));
    wanderer.placed(0.5, [], 0);
    assert.deepEqual(wanderer.wake(wanderer.nextWakeAtMs - 1), []);
    wanderer.wake(wanderer.nextWakeAtMs);
    const [move] = wanderer.wake(wanderer.nextWakeAtMs + 60_000);
    assert.equal(move?.type, 'move');
    assert.ok(move?.type === 'move' && Math.abs(move.x - 0.5) < 0.04);
  });

  test('finds its way back when it was put at the very end of the street', () => {
    for (const seed of SEEDS) {
      for (const end of [0, 1]) {
        const wanderer = new Wanderer(seededRandom(seed));
        wanderer.placed(end, [], 0);
        for (let nowMs = 0; nowMs < 60_000; nowMs = wanderer.nextWakeAtMs) {
          for (const command of wanderer.wake(nowMs)) {
            if (command.type === 'move') assert.ok(command.x >= 0 && command.x <= 1);
          }
        }
      }
    }
  });
});

describe('residents together', () => {
  test('live the same life from the same seed, and another from another', () => {
    assert.deepEqual(live(7, TEN_MINUTES), live(7, TEN_MINUTES));
    assert.notDeepEqual(live(7, TEN_MINUTES), live(8, TEN_MINUTES));
  });

  test('never march in step', () => {
    const starts = new Set(SEEDS.map((seed) => Math.round(movesOf(live(seed, 60_000))[0]?.atMs ?? 0)));
    assert.ok(starts.size > SEEDS.length * 0.9, `only ${starts.size} different moments to set out`);
  });

  test('have names and lines that fit plates and bubbles', () => {
    assert.equal(new Set(RESIDENT_NAMES).size, RESIDENT_NAMES.length);
    for (const name of RESIDENT_NAMES) assert.ok(`${name}, resident`.length <= NAME_MAX_UNITS, name);
    assert.equal(new Set(RESIDENT_LINES).size, RESIDENT_LINES.length);
    for (const line of RESIDENT_LINES) assert.ok(line.length <= MESSAGE_MAX_UNITS / 2, line);
  });
});

describe('seats', () => {
  test('are read from any scene, and a lamp is none', () => {
    assert.deepEqual(
      [
        ...new Set(
          seatsOf({ benches: 1, benchXs: [0.3], trees: 1, treeXs: [0.6], lamps: 4 }).map((seat) => seat.propId),
        ),
      ],
      ['bench', 'tree'],
    );
    for (const scene of [undefined, null, 7, 'x', [], { benches: 'many', benchXs: [NaN, 'a'] }, { benches: 0 }])
      for (const { x } of seatsOf(scene)) assert.ok(x >= 0 && x <= 1);
  });
});
