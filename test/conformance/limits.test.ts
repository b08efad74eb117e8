import assert from 'node:assert/strict';
import test from 'node:test';
import type { ClientMessage } from '../../src/protocol/frames.ts';
import { buildSite } from '../support/site-builder.ts';
import { settled, type LiveClient, type LiveClientOptions } from '../support/live-client.ts';
import { startLiveSquare } from '../support/live-square.ts';

const RATE_LIMITED = { code: 1008, reason: 'rate limited' };
const BLOCKED = { code: 4003, reason: 'blocked' };
const moss = 'https://moss.example';
const lockStep = { rounds: 2, windowMs: 10_000, toleranceMs: 250, quarantineMs: 600_000 };

/** A client that a proxy on this machine speaks for. */
function from(address: string, origin?: string): LiveClientOptions {
  return { headers: { 'x-real-ip': address }, ...(origin !== undefined && { origin }) };
}
const here = from('198.51.100.4');
const elsewhere = from('198.51.100.5');

test('4, 27: a third identity of one address is refused, another address and another scene are fine', async (t) => {
  const square = await startLiveSquare(t, {
    limits: { maxIdentities: 2 },
    sites: [buildSite()],
  });
  await (await square.connect('', here)).join({ browserId: 'ada' });
  await (await square.connect('', here)).join({ browserId: 'ben' });
  const third = await square.connect('', here);
  third.send({ type: 'init', browserId: 'cy' });
  assert.deepEqual(await third.closed, RATE_LIMITED);
  assert.deepEqual(third.take(), []);
  assert.equal((await (await square.connect('', elsewhere)).join({ browserId: 'cy' })).id, 3);
  await (await square.connect('siteKey=site_moss', from('198.51.100.4', moss))).join();
});

test('27: another tab of somebody who is online is free; without the secret it is a third identity', async (t) => {
  const square = await startLiveSquare(t, { limits: { maxIdentities: 2 } });
  const { id, browserSecret } = await (await square.connect('', here)).join({ browserId: 'ada' });
  await (await square.connect('', here)).join({ browserId: 'ben' });
  const tab = await (await square.connect('', here)).join({ browserId: 'ada', browserSecret });
  assert.equal(tab.id, id);
  for (const init of [{ browserId: 'ada' }, { browserId: 'ada', browserSecret: 'f'.repeat(64) }, {}]) {
    const client = await square.connect('', here);
    client.send({ type: 'init', ...init });
    assert.deepEqual(await client.closed, RATE_LIMITED);
  }
});

test('27: identities in reconnect grace are not counted, and those of an IPv6 network are counted together', async (t) => {
  const square = await startLiveSquare(t, { limits: { maxIdentities: 1 } });
  const first = await square.connect('', from('2001:db8:0:7::1'));
  await first.join({ browserId: 'ada' });
  const second = await square.connect('', from('2001:db8:0:7:ffff::2'));
  second.send({ type: 'init', browserId: 'ben' });
  assert.deepEqual(await second.closed, RATE_LIMITED);
  await (await square.connect('', from('2001:db8:0:8::1'))).join({ browserId: 'cy' });
  await first.close();
  await (await square.connect('', from('2001:db8:0:7::3'))).join({ browserId: 'dee' });
  assert.equal(square.host.visitorCount('default'), 3, 'Ada is still in grace');
});

test('28: the join over the limit closes 1008; joining one’s own identity again is free; a minute later all is well', async (t) => {
  const square = await startLiveSquare(t, { limits: { joinLimit: 2 } });
  const { browserSecret } = await (await square.connect('', here)).join({ browserId: 'ada' });
  await (await square.connect('', here)).join();
  const third = await square.connect('', here);
  third.send({ type: 'init' });
  assert.deepEqual(await third.closed, RATE_LIMITED);
  await (await square.connect('', here)).join({ browserId: 'ada', browserSecret });
  await (await square.connect('', elsewhere)).join();
  square.clock.advance(60_000);
  await (await square.connect('', here)).join();
  assert.ok(square.counted.includes('address-limited join'));
});

test('28, 34: spectators count as joins, never as identities', async (t) => {
  const square = await startLiveSquare(t, { limits: { maxIdentities: 1, joinLimit: 3 } });
  const { browserSecret } = await (await square.connect('', here)).join({ browserId: 'ada' });
  for (let each = 0; each < 2; each += 1) {
    const spectator = await square.connect('watch=1', here);
    spectator.send({ type: 'init' });
    assert.equal((await spectator.next('hello')).id, null);
  }
  const last = await square.connect('watch=1', here);
  last.send({ type: 'init', browserId: 'ada', browserSecret });
  assert.deepEqual(await last.closed, RATE_LIMITED);
});

test('an owner may talk and rename without being taken for a flood', async (t) => {
  const square = await startLiveSquare(t, {
    limits: { flood: { limit: 3, windowMs: 10_000, isEnforced: true } },
    sites: [
      buildSite({
        owners: [{ browserId: 'ada', isBound: false, displayName: 'Ada', color: '#5f6b73', badgeColor: '#f2e8c8' }],
      }),
    ],
  });
  const ada = await square.connect('siteKey=site_moss', from('198.51.100.4', moss));
  assert.equal((await ada.join({ browserId: 'ada' })).isOwner, true);
  for (let nth = 0; nth < 10; nth += 1) ada.send({ type: 'profile', displayName: `Ada ${nth}` });
  assert.equal((await ada.next('profile', ({ displayName }) => displayName === 'Ada 9')).isOwner, true);
});

const stateEvents: readonly (readonly [type: string, (nth: number) => Partial<ClientMessage>])[] = [
  ['move', (nth) => ({ type: 'move', x: 0.3 + nth / 100 })],
  ['action', () => ({ type: 'action', action: 'jump' })],
  ['profile', (nth) => ({ type: 'profile', displayName: `Ada ${nth}`, color: '#5f6b73' })],
  ['reading', (nth) => ({ type: 'reading', readingUrl: `https://moss.example/page-${nth}` })],
  ['typing', (nth) => ({ type: 'typing', typing: nth % 2 === 0 })],
];
for (const [type, nth] of stateEvents) {
  test(`28: the ${type} over the limit is not delivered and the socket closes 1008`, async (t) => {
    const square = await startLiveSquare(t, { limits: { stateEventLimit: 3 } });
    const ada = await square.connect('', here);
    const ben = await square.connect('', elsewhere);
    await ada.join({ browserId: 'ada' });
    await ben.join();
    for (let sent = 0; sent < 4; sent += 1) {
      square.clock.advance(600);
      ada.send(nth(sent));
      if (sent < 3) await settled(ada, ben);
    }
    assert.deepEqual(await ada.closed, RATE_LIMITED);
    await settled(ben);
    const heard = ben.take().filter((frame) => frame.type === type);
    // Whoever typed and is gone types no more: that frame is of the close.
    assert.equal(heard.length, type === 'typing' ? 4 : 3);
    square.clock.advance(10_000);
    const back = await square.connect('', here);
    await back.join();
    back.send({ type: 'move', x: 0.5 });
    assert.equal((await ben.next('move', ({ x }) => x === 0.5)).x, 0.5);
  });
}

test('28: sitting down counts as well, and what is ignored or throttled costs nothing', async (t) => {
  const square = await startLiveSquare(t, { limits: { stateEventLimit: 2, chatEventLimit: 1 } });
  const ada = await square.connect('', here);
  await ada.join({ x: 0.2, displayName: 'Ada' });
  for (let turn = 0; turn < 20; turn += 1) {
    ada.send({ type: 'settle', propId: 'lamp' });
    ada.send({ type: 'settle', propId: 'tree' });
    ada.send({ type: 'action', action: 'somersault' });
    ada.send({ type: 'action', action: 'high-five', targetId: 99 });
    ada.send({ type: 'profile', displayName: 'Ada' });
    ada.send({ type: 'reading', readingActive: true });
    ada.send({ type: 'typing', typing: false });
    ada.send({ type: 'move', x: 2 });
    ada.send({ type: 'say', text: '   ' });
  }
  await ada.expectSilence();
  ada.send({ type: 'settle', propId: 'bench' });
  assert.equal((await ada.next('move')).pose, 'sitting');
  ada.send({ type: 'say', text: 'heard' });
  for (let turn = 0; turn < 20; turn += 1) ada.send({ type: 'say', text: 'too soon' });
  ada.send({ type: 'move', x: 0.25 });
  await ada.roundTrip();
  square.clock.advance(600);
  ada.send({ type: 'settle', propId: 'bench' });
  ada.send({ type: 'action', action: 'jump' });
  assert.deepEqual(await ada.closed, RATE_LIMITED);
});

test('28: the line over the limit is not heard and the socket closes 1008; others of that address stay', async (t) => {
  const square = await startLiveSquare(t, { limits: { chatEventLimit: 2 } });
  const ada = await square.connect('', here);
  const ben = await square.connect('', here);
  const cy = await square.connect('', elsewhere);
  for (const client of [ada, ben, cy]) await client.join();
  ada.send({ type: 'say', text: 'one' });
  ben.send({ type: 'say', text: 'two' });
  await settled(ada, ben, cy);
  square.clock.advance(500);
  ada.send({ type: 'say', text: 'three' });
  assert.deepEqual(await ada.closed, RATE_LIMITED);
  await settled(ben, cy);
  const lines = cy.take().flatMap((frame) => (frame.type === 'say' ? [frame.text] : []));
  assert.deepEqual(lines, ['one', 'two']);
  cy.send({ type: 'say', text: 'four' });
  assert.equal((await ben.next('say', ({ text }) => text === 'four')).text, 'four');
});

test('29: one visitor repeating gestures is never quarantined', async (t) => {
  const square = await startLiveSquare(t, { limits: { lockStep } });
  const ada = await square.connect('', here);
  const ben = await square.connect('', here);
  await ada.join();
  await ben.join();
  for (let jump = 0; jump < 10; jump += 1) {
    ada.send({ type: 'action', action: 'jump' });
    assert.equal((await ben.next('action')).action, 'jump');
    square.clock.advance(560);
  }
});

test('29: two in lock-step are out: both sockets close, the last gesture is not seen, nobody comes back, others stay', async (t) => {
  const square = await startLiveSquare(t, { limits: { lockStep }, sites: [buildSite()] });
  const [ada, ben, waiting] = [
    await square.connect('', here),
    await square.connect('', here),
    await square.connect('', here),
  ];
  const cy = await square.connect('', elsewhere);
  for (const client of [ada, ben, cy]) await client.join();
  const puppets: readonly LiveClient[] = [ada, ben];
  for (const puppet of puppets) puppet.send({ type: 'action', action: 'jump' });
  await settled(ada, ben, cy);
  square.clock.advance(1_000);
  ada.send({ type: 'action', action: 'jump' });
  await settled(ada, ben, cy);
  ben.send({ type: 'action', action: 'jump' });
  for (const client of [...puppets, waiting]) assert.deepEqual(await client.closed, RATE_LIMITED);
  await settled(cy);
  assert.deepEqual(
    cy.take().flatMap((frame) => (frame.type === 'action' ? [frame.id] : [])),
    [1, 2, 1],
  );

  const again = await square.connect('', here);
  assert.deepEqual(await again.closed, RATE_LIMITED, 'refused before anything is said');
  assert.deepEqual(again.take(), []);
  cy.send({ type: 'action', action: 'jump' });
  await cy.roundTrip();
  await (await square.connect('', elsewhere)).join();
  await (await square.connect('siteKey=site_moss', from('198.51.100.4', moss))).join();
  square.clock.advance(600_000);
  await (await square.connect('', here)).join();
});

test('29: one who was let in before the quarantine is refused at the init', async (t) => {
  const square = await startLiveSquare(t, { limits: { lockStep: { ...lockStep, rounds: 1 } } });
  const [ada, ben] = [await square.connect('', here), await square.connect('', here)];
  await ada.join();
  await ben.join();
  for (const puppet of [ada, ben]) puppet.send({ type: 'action', action: 'raise-hand' });
  assert.deepEqual(await ada.closed, RATE_LIMITED);
  assert.deepEqual(await ben.closed, RATE_LIMITED);
  assert.ok(square.host.isQuarantined('default', '198.51.100.4'));
});

test('30: with every limit at 0 one address may do all of it', async (t) => {
  const square = await startLiveSquare(t);
  const clients: LiveClient[] = [];
  for (let each = 0; each < 40; each += 1) {
    const client = await square.connect('', here);
    await client.join();
    clients.push(client);
  }
  for (let turn = 0; turn < 5; turn += 1) {
    for (const client of clients) {
      client.send({ type: 'action', action: 'jump' });
      client.send({ type: 'say', text: `line ${turn}` });
      client.send({ type: 'profile', displayName: `name ${turn}` });
    }
    await settled(...clients);
    square.clock.advance(600);
  }
  assert.equal(square.host.visitorCount('default'), 40);
  await new Promise((resolve) => void setImmediate(resolve)); // the turn ends
  assert.deepEqual(
    { ...square.host.sizes(), sockets: 0, scenes: 0 },
    { scenes: 0, sockets: 0, refused: 0, waitingMessages: 0, lanes: 0, activity: 0, quarantines: 0 },
  );
});

for (const isEnforced of [true, false]) {
  test(`a flood of names and lines on a site is ${isEnforced ? 'the end of that address there' : 'only noticed'}`, async (t) => {
    const square = await startLiveSquare(t, {
      limits: { flood: { limit: 4, windowMs: 10_000, isEnforced } },
      sites: [buildSite(), buildSite({ key: 'site_quay' })],
    });
    const [ada, ben] = [
      await square.connect('siteKey=site_moss', from('198.51.100.4', moss)),
      await square.connect('siteKey=site_moss', from('198.51.100.4', moss)),
    ];
    const cy = await square.connect('siteKey=site_moss', from('198.51.100.5', moss));
    for (const client of [ada, ben, cy]) await client.join();
    ada.send({ type: 'say', text: 'a line' });
    for (const name of ['one', 'two', 'three']) ada.send({ type: 'profile', displayName: name });
    if (!isEnforced) {
      assert.equal((await ben.next('profile', ({ displayName }) => displayName === 'three')).displayName, 'three');
      assert.deepEqual(square.counted.filter((line) => line === 'address-limited flood').length, 1);
      return;
    }
    assert.deepEqual(await ada.closed, BLOCKED);
    assert.deepEqual(await ben.closed, BLOCKED);
    await settled(cy);
    const names = cy.take().flatMap((frame) => (frame.type === 'profile' ? [frame.displayName] : []));
    assert.deepEqual(names, ['one', 'two']);
    assert.deepEqual(square.sites.get('site_moss')?.blockedAddresses, ['198.51.100.4']);
    const again = await square.connect('siteKey=site_moss', from('198.51.100.4', moss));
    assert.deepEqual(await again.closed, BLOCKED);
    await (await square.connect('siteKey=site_quay', from('198.51.100.4', moss))).join();
  });
}

test('1: a blocked address closes 4003 "blocked", after a full scene and a quarantine', async (t) => {
  const square = await startLiveSquare(t, {
    sites: [buildSite({ blockedAddresses: ['198.51.100.4'], connectionLimit: 1 })],
  });
  const blocked = await square.connect('siteKey=site_moss', from('198.51.100.4', moss));
  assert.deepEqual(await blocked.closed, BLOCKED);
  assert.deepEqual(blocked.take(), []);
  await (await square.connect('siteKey=site_moss', from('198.51.100.5', moss))).join();
  const full = await square.connect('siteKey=site_moss', from('198.51.100.4', moss));
  assert.deepEqual(await full.closed, { code: 1013, reason: 'full' });
});
