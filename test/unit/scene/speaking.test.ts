import assert from 'node:assert/strict';
import test from 'node:test';
import type { ClientMessage, ServerFrame } from '../../../src/protocol/frames.ts';
import { encodeLook } from '../../../src/protocol/look.ts';
import { rulesOf } from '../../../src/scene/scene.ts';
import { SceneRig } from '../../support/scene-rig.ts';
import { buildSite } from '../../support/site-builder.ts';

/** Connections 1 and 2 are Ada's tabs, 3 is Ben. */
function crowd(rig = new SceneRig()): SceneRig {
  const ada = rig.join(1, { browserId: 'ada', displayName: 'Ada' });
  rig.join(2, { browserId: 'ada', browserSecret: ada.browserSecret });
  rig.join(3, { browserId: 'ben', displayName: 'Ben' });
  rig.clear();
  return rig;
}

const page = (readingUrl: string | undefined, readingActive = true, widgetVisible = true): ClientMessage => ({
  type: 'reading',
  ...(readingUrl !== undefined && { readingUrl }),
  readingActive,
  widgetVisible,
});

test('words go to siblings and others with the time of the square, not back to the speaker', () => {
  const rig = crowd();
  rig.hear(1, { type: 'say', text: 'hello' });
  const heard: ServerFrame = { type: 'say', id: 1, text: 'hello', at: rig.wall };
  assert.deepEqual(rig.take(1), []);
  assert.deepEqual(rig.take(2), [heard]);
  assert.deepEqual(rig.take(3), [heard]);
});

test('words too soon after the last are dropped, whichever tab they come from', () => {
  const rig = crowd();
  rig.hear(1, { type: 'say', text: 'one' });
  rig.advance(499);
  rig.hear(1, { type: 'say', text: 'two' });
  rig.hear(2, { type: 'say', text: 'three' });
  rig.advance(1);
  rig.hear(1, { type: 'say', text: 'four' });
  assert.deepEqual(
    rig.take(3).map((frame) => frame.type === 'say' && frame.text),
    ['one', 'four'],
  );
});

test('a newcomer is not heard for a moment, and a reload does not start that moment anew', () => {
  const rig = new SceneRig({ rules: rulesOf(undefined, 1_500) });
  const ada = rig.join(1, { browserId: 'ada' });
  rig.join(2);
  rig.clear();
  rig.advance(1_000);
  rig.hear(1, { type: 'say', text: 'too soon' });
  rig.close(1);
  rig.advance(499);
  rig.join(3, { browserId: 'ada', browserSecret: ada.browserSecret });
  rig.hear(3, { type: 'say', text: 'still too soon' });
  assert.deepEqual(rig.take(2), []);
  rig.advance(1);
  rig.hear(3, { type: 'say', text: 'now' });
  assert.deepEqual(rig.takeTypes(2), ['say']);
});

test('where the owner switched chat off nobody is heard', () => {
  const rig = crowd(new SceneRig({ rules: rulesOf(buildSite({ isChatDisabled: true }), 0) }));
  rig.hear(1, { type: 'say', text: 'hello' });
  assert.deepEqual(rig.take(3), []);
});

test('the owner chat throttle holds on a hosted site and is told in hello', () => {
  const rig = new SceneRig({ rules: rulesOf(buildSite({ chatThrottleMs: 5_000 }), 0) });
  assert.equal(rig.join(1).chatThrottleMs, 5_000);
  rig.join(2);
  rig.clear();
  rig.hear(1, { type: 'say', text: 'one' });
  rig.advance(4_999);
  rig.hear(1, { type: 'say', text: 'two' });
  rig.advance(1);
  rig.hear(1, { type: 'say', text: 'three' });
  assert.equal(rig.take(2).length, 2);
});

test('newcomers see the last five words of everybody, oldest first', () => {
  const rig = crowd();
  for (let line = 1; line <= 7; line += 1) {
    rig.hear(1, { type: 'say', text: `line ${line}` });
    rig.advance(500);
  }
  const { peers } = rig.join(4);
  assert.deepEqual(
    peers[0]?.messages.map(({ text }) => text),
    ['line 3', 'line 4', 'line 5', 'line 6', 'line 7'],
  );
});

test('typing is one flag for all tabs: told when the first begins and when the last ends, to the typist too', () => {
  const rig = crowd();
  rig.hear(1, { type: 'typing', typing: true });
  assert.deepEqual(rig.take(1), [{ type: 'typing', id: 1, typing: true }]);
  assert.equal(rig.take(2).length, 1);
  assert.equal(rig.take(3).length, 1);
  rig.hear(2, { type: 'typing', typing: true });
  rig.hear(1, { type: 'typing', typing: false });
  assert.deepEqual(rig.take(3), []);
  rig.hear(2, { type: 'typing', typing: false });
  assert.deepEqual(rig.take(3), [{ type: 'typing', id: 1, typing: false }]);
});

test('closing the tab that types ends the typing, even when it was the last', () => {
  const rig = crowd();
  rig.hear(1, { type: 'typing', typing: true });
  rig.clear();
  rig.close(1);
  assert.deepEqual(rig.take(3), [{ type: 'typing', id: 1, typing: false }]);
  rig.hear(2, { type: 'typing', typing: true });
  rig.clear();
  rig.close(2);
  assert.deepEqual(rig.take(3), [{ type: 'typing', id: 1, typing: false }]);
});

test('a new name or colour is told to everybody; the same again is silence', () => {
  const rig = crowd();
  rig.hear(1, { type: 'profile', displayName: 'Ada L', color: '#c8641f' });
  for (const connection of [1, 2, 3]) {
    const [frame] = rig.take(connection);
    assert.deepEqual(Object.keys(frame ?? {}), [
      'type',
      'id',
      'x',
      'pose',
      'propId',
      'displayName',
      'color',
      'isOwner',
    ]);
  }
  rig.hear(2, { type: 'profile', displayName: 'Ada L', color: '#c8641f' });
  assert.deepEqual(rig.take(3), []);
});

test('a look is for ring clients: they alone hear of a new hat, everybody hears of a new coat', () => {
  const rig = new SceneRig();
  rig.join(1, { displayName: 'Ada', ring: true, look: encodeLook({ coat: 1, headwear: 0, carried: 0 }) });
  rig.join(2, { ring: true });
  rig.join(3);
  rig.clear();
  const hat = encodeLook({ coat: 1, headwear: 3, carried: 0 });
  rig.hear(1, { type: 'profile', displayName: 'Ada', color: '#c8641f', look: hat });
  assert.deepEqual(rig.take(3), []);
  const [frame] = rig.take(2);
  assert.deepEqual(frame?.type === 'profile' && frame.ring, { look: hat });
  rig.hear(1, {
    type: 'profile',
    displayName: 'Ada',
    color: '#c8641f',
    look: encodeLook({ coat: 2, headwear: 3, carried: 0 }),
  });
  const [coat] = rig.take(3);
  assert.equal(coat?.type === 'profile' && coat.color, '#3f7f63');
});

test('a classic tab that changes the colour takes the look off that no longer fits', () => {
  const rig = new SceneRig();
  const look = encodeLook({ coat: 7, headwear: 3, carried: 0 });
  const ada = rig.join(1, { browserId: 'ada', ring: true, look });
  assert.equal(ada.color, '#c8641f');
  rig.join(2, { browserId: 'ada', browserSecret: ada.browserSecret });
  rig.clear();
  rig.hear(2, { type: 'profile', displayName: 'Ada', color: '#c8641f', look: 0 });
  const [renamed] = rig.take(1);
  assert.deepEqual(renamed?.type === 'profile' && renamed.ring, { look });
  rig.hear(2, { type: 'profile', displayName: 'Ada', color: '#3f6fb5' });
  const [recoloured] = rig.take(1);
  assert.equal(recoloured?.type === 'profile' && 'ring' in recoloured, false);
});

test('what one reads is derived here and told to everybody, the reader too', () => {
  const rig = crowd();
  rig.hear(1, page('https://a.example/notes/real-page'));
  const frame: ServerFrame = {
    type: 'reading',
    id: 1,
    readingLabel: 'real page',
    readingUrl: 'https://a.example/notes/real-page',
    readingActive: true,
    widgetVisible: true,
  };
  for (const connection of [1, 2, 3]) assert.deepEqual(rig.take(connection), [frame]);
  rig.hear(1, page('https://a.example/notes/real-page'));
  rig.hear(1, page(undefined));
  assert.deepEqual(rig.take(3), []);
});

test('a visitor is active while any tab is, and visible while any widget is', () => {
  const rig = crowd();
  rig.hear(1, page(undefined, false));
  assert.deepEqual(rig.take(3), []);
  rig.hear(2, page(undefined, false));
  const [away] = rig.take(3);
  assert.equal(away?.type === 'reading' && away.readingActive, false);
  rig.hear(1, page(undefined, false, false));
  assert.deepEqual(rig.take(3), []);
  rig.hear(2, page(undefined, false, false));
  const [hidden] = rig.take(3);
  assert.equal(hidden?.type === 'reading' && hidden.widgetVisible, false);
});

test('closing the only active tab makes the visitor inactive; closing the last leaves the flags as they were', () => {
  const rig = crowd();
  rig.hear(2, page(undefined, false));
  rig.clear();
  rig.close(1);
  const [away] = rig.take(3);
  assert.equal(away?.type === 'reading' && away.readingActive, false);
  rig.close(2);
  assert.deepEqual(rig.take(3), []);
});

test('another tab that opens another page tells everybody but itself, of visibility alone nobody', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada', readingUrl: 'https://a.example/one', widgetVisible: false });
  rig.join(2);
  rig.clear();
  rig.join(3, { browserId: 'ada', browserSecret: ada.browserSecret, widgetVisible: true });
  assert.deepEqual(rig.take(2), []);
  const hello = rig.join(4, {
    browserId: 'ada',
    browserSecret: ada.browserSecret,
    readingUrl: 'https://a.example/two',
  });
  assert.equal(hello.readingLabel, 'two');
  assert.deepEqual(rig.takeTypes(2), ['reading']);
  assert.deepEqual(rig.takeTypes(1), ['reading']);
  assert.deepEqual(rig.take(4), []);
  // The key present but unusable empties both.
  assert.equal(rig.join(5, { browserId: 'ada', browserSecret: ada.browserSecret, readingUrl: '' }).readingUrl, '');
});

test('a page of another origin shows nothing: the site own origins hosted, the socket own on the default scene', () => {
  const hosted = new SceneRig({ rules: rulesOf(buildSite(), 0) });
  assert.equal(hosted.join(1, { readingUrl: 'https://www.moss.example/ferns' }).readingLabel, 'ferns');
  hosted.hear(1, page('https://evil.example/x'));
  const [frame] = hosted.take(1);
  assert.deepEqual(frame?.type === 'reading' && [frame.readingLabel, frame.readingUrl], ['', '']);

  const shared = new SceneRig();
  const origin = 'https://a.example';
  assert.equal(shared.join(1, { readingUrl: 'https://a.example/x' }, undefined, origin).readingLabel, 'x');
  assert.equal(shared.join(2, { readingUrl: 'https://b.example/x' }, undefined, origin).readingLabel, '');
  assert.equal(shared.join(3, { readingUrl: 'https://b.example/x' }).readingLabel, 'x');
});

test('who asks not to be drawn beyond the hill is counted all the same, until they say otherwise', () => {
  const rig = new SceneRig();
  const ada = rig.join(1, { browserId: 'ada', ring: true, beyondHill: false });
  assert.deepEqual(
    rig.scene.presence(rig.now).figures.map(({ drawn }) => drawn),
    [false],
  );
  // A second tab without the wish does not undo it.
  rig.join(2, { browserId: 'ada', browserSecret: ada.browserSecret, ring: true });
  assert.equal(rig.scene.presence(rig.now).figures[0]?.drawn, false);
  rig.hear(2, { type: 'privacy', beyondHill: true });
  assert.deepEqual(rig.scene.presence(rig.now), {
    count: 1,
    figures: [{ visitor: 1, x: ada.x, color: 0, pose: 'stand', walking: false, drawn: true }],
  });
  rig.hear(1, { type: 'privacy', beyondHill: false });
  assert.equal(rig.scene.presence(rig.now).figures[0]?.drawn, false);
});
