import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { isAtRest, kick, newBall, roll } from '../../../src/plugins/soccer-ball.ts';

const bounds = { min: 0.02, max: 0.98 };
const STEP = 0.05;

test('a step within 0.02 kicks the ball the way it goes, the harder the faster, and never above the caps', () => {
  const kicked = (x: number, direction: number, speed: number) => {
    const ball = newBall();
    kick(ball, { x, direction, speed });
    return [ball.dx, ball.dy];
  };
  assert.deepEqual(kicked(0.48, 1, 0.2), [0, 0], 'strictly within');
  assert.deepEqual(kicked(0.4801, 1, 0.2), [0.12 + 0.85 * 0.2, 0.5 + 2 * 0.2]);
  assert.deepEqual(kicked(0.51, -1, 9), [-0.5, 1.6]);
  assert.deepEqual(kicked(0.51, 0, 0), [-0.12, 0.5], 'away from who did not move');
  assert.deepEqual(kicked(0.5, 0, 0), [0.12, 0.5]);
});

test('a ball flies, bounces lower each time, rolls out, and rests on the ground', () => {
  const ball = newBall();
  kick(ball, { x: 0.5, direction: 1, speed: 0.22 });
  const tops: number[] = [];
  let top = 0;
  let steps = 0;
  while (!isAtRest(ball)) {
    roll(ball, STEP, [], bounds);
    top = Math.max(top, ball.y);
    if (ball.y === 0 && top > 0) {
      tops.push(top);
      top = 0;
    }
    steps += 1;
    assert.ok(steps < 400, 'it never rests');
  }
  assert.ok(tops.length > 1 && tops.every((each, index) => index === 0 || each < (tops[index - 1] ?? 0)));
  assert.ok(ball.x > 0.6);
  const { x } = ball;
  roll(ball, STEP, [{ x: x + 0.01 }], bounds);
  assert.equal(ball.x, x, 'nothing moves a ball at rest');
});

test('a ball that rolls within 0.04 of somebody stops at their feet; one that flies passes', () => {
  const rolling = { x: 0.5, y: 0, dx: 0.4, dy: 0 };
  roll(rolling, STEP, [{ x: 0.54 }], bounds);
  assert.deepEqual(rolling, { x: 0.54, y: 0, dx: 0, dy: 0 });
  const flying = { x: 0.5, y: 0.1, dx: 0.4, dy: 1 };
  roll(flying, STEP, [{ x: 0.54 }], bounds);
  assert.equal(flying.dx, 0.4);
});

test('whatever is done to it, the ball stays between the ends and above the ground, and comes to rest', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const step = fc.record({
    x: unit,
    direction: fc.constantFrom(-1, 0, 1),
    speed: fc.double({ min: 0, noNaN: true }),
    ticks: fc.nat(30),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.array(fc.record({ x: unit }), { maxLength: 5 }),
      (moves, figures) => {
        const ball = newBall();
        const advance = (): void => {
          roll(ball, STEP, figures, { min: 0, max: 1 });
          assert.ok(ball.x >= 0 && ball.x <= 1 && ball.y >= 0, JSON.stringify(ball));
        };
        for (const move of moves) {
          kick(ball, move);
          for (let tick = 0; tick < move.ticks; tick += 1) advance();
        }
        for (let tick = 0; tick < 300 && !isAtRest(ball); tick += 1) advance();
        assert.ok(isAtRest(ball), JSON.stringify(ball));
      },
    ),
  );
});
