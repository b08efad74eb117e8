import assert from 'node:assert/strict';
import test from 'node:test';
import type { Visit } from '../../src/realtime/live-scene.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare } from '../support/live-square.ts';
import { buildSite } from '../support/site-builder.ts';

const tuning = { inactiveMs: 1_800_000, inactiveCheckMs: 60_000 };
const inactive = { code: 4001, reason: 'inactive' };
const page = { origin: 'https://moss.example' };

test('35: who looks elsewhere for half an hour is sent away, leaves at once, and comes back as somebody new', async (t) => {
  const square = await startLiveSquare(t, { tuning: { inactiveMs: 20_000, inactiveCheckMs: 1_000 } });
  const ada = await square.connect();
  const ben = await square.connect();
  const { browserSecret } = await ada.join({ browserId: 'ada', readingActive: false });
  await ben.join();
  square.clock.advance(10_000);
  ada.send({ type: 'move', x: 0.5 });
  ben.send({ type: 'move', x: 0.5 });
  await settled(ada, ben);
  square.clock.advance(9_999);
  await settled(ada, ben);
  square.clock.advance(1);
  assert.deepEqual(await ada.closed, inactive);
  assert.deepEqual(await ben.next('leave'), { type: 'leave', id: 1 }, 'without grace');
  const back = await square.connect();
  assert.equal((await back.join({ browserId: 'ada', browserSecret })).id, 3);
});

test('35: who does nothing for half an hour is sent away; typing and a visible widget are nothing', async (t) => {
  const square = await startLiveSquare(t, { tuning });
  const idle = await square.connect();
  const busy = await square.connect();
  await idle.join();
  await busy.join();
  for (let minutes = 0; minutes < 30; minutes += 10) {
    busy.send({ type: 'say', text: 'still here' });
    idle.send({ type: 'typing', typing: minutes % 20 === 0 });
    idle.send({ type: 'reading', widgetVisible: minutes % 20 === 0 });
    await settled(idle, busy);
    for (let halves = 0; halves < 40; halves += 1) {
      square.clock.advance(15_000);
      await settled(idle, busy).catch(() => undefined);
    }
  }
  assert.deepEqual(await idle.closed, inactive);
  assert.equal(busy.socket.readyState, busy.socket.OPEN);
});

test('35: all tabs of an idle visitor are closed; looking at one of them again keeps the visitor', async (t) => {
  const square = await startLiveSquare(t, { tuning: { inactiveMs: 20_000, inactiveCheckMs: 0 } });
  const tab = await square.connect();
  const { browserSecret } = await tab.join({ browserId: 'ada', readingActive: false });
  const other = await square.connect();
  await other.join({ browserId: 'ada', browserSecret, readingActive: false });
  square.clock.advance(15_000);
  other.send({ type: 'reading', readingActive: true });
  await settled(tab, other);
  square.clock.advance(19_000);
  await settled(tab, other);
  square.clock.advance(1_000);
  assert.deepEqual([await tab.closed, await other.closed], [inactive, inactive]);
});

test('30, 35: 0 sends nobody away, and sets no timer', async (t) => {
  const square = await startLiveSquare(t, { tuning: { inactiveMs: 0 } });
  const ada = await square.connect();
  await ada.join({ readingActive: false });
  square.clock.advance(2_000);
  await ada.roundTrip();
  assert.equal(square.clock.pendingTimers, 1, 'the heartbeat');
});

test('36: a visit to a hosted site counts after 3 s with a socket, once, with its page and the pages after it', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()], tuning: { minVisitMs: 3_000 } });
  const visits: Visit[] = [];
  square.host.onVisit((_, visit) => visits.push(visit));
  const query = 'siteKey=site_moss';
  const ada = await square.connect(query, page);
  const { browserSecret } = await ada.join({
    browserId: 'ada',
    readingUrl: 'https://moss.example/ferns?from=mail#top',
  });
  const brief = await square.connect(query, page);
  await brief.join({ browserId: 'ben' });
  square.clock.advance(2_000);
  const tab = await square.connect(query, page);
  await tab.join({ browserId: 'ada', browserSecret });
  await brief.close();
  await settled(ada, tab);
  square.clock.advance(999);
  assert.deepEqual(visits, []);
  square.clock.advance(1);
  const confirmed = {
    kind: 'visit-confirmed',
    visitor: 1,
    browserId: 'ada',
    page: 'https://moss.example/ferns',
    isHidden: false,
  };
  assert.deepEqual(visits, [confirmed]);
  square.clock.advance(20_000);
  ada.send({ type: 'reading', readingUrl: 'https://moss.example/mosses' });
  await settled(ada, tab);
  assert.deepEqual(visits, [confirmed, { kind: 'visit-page', visitor: 1, page: 'https://moss.example/mosses' }]);
});

test('36: nothing is counted on the default scene', async (t) => {
  const square = await startLiveSquare(t, { tuning: { minVisitMs: 3_000 } });
  const visits: Visit[] = [];
  square.host.onVisit((_, visit) => visits.push(visit));
  await (await square.connect()).join();
  square.clock.advance(10_000);
  assert.deepEqual(visits, []);
});

test('6: a socket that has not joined after 30 s is closed without a reproach, and holds no place any more', async (t) => {
  const square = await startLiveSquare(t, { defaultConnectionLimit: 3, tuning: { initTimeoutMs: 30_000 } });
  const silent = await square.connect();
  square.clock.advance(10_000);
  const later = await square.connect();
  const spectator = await square.connect('watch=1');
  await spectator.join();
  square.clock.advance(19_999);
  await settled(silent, later, spectator);
  square.clock.advance(1);
  assert.deepEqual(await silent.closed, { code: 1000, reason: '' });
  await settled(later, spectator);
  assert.equal(square.host.socketCount('default'), 2);
  await later.join();
  square.clock.advance(20_000);
  await settled(later, spectator);
  square.clock.advance(20_000);
  await settled(later, spectator);
  assert.equal(square.host.socketCount('default'), 2);
});
