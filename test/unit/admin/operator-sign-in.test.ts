import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createOperatorLink,
  LINK_LIFE_MS,
  OPERATOR_SESSION_S,
  OperatorSignIns,
} from '../../../src/admin/operator-sign-in.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function desk(failuresPerHour = 3) {
  const settings = new Map<string, string>();
  const store = {
    setting: (name: string) => settings.get(name),
    saveSetting: (name: string, value: string) => void settings.set(name, value),
  };
  const clock = new ManualClock();
  const signIns = new OperatorSignIns(store, failuresPerHour, clock);
  return { clock, settings, signIns, link: () => createOperatorLink(store, clock.now()) };
}

function sessionOf(outcome: ReturnType<OperatorSignIns['signIn']>): string {
  assert.ok(typeof outcome === 'object');
  return outcome.sessionId;
}

test('a link signs in once; the session lasts twelve hours, or until one signs out', () => {
  const { clock, signIns, link } = desk();
  const token = link();
  const first = sessionOf(signIns.signIn('a', token));
  assert.ok(signIns.isSignedIn(first));
  assert.equal(signIns.signIn('a', token), 'refused');
  const second = sessionOf(signIns.signIn('a', link()));
  signIns.signOut(second);
  assert.deepEqual([signIns.isSignedIn(second), signIns.isSignedIn(first)], [false, true]);
  clock.advance(OPERATOR_SESSION_S * 1_000);
  assert.equal(signIns.isSignedIn(first), false);
});

test('a link that is too old, a former one, and no link at all are refused', () => {
  const { clock, signIns, link } = desk(0);
  assert.equal(signIns.signIn('a', ''), 'refused');
  const former = link();
  const late = link();
  assert.equal(signIns.signIn('a', former), 'refused');
  clock.advance(LINK_LIFE_MS);
  assert.equal(signIns.signIn('a', late), 'refused');
  assert.equal(signIns.isSignedIn(''), false);
});

test('the store never holds what signs in', () => {
  const { settings, link } = desk();
  const token = link();
  assert.ok(![...settings.values()].some((value) => value.includes(token)));
});

test('one address that guesses is kept out for an hour, even with the right link; others are not', () => {
  const { clock, signIns, link } = desk(3);
  for (let guess = 0; guess < 3; guess += 1) assert.equal(signIns.signIn('a', `guess ${guess}`), 'refused');
  const token = link();
  assert.equal(signIns.signIn('a', token), 'locked-out');
  assert.equal(typeof signIns.signIn('b', token), 'object');
  clock.advance(3_600_000);
  assert.equal(typeof signIns.signIn('a', link()), 'object');
});
