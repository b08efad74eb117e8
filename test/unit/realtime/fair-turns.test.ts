import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { FairTurns, TURN_LIMITS, type TurnLimits } from '../../../src/realtime/fair-turns.ts';

interface Rig {
  readonly turns: FairTurns<string, number>;
  /** What was handled, `<source> <item>`, in order. */
  readonly handled: string[];
  /** Lets the event loop come round once. @returns whether anybody waited for that */
  readonly turn: () => boolean;
  /** ms on the clock. */
  spend: number;
}

function rigWith(
  limits: TurnLimits = TURN_LIMITS,
  onHandle: (rig: Rig, source: string, item: number) => void = () => {},
): Rig {
  const handled: string[] = [];
  let deferred: (() => void)[] = [];
  let now = 0;
  const rig: Rig = {
    turns: new FairTurns<string, number>(
      {
        handle: (source, item) => {
          handled.push(`${source} ${item}`);
          now += rig.spend;
          onHandle(rig, source, item);
        },
        monotonic: () => now,
        defer: (run) => void deferred.push(run),
      },
      limits,
    ),
    handled,
    turn: () => {
      const due = deferred;
      deferred = [];
      for (const run of due) run();
      return due.length > 0;
    },
    spend: 0,
  };
  return rig;
}

const small: TurnLimits = { slice: 3, sliceMs: 2, backlogPerSource: 4, backlogPerLane: 6 };

test('what comes to a calm scene is handled at once', () => {
  const rig = rigWith();
  for (let item = 1; item <= 3; item += 1) assert.equal(rig.turns.offer('moss', 'ada', item), true);
  assert.deepEqual(rig.handled, ['ada 1', 'ada 2', 'ada 3']);
});

test('a flooded scene waits for its turns, in order, and another scene does not wait for it', () => {
  const rig = rigWith(small);
  for (let item = 1; item <= 7; item += 1) assert.equal(rig.turns.offer('flooded', 'eve', item), true);
  assert.deepEqual(rig.handled, ['eve 1', 'eve 2', 'eve 3']);
  rig.turns.offer('quiet', 'ada', 1);
  assert.deepEqual(rig.handled.at(-1), 'ada 1');
  rig.turn();
  assert.deepEqual(rig.handled.slice(4), ['eve 4', 'eve 5', 'eve 6']);
  rig.turns.offer('flooded', 'ben', 1);
  rig.turns.offer('quiet', 'ada', 2);
  rig.turn();
  assert.deepEqual(rig.handled.slice(7), ['ada 2', 'eve 7', 'ben 1']);
});

test('a slice ends early when its messages are slow', () => {
  const rig = rigWith(small);
  rig.spend = 1.5;
  for (let item = 1; item <= 3; item += 1) rig.turns.offer('moss', 'ada', item);
  assert.deepEqual(rig.handled, ['ada 1', 'ada 2']);
  rig.turn();
  assert.deepEqual(rig.handled, ['ada 1', 'ada 2', 'ada 3']);
});

test('one socket cannot fill its scene’s queue, and a scene’s queue has an end', () => {
  const rig = rigWith(small);
  const taken = Array.from({ length: 10 }, (_, item) => rig.turns.offer('moss', 'eve', item));
  assert.equal(taken.filter(Boolean).length, 3 + 4);
  assert.equal(rig.turns.offer('moss', 'ada', 1), true);
  assert.equal(rig.turns.offer('moss', 'ben', 1), true);
  assert.equal(rig.turns.offer('moss', 'cy', 1), false);
  assert.equal(rig.turns.waiting, 6);
});

test('what handling a message brings about is handled after it', () => {
  const rig = rigWith(small, ({ turns }, source, item) => {
    if (source === 'ada' && item === 1) {
      turns.offer('moss', 'echo', 1);
      assert.deepEqual(rig.handled, ['ada 1']);
    }
  });
  rig.turns.offer('moss', 'ada', 1);
  rig.turn();
  assert.deepEqual(rig.handled, ['ada 1', 'echo 1']);
});

test('whatever the load, everything taken is handled once, in each socket’s order, and nothing is left behind', () => {
  const offers = fc.array(
    fc.oneof(fc.record({ scene: fc.constantFrom('a', 'b', 'c'), source: fc.nat(3) }), fc.constant('turn' as const)),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(offers, fc.constantFrom(0, 0.7, 3), (steps, spend) => {
      const rig = rigWith(small);
      rig.spend = spend;
      const taken: string[] = [];
      for (const [index, step] of steps.entries()) {
        if (step === 'turn') {
          rig.turn();
          continue;
        }
        const source = `${step.scene}${step.source}`;
        if (rig.turns.offer(step.scene, source, index)) taken.push(`${source} ${index}`);
      }
      let rounds = 0;
      while (rig.turn()) rounds += 1;
      assert.ok(rounds <= taken.length + 2, 'it comes to rest');
      assert.deepEqual([...rig.handled].sort(), [...taken].sort());
      for (const scene of ['a', 'b', 'c']) {
        const inScene = (line: string) => line.startsWith(scene);
        assert.deepEqual(rig.handled.filter(inScene), taken.filter(inScene));
      }
      assert.equal(rig.turns.waiting, 0);
      assert.equal(rig.turns.lanes, 0);
    }),
  );
});
