/** The lab's pure parts: what an address means, who stands on the street, what a recording is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as assertHolds, constantFrom, property, string, tuple } from 'fast-check';
import { crowd } from '../../../public/lab/crowd.ts';
import { lookOver } from '../../../public/lab/over-the-hill.ts';
import { Recorder, recordingFrom } from '../../../public/lab/recording.ts';
import { seeded } from '../../../public/lab/seeded.ts';
import { PEOPLE_MAX, setupFrom } from '../../../public/lab/setup.ts';
import { GATES, STATES } from '../../../public/lab/states.ts';
import { propsOf, sceneConfigFrom } from '../../../src/protocol/scene-kit.ts';

const PROPS = propsOf(sceneConfigFrom({}));

test('an address without a word shows an ordinary evening in running time', () => {
  const setup = setupFrom('');
  assert.deepEqual(
    [setup.state.id, setup.people, setup.width, setup.theme, setup.dir, setup.atMs, setup.isBare],
    ['evening', 5, 0, 'auto', 'ltr', undefined, false],
  );
});

test('every state has an address of its own, and a number in it wins over the state', () => {
  assert.equal(new Set(STATES.map(({ id }) => id)).size, STATES.length);
  for (const { id, people, atMs } of STATES) {
    const setup = setupFrom(`?state=${id}&clock=still`);
    assert.deepEqual([setup.state.id, setup.people, setup.atMs], [id, people, atMs]);
  }
  assert.equal(setupFrom('?state=throng&people=7').people, 7);
});

test('whatever stands in an address, the lab can show it', () => {
  const names = ['state', 'people', 'walkers', 'width', 'theme', 'lang', 'dir', 'sky', 'left', 'birds', 'seed', 'at'];
  assertHolds(
    property(array(tuple(constantFrom(...names), string())), (parts) => {
      const setup = setupFrom(new URLSearchParams(parts).toString());
      assert.ok(setup.people <= PEOPLE_MAX && setup.walkers <= setup.people && setup.width <= 4_000);
      assert.ok(Number.isSafeInteger(setup.people) && setup.people >= 0);
    }),
  );
  for (const bad of ['-1', '1e3', 'NaN', '5.5', '']) assert.equal(setupFrom(`people=${bad}`).people, 5, bad);
  assert.equal(setupFrom('people=99999').people, PEOPLE_MAX);
  assert.equal(setupFrom('lang=ar').dir, 'rtl');
});

test('the same seed makes the same street, another one another, and nobody shares a seat', () => {
  const people = crowd(PEOPLE_MAX, PROPS, 'some', seeded(1));
  assert.deepEqual(crowd(PEOPLE_MAX, PROPS, 'some', seeded(1)), people);
  assert.notDeepEqual(crowd(PEOPLE_MAX, PROPS, 'some', seeded(2)), people);
  assert.equal(new Set(people.map(({ id }) => id)).size, PEOPLE_MAX);
  const seats = people.filter(({ pose }) => pose !== null).map(({ x }) => x);
  assert.equal(new Set(seats).size, seats.length);
  for (const { x, displayName } of people) assert.ok(x >= 0.02 && x <= 0.98 && displayName.length <= 24);
});

test('each kind of gate is what a square would send', () => {
  for (const kind of GATES) {
    if (kind === 'own') continue;
    const gate = lookOver('right', kind, 3, 1);
    if (kind === 'none') assert.equal(gate, null);
    else if (kind === 'dark') assert.deepEqual([gate?.state, gate?.count, gate?.figures], ['dark', undefined, []]);
    else assert.equal(gate?.state, kind === 'dim' ? 'dim' : 'live');
    for (const { x } of gate?.figures ?? []) assert.ok(x >= 0 && x <= 0.4, `${x} faces the other way`);
  }
});

test('a recording begins with the hello, comes back as it was, and anything else is refused', () => {
  const recorder = new Recorder();
  recorder.add({ type: 'chatThrottle', ms: 5 }, 10);
  assert.equal(recorder.length, 0);
  const hello = JSON.parse('{"type":"hello","id":1}');
  recorder.add(hello, 20.4);
  recorder.add({ type: 'chatThrottle', ms: 7 }, 320.4);
  assert.deepEqual(recordingFrom(recorder.text()), [
    { at: 0, frame: hello },
    { at: 300, frame: { type: 'chatThrottle', ms: 7 } },
  ]);
  for (const bad of [
    '',
    '{}',
    '[]',
    '[1]',
    '[{"at":0,"frame":{"type":"say"}}]',
    '[{"at":-1,"frame":{"type":"hello"}}]',
  ]) {
    assert.equal(recordingFrom(bad), undefined, bad);
  }
});
