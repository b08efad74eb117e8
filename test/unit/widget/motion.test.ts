import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createActor, dismissActor, isGone, stepActor } from '../../../public/widget/model/actors.ts';
import { createHeadCount, headCountText, updateHeadCount, waitMs } from '../../../public/widget/street/head-count.ts';
import {
  createHorizon,
  depthOf,
  inkAt,
  sizeAt,
  stepHorizon,
  updateHorizon,
} from '../../../public/widget/model/horizon.ts';
import { cameraFor, groundRise, layoutFor, scenePx, streetPx } from '../../../public/widget/model/layout.ts';
import { bubbleMs, bubbleRoom, place, plateRoom } from '../../../public/widget/model/place.ts';
import { shadeOf } from '../../../public/widget/model/shade.ts';
import {
  createWalker,
  GATE_LEFT,
  GATE_RIGHT,
  moveDue,
  onHill,
  stepWalker,
} from '../../../public/widget/model/walker.ts';
import { gate } from '../../support/fake-square.ts';

test('everybody walks 180 units a second and runs 300, on every screen', () => {
  for (const [isRunning, units] of [
    [false, 180],
    [true, 300],
  ] as const) {
    const walker = { ...createWalker(300), direction: 1 as const, isRunning };
    for (let ms = 0; ms < 1_000; ms += 20) stepWalker(walker, 20);
    assert.ok(Math.abs(walker.x - 300 - units) < 1e-6);
  }
});

test('pushing against a gate line counts once after 250 ms, and anew after stepping back', () => {
  const walker = { ...createWalker(GATE_RIGHT), direction: 1 as 1 | -1 | 0 };
  const pushes = Array.from({ length: 20 }, () => stepWalker(walker, 50).pushed).filter((side) => side !== undefined);
  assert.deepEqual(pushes, ['right']);
  walker.direction = -1;
  stepWalker(walker, 50);
  walker.direction = 1;
  assert.equal(Array.from({ length: 10 }, () => stepWalker(walker, 50).pushed).filter(Boolean).length, 1);
});

test('a move is told when it is more than 0.002 and 45 ms after the last', () => {
  const sender = { sentX: 0.5, sentAt: 1_000 };
  assert.equal(moveDue(sender, 0.5019, 2_000), 'same');
  assert.equal(moveDue(sender, 0.51, 1_045), 'wait');
  assert.equal(moveDue(sender, 0.51, 1_046), 'send');
});

test('the others are never more than about a quarter second behind, and stand when they have arrived', () => {
  const actor = createActor(1, 100);
  actor.target = 700;
  let nowMs = 0;
  for (; actor.x < 695 && nowMs < 5_000; nowMs += 33) stepActor(actor, 33, nowMs);
  assert.ok(nowMs < 1_500, `${nowMs} ms`);
  for (let i = 0; i < 60; i += 1) stepActor(actor, 33, (nowMs += 33));
  assert.equal(actor.x, 700);
  assert.equal(stepActor(actor, 33, nowMs), false);
  assert.equal(actor.isWalking, false);
});

test('who leaves through a gate is seen walking over the hill before they are gone', () => {
  const actor = createActor(1, 1_000);
  dismissActor(actor, 'right');
  let farthest = 0;
  for (let nowMs = 0; nowMs < 6_000 && !isGone(actor); nowMs += 33) {
    stepActor(actor, 33, nowMs);
    farthest = Math.max(farthest, actor.x);
  }
  assert.ok(isGone(actor));
  assert.ok(farthest > GATE_RIGHT + 50);
});

test('only the end of the neighbour that lies next to us is seen, nearer ones larger and darker', () => {
  assert.equal(depthOf({ x: 1 }, 'left'), 0);
  assert.equal(depthOf({ x: 0 }, 'right'), 0);
  assert.equal(depthOf({ x: 0.5 }, 'left'), undefined);
  assert.equal(depthOf({ x: 0.41 }, 'right'), undefined);
  assert.deepEqual([sizeAt(0), sizeAt(1)], [0.72, 0.5]);
  assert.ok(inkAt(0, 0) === 0.64 && Math.abs(inkAt(1, 0) - 0.22) < 1e-9 && inkAt(0, 1) < 0.3);
});

test('a silhouette glides to its next place within 600 ms and then nothing moves', () => {
  const horizon = createHorizon();
  const at = (x: number) =>
    gate('Moss', 'http://m.example/', { figures: [{ h: 'a', x, color: 0, pose: 'stand', walking: true }] });
  updateHorizon(horizon, at(0.9), 'left');
  while (stepHorizon(horizon, 50));
  updateHorizon(horizon, at(0.8), 'left');
  const depths: number[] = [];
  for (let ms = 0; ms < 600; ms += 100) {
    stepHorizon(horizon, 100);
    depths.push(horizon.figures.get('a')?.depth ?? -1);
  }
  assert.ok(
    depths.every((depth, i) => i === 0 || depth > (depths[i - 1] ?? 0)),
    depths.join(),
  );
  assert.ok(Math.abs((depths.at(-1) ?? 0) - 0.5) < 1e-9);
  assert.equal(stepHorizon(horizon, 50), false);
  updateHorizon(horizon, gate('Moss', 'http://m.example/', { state: 'dark' }), 'left');
  while (stepHorizon(horizon, 100));
  assert.equal(horizon.figures.size, 0);
});

test('a count on a sign does not flap, falls at once, and is never more than three seconds late', () => {
  const head = createHeadCount();
  const shown = (known: number | undefined, nowMs: number) => {
    updateHeadCount(head, known, nowMs);
    return head.shown;
  };
  assert.equal(shown(undefined, 0), undefined);
  assert.equal(shown(4, 100), 4);
  assert.equal(shown(5, 200), 4);
  assert.equal(waitMs(head, 200), 2_900);
  assert.equal(shown(4, 300), 4);
  assert.equal(shown(5, 400), 4);
  assert.equal(shown(5, 3_100), 5);
  assert.equal(shown(3, 3_200), 3);
  assert.equal(waitMs(head, 3_200), undefined);
  assert.deepEqual([headCountText(99), headCountText(100)], ['99', '99+']);
});

test('wide strips show the whole street and more hill, narrow ones follow the visitor', () => {
  assert.deepEqual(
    [1_920, 1_280, 768, 390].map((width) => layoutFor(width).hasCamera),
    [false, false, true, true],
  );
  for (const width of [1_280, 1_400, 1_600, 1_920]) {
    const layout = layoutFor(width);
    assert.ok(Math.abs(streetPx(layout) + 2 * layout.horizonPx - width) < 1e-6);
    assert.ok(layout.horizonPx >= 160);
  }
  const phone = layoutFor(390);
  const centred = cameraFor(phone, undefined, 600);
  assert.equal(centred, 600 - 195);
  assert.equal(cameraFor(phone, centred, 640), centred, 'inside the dead zone nothing pans');
  assert.ok(cameraFor(phone, centred, 800) > centred);
  assert.equal(cameraFor(phone, centred, 0), -phone.horizonPx);
});

test('the ground is level on the street and climbs at both ends', () => {
  const layout = layoutFor(1_600);
  assert.equal(groundRise(layout, 0), 0);
  assert.equal(groundRise(layout, 1_200), 0);
  assert.ok(groundRise(layout, -200) > 9 && groundRise(layout, 1_400) > 9);
});

test('no plate covers another, the most important are kept, and the budget holds', () => {
  const wishes = Array.from({ length: 40 }, (_, id) => ({ id, x: (id * 37) % 400, widthPx: 60, rank: id }));
  const placed = place(wishes, plateRoom(390)).sort((a, b) => a.x - b.x);
  assert.ok(placed.length <= 4 && placed.length > 1);
  assert.ok(placed.some(({ id }) => id === 39));
  for (const [index, plate] of placed.entries()) {
    const next = placed[index + 1];
    assert.ok(plate.x >= 30 && plate.x <= 360);
    assert.ok(next === undefined || next.x - plate.x >= 64 - 0.02);
  }
  const spread = wishes.map(({ id, widthPx, rank }) => ({ id, x: id * 100, widthPx, rank }));
  assert.equal(place(spread, plateRoom(5_000)).length, 12);
});

test('words said at a gate hang inside its sign, and over it only where there is no room inside', () => {
  const room = bubbleRoom(1_280, false, [153, 1_127]);
  const [alone] = place([{ id: 1, x: 181, widthPx: 220, rank: 1 }], room);
  assert.ok(alone !== undefined && alone.x - alone.half >= 153);
  const both = place(
    [
      { id: 1, x: 200, widthPx: 60, rank: 2 },
      { id: 2, x: 190, widthPx: 60, rank: 1 },
    ],
    room,
  );
  assert.deepEqual(
    both.map(({ id }) => id),
    [1, 2],
  );
  assert.ok(both.every(({ x, half }) => x - half >= 153));
  // Three at one gate: the last would hang too far from its speaker.
  const crowd = [181, 183, 185].map((x, id) => ({ id, x, widthPx: 120, rank: id }));
  assert.ok(place(crowd, room).some(({ x, half }) => x - half < 153));
});

test('words hang for 4 to 14 seconds by their length; two bubbles fit a phone, five a desk', () => {
  assert.deepEqual([bubbleMs(''), bubbleMs('x'.repeat(50)), bubbleMs('x'.repeat(140))], [4_000, 7_000, 12_400]);
  const wishes = Array.from({ length: 9 }, (_, id) => ({ id, x: id * 140, widthPx: 100, rank: id }));
  assert.equal(place(wishes, bubbleRoom(1_280, false)).length, 5);
  assert.ok(place(wishes, bubbleRoom(390, true)).length <= 2);
});

test('whoever comes in over a hill is first seen on it, outside the street and well within its horizon', () => {
  assert.ok(onHill('left') < GATE_LEFT && onHill('right') > GATE_RIGHT);
  for (const width of [320, 1_280, 1_920]) {
    const layout = layoutFor(width);
    assert.ok(scenePx(layout, onHill('left')) > 8 - layout.horizonPx, `${width}`);
    assert.ok(scenePx(layout, onHill('right')) < streetPx(layout) + layout.horizonPx - 8, `${width}`);
  }
});

test('a quick square shows no sketch; a slow one a figure that grows line by line, whole at once in calm', () => {
  const connecting = { name: 'connecting', isReturn: false, since: 0 } as const;
  assert.equal(shadeOf(connecting, false, false, 599), undefined);
  const early = shadeOf(connecting, false, false, 700);
  const late = shadeOf(connecting, false, false, 1_100);
  assert.ok(early !== undefined && late !== undefined && early.dash[0] < late.dash[0]);
  assert.deepEqual([early.isLively, late.isLively], [true, false]);
  assert.deepEqual(shadeOf(connecting, false, true, 700), { ...late, dash: [90, 180] });
  assert.equal(shadeOf({ ...connecting, isReturn: true }, false, false, 9_000), undefined, 'who is back has a figure');
});

test('who watches unseen is dotted, from the moment the street is there', () => {
  assert.ok(shadeOf({ name: 'live' }, true, false, 0)?.dash[0] === 0.1);
  assert.equal(shadeOf({ name: 'live' }, false, false, 0), undefined);
  assert.equal(shadeOf({ name: 'connecting', isReturn: false, since: 0 }, true, false, 5_000), undefined);
});
