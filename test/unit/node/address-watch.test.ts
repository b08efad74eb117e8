import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressWatch } from '../../../federation/node/address-watch.ts';

const FLOODER = '203.0.113.9';

test('who is turned away again and again is not even shaken hands with for five seconds, nobody else is shut out', () => {
  const watch = createAddressWatch();
  for (let times = 0; times < 10; times += 1) watch.turnedAway(FLOODER, 0);
  assert.equal(watch.isShut(FLOODER, 0), false, 'a square that is not in the list yet comes a few times');
  watch.turnedAway(FLOODER, 0);
  assert.equal(watch.isShut(FLOODER, 4_999), true);
  assert.equal(watch.isShut('203.0.113.10', 0), false);
  assert.equal(watch.isShut(FLOODER, 5_000), false);
});

test('twenty dials a second for a minute cost a few dozen handshakes, not twelve hundred', () => {
  const watch = createAddressWatch();
  let handshakes = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 50) {
    if (watch.isShut(FLOODER, nowMs)) continue;
    handshakes += 1;
    watch.turnedAway(FLOODER, nowMs);
  }
  assert.ok(handshakes <= 60, `${handshakes} handshakes`);
});

test('what comes through the square itself is never shut out here, and addresses are kept in bounded number', () => {
  const watch = createAddressWatch();
  for (const host of ['127.0.0.1', '127.8.8.8', '::1']) {
    for (let times = 0; times < 100; times += 1) watch.turnedAway(host, 0);
    assert.equal(watch.isShut(host, 0), false, host);
  }
  const shutOut = (host: string): void => {
    for (let times = 0; times < 11; times += 1) watch.turnedAway(host, 0);
  };
  shutOut(FLOODER);
  for (let index = 0; index < 1_024; index += 1) shutOut(`10.0.${index >> 8}.${index & 255}`);
  assert.equal(watch.isShut(FLOODER, 0), false, 'the first is forgotten');
  assert.equal(watch.isShut('10.0.3.255', 0), true);
});
