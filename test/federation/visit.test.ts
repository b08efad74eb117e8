import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { HostEvent } from '../../federation/types.ts';
import { admission, GuestScenes, HomeScene } from '../support/guest-scenes.ts';
import { formRing, setUpSquares, startRing, startSquare } from '../support/ring-of-squares.ts';

const frame = (text: string): HostEvent => ({ kind: 'frame', text, except: null, only: null });

test('a visitor is admitted over the hill, heard there, hears what is said, and leaves', async (context) => {
  const scenes = new GuestScenes();
  const { squares } = await startRing(context, ['alder', 'birch', 'cedar'], { scenes });
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  await alder.untilLinked(birch);
  const home = new HomeScene(alder.service, 'alder', 'birch');
  home.tell(admission(7));
  assert.deepEqual(await home.untilEvent('admitted'), {
    kind: 'admitted',
    guest: 7,
    edge: 'left',
    x: 0.02,
    visitor: 1,
  });
  const { port } = alder;
  assert.deepEqual(scenes.openings, [
    {
      site: 'birch',
      square: alder.key.square,
      from: { site: 'alder', name: 'Site alder', url: `http://127.0.0.1:${port}/alder` },
    },
  ]);
  assert.deepEqual(scenes.commands, [admission(7)], 'name, look, side: nothing else goes along');

  for (let n = 0; n < 100; n += 1) scenes.say(frame(`{"n":${n}}`));
  await home.untilEvent('frame', 60);
  home.tell({ kind: 'say', guest: 7, tab: 0, text: '{"type":"say","text":"hello"}' });
  assert.equal((await scenes.untilCommand('say')).text, '{"type":"say","text":"hello"}');
  const heard = home.events.flatMap((event) => (event.kind === 'frame' ? [event.text] : []));
  assert.deepEqual(
    heard,
    Array.from(heard, (_, n) => `{"n":${n}}`),
    'in order',
  );
  assert.equal(birch.service.guests(), 1);

  home.tell({ kind: 'leave', guest: 7, toward: 'right' });
  assert.equal((await scenes.untilCommand('leave')).toward, 'right');
  assert.equal(await home.untilEnd(), 'done');
  await scenes.untilEnd();
  assert.equal(birch.service.guests(), 0);
});

test('owners let nobody in, or nobody out, and a square that is not there is unreachable', async (context) => {
  const setups = await setUpSquares(context, ['alder', 'birch', 'cedar']);
  const [alderSetup, birchSetup] = setups;
  assert.ok(alderSetup !== undefined && birchSetup !== undefined);
  const ring = formRing(setups);
  const scenes = new GuestScenes();
  const alder = await startSquare(context, alderSetup, ring.documents, { scenes, site: { letsVisitorsOut: true } });
  const birch = await startSquare(context, birchSetup, ring.documents, {
    scenes,
    site: { admitsGuests: false, letsVisitorsOut: false },
  });
  await alder.untilLinked(birch);
  const intoClosed = new HomeScene(alder.service, 'alder', 'birch');
  intoClosed.tell(admission(1));
  assert.equal((await intoClosed.untilEvent('refused')).reason, 'closed');
  const outOfClosed = new HomeScene(birch.service, 'birch', 'alder');
  assert.equal(await outOfClosed.untilEnd(), 'closed');
  const intoNowhere = new HomeScene(alder.service, 'alder', 'cedar');
  intoNowhere.tell(admission(1));
  assert.equal(await intoNowhere.untilEnd(), 'unreachable');
  assert.equal(await new HomeScene(alder.service, 'alder', 'quay').untilEnd(), 'no-neighbour');
  assert.equal(await new HomeScene(alder.service, 'alder', 'alder').untilEnd(), 'no-neighbour');
});

test('a neighbour brings no more guests than the operator takes, and one who leaves makes room', async (context) => {
  const scenes = new GuestScenes();
  const { squares } = await startRing(context, ['alder', 'birch'], { scenes, guestsMax: 2 });
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  await alder.untilLinked(birch);
  const home = new HomeScene(alder.service, 'alder', 'birch');
  home.tell(admission(1), admission(2), admission(3));
  assert.deepEqual(await home.untilEvent('refused'), { kind: 'refused', guest: 3, reason: 'busy' });
  assert.equal(birch.counted('guest', 'busy'), 1);
  home.tell({ kind: 'leave', guest: 1, toward: null }, admission(4));
  await home.untilEvent('admitted', 3);
  assert.equal(birch.service.guests(), 2);
});

test('when the host stops every guest is home at once, and when the home square stops no guest is left', async (context) => {
  const scenes = new GuestScenes();
  const { squares } = await startRing(context, ['alder', 'birch', 'cedar'], { scenes });
  const [alder, birch, cedar] = squares;
  assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
  await Promise.all([alder.untilLinked(birch), alder.untilLinked(cedar)]);
  const home = new HomeScene(alder.service, 'alder', 'birch');
  home.tell(admission(1));
  await home.untilEvent('admitted');
  await birch.service.stop(AbortSignal.timeout(3_000));
  assert.equal(await home.untilEnd(), 'lost');

  const second = new HomeScene(alder.service, 'alder', 'cedar');
  second.tell(admission(2));
  await second.untilEvent('admitted');
  assert.equal(cedar.service.guests(), 1);
  await alder.service.stop(AbortSignal.timeout(3_000));
  await cedar.untilCounted('visit-in', 'closed');
  assert.equal(cedar.service.guests(), 0);
});

test('two sites of one square are neighbours like any others', async (context) => {
  const [setup] = await setUpSquares(context, ['alder'], () => ['elder', 'hazel']);
  assert.ok(setup !== undefined);
  const scenes = new GuestScenes();
  const square = await startSquare(context, setup, formRing([setup]).documents, { scenes });
  const home = new HomeScene(square.service, 'elder', 'hazel');
  home.tell(admission(9, { edge: 'right' }));
  assert.equal((await home.untilEvent('admitted')).x, 0.98);
  scenes.say(frame('{"type":"say"}'));
  assert.equal((await home.untilEvent('frame')).text, '{"type":"say"}');
  home.end();
  assert.equal(await scenes.untilEnd(), 'closed');
});

test('a scene that says more than the stream may carry is read no faster', async (context) => {
  const scenes = new GuestScenes();
  const { squares } = await startRing(context, ['alder', 'birch'], { scenes });
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  await alder.untilLinked(birch);
  const home = new HomeScene(alder.service, 'alder', 'birch');
  home.tell(admission(1));
  await home.untilEvent('admitted');
  const text = JSON.stringify({ filler: randomBytes(45_000).toString('base64') });
  let sent = 0;
  while (sent < 1_000 && scenes.say(frame(text))) {
    sent += 1;
    if (sent % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent < 200, `${sent} frames of 60 kB were taken at once`);
  await home.untilEvent('frame', 8);
  assert.equal(home.endedWith, undefined);
});

test('while a stream is behind with what its guests should hear, it takes no more of them, and then it does', async (context) => {
  const scenes = new GuestScenes();
  const { squares } = await startRing(context, ['alder', 'birch'], { scenes });
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  await alder.untilLinked(birch);
  const home = new HomeScene(alder.service, 'alder', 'birch');
  home.tell(admission(1));
  await home.untilEvent('admitted');
  const text = JSON.stringify({ filler: randomBytes(2_900).toString('base64') });
  const crowd = setInterval(() => {
    while (scenes.say(frame(text)));
  }, 20);
  let asked = 1;
  while (!home.events.some((event) => event.kind === 'refused' && event.reason === 'busy')) {
    asked += 1;
    assert.ok(asked < 100 && home.endedWith === undefined, 'nobody is refused');
    home.tell(admission(asked));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  clearInterval(crowd);
  const before = home.events.filter(({ kind }) => kind === 'admitted').length;
  while (home.events.filter(({ kind }) => kind === 'admitted').length === before) {
    asked += 1;
    assert.ok(asked < 200 && home.endedWith === undefined, 'nobody is admitted any more');
    home.tell(admission(asked));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
});

test('what piles up behind a stall of the link or of a scene ends no visit, either way', async (context) => {
  const scenes = new GuestScenes();
  const { squares } = await startRing(context, ['alder', 'birch'], { scenes });
  const [alder, birch] = squares;
  assert.ok(alder !== undefined && birch !== undefined);
  await alder.untilLinked(birch);
  const home = new HomeScene(alder.service, 'alder', 'birch');
  home.tell(admission(1));
  await home.untilEvent('admitted');
  const many = Array.from({ length: 500 }, (_, n) => n);

  home.pause();
  scenes.say(...many.map((n) => frame(`{"n":${n}}`)));
  home.tell({ kind: 'say', guest: 1, tab: 0, text: '{"type":"say"}' });
  await scenes.untilCommand('say');
  // What was said before was under way for as long as this.
  await new Promise((resolve) => setTimeout(resolve, 500));
  home.resume();
  await home.untilEvent('frame', many.length);

  scenes.pause();
  home.tell(...many.map((n) => ({ kind: 'say', guest: 1, tab: 0, text: `{"n":${n}}` }) as const));
  await new Promise((resolve) => setTimeout(resolve, 500));
  scenes.resume();
  await scenes.untilCommand('say', 1 + many.length);
  assert.equal(home.endedWith, undefined);
});
