import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBeyond, type Beyond } from '../../../public/widget/hill/beyond.ts';
import { Journey } from '../../../public/widget/hill/journey.ts';
import { PageWay } from '../../../public/widget/hill/page-way.ts';
import { beyondPx, beyondRise, Peek } from '../../../public/widget/hill/peek.ts';
import { groundRise, layoutFor, streetPx } from '../../../public/widget/model/layout.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const LANTERN = { site: 'lantern', name: 'Lantern Diary', url: 'https://lantern.example/', square: '12D3' };

function traveller({ isOnline = true } = {}) {
  const clock = new ManualClock();
  const heard: string[] = [];
  const sent: object[] = [];
  const journey = new Journey({
    clock,
    send: (message) => {
      if (isOnline) sent.push(message);
      return isOnline;
    },
    leaving: (from) => heard.push(`leaving ${from}`),
    entered: (edge) => heard.push(`entered ${edge ?? 'home'}`),
    refused: (name, reason) => heard.push(`refused ${name} ${reason}`),
    onChange: () => undefined,
  });
  return { clock, heard, sent, journey };
}

function hopped(frame: object): Extract<Beyond, { type: 'away' | 'home' | 'refused' }> {
  const read = decodeBeyond({ type: 'hopped', ...frame });
  assert.ok(read?.type === 'away' || read?.type === 'home' || read?.type === 'refused');
  return read;
}

test('walking over the hill: the next street comes in from the side one walks to, and one stands at its near edge', () => {
  const { heard, sent, journey } = traveller();
  assert.ok(journey.start('right', 'Lantern Diary'));
  assert.equal(journey.asking?.name, 'Lantern Diary');
  journey.heard(hopped({ site: LANTERN, edge: 'left', x: 0.02 }));
  journey.greeted();
  assert.deepEqual(sent, [{ type: 'hop', side: 'right' }]);
  assert.deepEqual(heard, ['leaving right', 'entered left']);
  assert.deepEqual([journey.place?.name, journey.asking], ['Lantern Diary', undefined]);
});

test('walking home: the own street comes back from where it was left, and why one is home is known', () => {
  const { heard, sent, journey } = traveller();
  journey.start('right', 'Lantern Diary');
  journey.heard(hopped({ site: LANTERN, edge: 'left', x: 0.02 }));
  journey.greeted();
  journey.start('right', 'Quay');
  journey.heard(hopped({ site: { ...LANTERN, name: 'Quay' }, edge: 'left', x: 0.02 }));
  journey.greeted();
  journey.goHome();
  journey.heard(hopped({ site: LANTERN, home: 'asked', x: 0.9 }));
  journey.greeted();
  assert.deepEqual(sent.at(-1), { type: 'hop', home: true });
  assert.deepEqual(heard.slice(-2), ['leaving left', 'entered home']);
  assert.deepEqual([journey.place, journey.homecoming], [undefined, 'asked']);
});

test('a gate that does not open says why, once, and one may try again', () => {
  const { clock, heard, sent, journey } = traveller();
  journey.start('left', 'Moss');
  assert.equal(journey.start('left', 'Moss'), false, 'a second wish while one is under way is not heard');
  journey.heard(hopped({ side: 'right', refused: 'full' }));
  assert.deepEqual(heard, [], 'the other gate is not asked about');
  journey.heard(hopped({ side: 'left', refused: 'full' }));
  clock.advance(60_000);
  assert.deepEqual(heard, ['refused Moss full']);
  assert.ok(journey.start('left', 'Moss'));
  assert.equal(sent.length, 2);
});

test('no answer: the visitor slides back down after 3.2 s, and a reason nobody knows is no answer', () => {
  const { clock, heard, journey } = traveller();
  journey.start('left', 'Moss');
  clock.advance(3_199);
  assert.deepEqual(heard, []);
  clock.advance(1);
  assert.deepEqual(heard, ['refused Moss unreachable']);
  journey.start('left', 'Moss');
  journey.heard(hopped({ side: 'left', refused: 'constructor' }));
  assert.deepEqual(heard.slice(1), ['refused Moss unreachable']);
});

test('without a path nobody sets out; a path lost abroad leads home', () => {
  assert.equal(traveller({ isOnline: false }).journey.start('left', 'Moss'), false);
  const { heard, journey } = traveller();
  journey.start('right', 'Lantern Diary');
  journey.heard(hopped({ site: LANTERN, edge: 'left', x: 0.02 }));
  journey.greeted();
  // A socket that came back says hello without a word of hopping.
  journey.greeted();
  assert.deepEqual([journey.place, journey.homecoming], [undefined, 'lost']);
  assert.deepEqual(heard, ['leaving right', 'entered left', 'entered home']);
});

test('whatever a square says of the other side, nothing but places, names and lines gets through', () => {
  for (const frame of [
    { type: 'hopped' },
    { type: 'hopped', site: { ...LANTERN, url: 'javascript:alert(1)' }, edge: 'left', x: 0 },
    { type: 'hopped', site: { ...LANTERN, name: 7 }, edge: 'left', x: 0 },
    { type: 'hopped', site: LANTERN, edge: 'up', x: 0 },
    { type: 'view' },
    { type: 'view', side: 'both', figures: [] },
    { type: 'waved', side: null },
    { type: 'other' },
  ]) {
    assert.equal(decodeBeyond(frame), undefined, JSON.stringify(frame));
  }
  const view = decodeBeyond({
    type: 'view',
    side: 'left',
    isWhole: true,
    count: -3,
    figures: [
      { h: 'a', x: 0.5, color: 99, pose: 'fly', walking: 1, name: ` ${'n'.repeat(99)}`, look: 1e9 },
      { h: 'b', x: 2 },
      null,
    ],
    gone: ['c', 4],
    said: [{ h: 'a', text: 'x'.repeat(500) }, { h: 'a' }],
  });
  assert.ok(view?.type === 'view');
  assert.deepEqual(
    [view.seen.count, view.seen.figures.length, view.seen.gone, view.seen.said.length],
    [0, 1, ['c'], 1],
  );
  assert.equal(view.seen.said[0]?.text.length, 140);
  const [figure] = view.seen.figures;
  assert.deepEqual([figure?.pose, figure?.walking, figure?.color, figure?.look], ['stand', false, 0, undefined]);
});

test('a look shows who comes, moves and goes; a whole picture replaces what was known', () => {
  const peek = new Peek();
  const figure = (h: string, x: number) =>
    ({ h, x, color: 3, pose: 'stand', walking: false, name: '', look: undefined }) as const;
  const change = { count: 2, gone: [], said: [] };
  peek.begin('right');
  peek.take({ ...change, isWhole: true, figures: [figure('a', 0.1), figure('b', 0.5)] }, 0);
  for (let step = 0; step < 40; step += 1) peek.step(30);
  peek.take({ ...change, isWhole: false, figures: [figure('a', 0.3)], gone: ['b'] }, 0);
  for (let step = 0; step < 200; step += 1) peek.step(30);
  assert.deepEqual([...peek.figures.keys()], ['a']);
  assert.ok(Math.abs((peek.figures.get('a')?.x ?? 0) - 0.3) < 0.001);
  peek.take({ ...change, isWhole: true, figures: [figure('c', 0.9)] }, 0);
  for (let step = 0; step < 200; step += 1) peek.step(30);
  assert.deepEqual([...peek.figures.keys()], ['c']);
});

test('the camera slides over the hill and all the way back, and nothing of the other street stays', () => {
  const peek = new Peek();
  const layout = layoutFor(1_280);
  peek.begin('left');
  for (let step = 0; step < 40; step += 1) peek.step(30);
  assert.ok(peek.shiftPx(layout) < -0.5 * layout.widthPx);
  peek.end();
  for (let step = 0; step < 40; step += 1) peek.step(30);
  assert.deepEqual([Math.abs(peek.shiftPx(layout)), peek.isAway, peek.figures.size], [0, false, 0]);
});

test('a look on a phone reaches the street behind the hill', () => {
  const peek = new Peek();
  const layout = layoutFor(390);
  peek.begin('right');
  for (let step = 0; step < 40; step += 1) peek.step(30);
  // The camera at the right end shows the hill; shifted, it shows the near end of the other street.
  const rightEdge = streetPx(layout) + layout.horizonPx + peek.shiftPx(layout);
  assert.ok(rightEdge - beyondPx(layout, 'right', 0) > 100);
  assert.ok(peek.shiftPx(layout) < layout.widthPx);
});

test('the hill comes down to a street as level as ours, without a step at its crest', () => {
  const layout = layoutFor(1_280);
  for (const side of ['left', 'right'] as const) {
    const crest = side === 'left' ? -layout.horizonPx : streetPx(layout) + layout.horizonPx;
    assert.equal(beyondRise(layout, side, crest), groundRise(layout, crest));
    assert.equal(beyondRise(layout, side, beyondPx(layout, side, 0.5)), 0);
  }
});

test('the page follows the strip with a code when one comes within a second, once, and else as a plain link', () => {
  const clock = new ManualClock();
  const state = { isOnline: true };
  const sent: object[] = [];
  const gone: string[] = [];
  const way = new PageWay({
    clock: { now: () => clock.monotonic(), setTimer: (run, delayMs) => clock.setTimer(run, delayMs) },
    send: (message) => state.isOnline && sent.push(message) > 0,
    go: (url) => gone.push(url),
  });
  const url = 'https://lantern.example/';
  const code = 'A'.repeat(22);
  const passage = { type: 'passage', side: 'right' } as const;
  way.answer({ ...passage, url, code });
  assert.ok(way.take(url));
  assert.ok(way.take(url), 'a second press waits with the first');
  assert.deepEqual(sent, [{ type: 'gate', here: true }]);
  way.answer({ ...passage, url: 'https://lantern.example/door', code });
  way.answer({ ...passage, url, code });
  assert.deepEqual(gone.splice(0), [`https://lantern.example/door#ts=${code}`]);

  assert.ok(way.take(url));
  way.answer(passage);
  assert.deepEqual(gone.splice(0), [url], 'a refusal is no wall');
  assert.ok(way.take(url));
  clock.advance(1_000);
  way.answer({ ...passage, url, code });
  assert.deepEqual(gone.splice(0), [url], 'nobody waits longer than a second');
  assert.ok(way.take(url));
  way.cancel();
  clock.advance(5_000);
  assert.deepEqual(gone, [], 'who was sent home meanwhile stays there');
  state.isOnline = false;
  assert.ok(!way.take(url), 'without a square the link does it');
});
