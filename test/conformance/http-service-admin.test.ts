import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PASSWORD, startHttpSquare, type Answered, type HttpSquare } from '../support/http-square.ts';
import { tempDir } from '../support/temp-dir.ts';

const operate = (square: HttpSquare, path: string, fields: object = {}) =>
  square.post(`/api/service-admin/${path}`, { password: PASSWORD, ...fields });

test('HTTP 13: the operator sees every site with its counts, and the square as a whole, without any browser id', async (t) => {
  const square = await startHttpSquare(t, { SHARDS: '2' });
  const site = await square.register();
  await square.register({ origin: 'https://quiet.example' });
  const ada = await square.enter(site, { browserId: 'ada', readingUrl: 'https://moss.example/notes?x=1' });
  await ada.next('hello');
  const ben = await square.enter(site, { browserId: 'ben' });
  await ben.next('hello');
  ada.send({ type: 'say', text: 'hello' });
  await ben.next('say');
  await square.act(site, 'setPluginEnabled', { name: 'weather', enabled: true });
  await square.post('/api/admin/site', { siteKey: site.siteKey, adminToken: site.adminToken });
  await square.post('/api/admin/site', { siteKey: site.siteKey, adminToken: site.adminToken });

  const { status, text, json } = await operate(square, 'sites');
  assert.equal(status, 200);
  assert.ok(!/browserId|"ada"|"ben"|adminToken/.test(text));
  const [moss, quiet] = json.sites;
  assert.deepEqual(
    [moss.siteKey, moss.activeVisitors, moss.visitorStats, moss.messageStats],
    [site.siteKey, 2, { daily: 2, weekly: 2, monthly: 2 }, { daily: 1, weekly: 1, monthly: 1 }],
  );
  assert.equal(moss.lastSeenUrl, 'https://moss.example/notes');
  assert.deepEqual(
    [moss.adminAccessCount, moss.weatherActivationAttempts, moss.weatherActivated, moss.footballActivated],
    [1, 1, true, false],
    'two looks at the admin page within half an hour are one visit',
  );
  assert.deepEqual([quiet.activeVisitors, quiet.verifiedAt, quiet.hiddenFromMap], [0, null, false]);
  const { platform } = json;
  assert.deepEqual(
    [platform.onlineNow, platform.activeSitesNow, platform.seenToday, platform.activeSites7d, platform.messagesToday],
    [2, 1, 2, 1, 1],
  );
  assert.deepEqual(
    [platform.chattingThisWeek, platform.ownersInAdmin7d, platform.weatherTried, platform.weatherActive],
    [1, 1, 1, 1],
  );
  for (const series of [
    'dailySeries',
    'messageDailySeries',
    'rollingActiveSitesSeries7d',
    'rollingActiveSitesSeries30d',
  ]) {
    assert.equal(platform[series].length, 30, series);
    assert.deepEqual(Object.keys(platform[series][29]), ['day', 'count']);
    assert.ok(platform[series][29].count >= 1, series);
  }

  const one = (await operate(square, 'traffic', { siteKey: site.siteKey })).json;
  assert.deepEqual(one.site, { siteKey: site.siteKey, name: 'moss.example', origin: 'https://moss.example' });
  assert.deepEqual([one.activity.timeZone, one.activity.windowDays], ['UTC', 30]);
  assert.deepEqual(
    one.activity.weekdays.map(({ weekday, hours }: Answered) => [weekday, hours.length]),
    [0, 1, 2, 3, 4, 5, 6].map((weekday) => [weekday, 24]),
  );
  const today = one.activity.weekdays[new Date().getUTCDay()];
  assert.equal(today.sampleDays, 1);
  assert.equal(
    today.hours.reduce((sum: number, count: number) => sum + count, 0),
    2,
  );
  const all = (await operate(square, 'traffic')).json;
  assert.deepEqual(all, { sites: [{ ...one.site, activity: one.activity }] }, 'only sites with any');
  const none = await operate(square, 'traffic', { siteKey: 'site_none' });
  assert.deepEqual([none.status, none.json], [404, { error: 'Site not found.' }]);
});

test('HTTP 13: the operator switches a site, chat, its rights and its place on the map, and deletes it', async (t) => {
  const square = await startHttpSquare(t, { SHARDS: '2' });
  const site = await square.register();
  const visitor = await square.enter(site);
  await visitor.next('hello');
  const act = async (action: string, fields: object = {}): Promise<Answered> => {
    const { status, json } = await operate(square, 'action', { siteKey: site.siteKey, action, ...fields });
    assert.equal(status, 200, action);
    return json.site;
  };
  assert.equal((await act('setChatDisabled', { disabled: true })).chatDisabled, true);
  assert.equal((await act('setSiteSupporter', { supporter: true })).supporter, true);
  assert.equal((await act('setSitePlus', { plus: true })).plus, true);
  assert.equal((await act('setSiteMapHidden', { hidden: true })).hiddenFromMap, true);
  assert.equal((await act('setSiteDisabled', { disabled: true })).disabled, true);
  assert.deepEqual(await visitor.closed, { code: 4003, reason: 'site disabled' });
  assert.equal((await act('setSiteDisabled', { disabled: false })).disabled, false);
  const unknown = await operate(square, 'action', { siteKey: site.siteKey, action: 'kickVisitor', visitorId: 1 });
  assert.deepEqual([unknown.status, unknown.json], [400, { error: 'Unknown action.' }]);
  for (const siteKey of ['site_none', undefined, 7]) {
    const nobody = await operate(square, 'action', { siteKey, action: 'deleteSite' });
    assert.deepEqual([nobody.status, nobody.json], [404, { error: 'Site not found.' }]);
  }
  const back = await square.enter(site);
  await back.next('hello');
  const { json } = await operate(square, 'action', { siteKey: site.siteKey, action: 'deleteSite' });
  assert.deepEqual(json, { deletedSiteKey: site.siteKey });
  assert.deepEqual(await back.closed, { code: 4003, reason: 'site deleted' });
  assert.deepEqual(JSON.parse(square.file('sites.json')).sites, []);
  assert.equal((await square.act(site, 'clearMessages')).status, 403);
});

test('HTTP 11, 13: what is no map is refused and changes nothing; a large one is kept, and the file with it', async (t) => {
  const square = await startHttpSquare(t);
  const world = {
    width: 2_000,
    height: 1_300,
    props: Array.from({ length: 2_000 }, (_, index) => ({ type: 'tree', x: index / 2, y: 7 })),
    water: [],
  };
  const saved = await operate(square, 'map/save', { world });
  assert.deepEqual([saved.status, saved.json], [200, { world }]);
  assert.deepEqual(JSON.parse(square.file('map-world.json')), world);
  const bad = await operate(square, 'map/save', { world: { ...world, width: 9 } });
  assert.deepEqual([bad.status, bad.json], [400, { error: 'The width of the map must be 1800 to 5400.' }]);
  assert.equal((await operate(square, 'map/save', {})).status, 400);
  assert.equal((await operate(square, 'map/save', { world, more: 'x'.repeat(524_288) })).status, 413);
  assert.equal(
    (await operate(square, 'map', { more: 'x'.repeat(5_000) })).status,
    413,
    'elsewhere the short limit holds',
  );
  assert.deepEqual((await operate(square, 'map')).json, { world });
});

test('HTTP 13: a notification reaches the sites there are, is read once by each, and is counted', async (t) => {
  const square = await startHttpSquare(t);
  const moss = await square.register();
  const quay = await square.register({ origin: 'https://quay.example' });
  const empty = await operate(square, 'notifications/send', { message: '  ' });
  assert.deepEqual([empty.status, empty.json], [400, { error: 'Message is required' }]);
  const sent = await operate(square, 'notifications/send', { message: ` ${'x'.repeat(1_200)} ` });
  assert.equal(sent.status, 201);
  const { notification } = sent.json;
  assert.deepEqual([sent.json.sitesNotified, notification.message.length, notification.readAt], [2, 1_000, null]);
  const asMoss = { siteKey: moss.siteKey, adminToken: moss.adminToken };
  assert.deepEqual((await square.post('/api/admin/notifications', asMoss)).json, { notifications: [notification] });
  const read = (fields: object) => square.post('/api/admin/notification/read', { ...asMoss, ...fields });
  const done = await read({ notificationId: notification.id });
  assert.equal(typeof done.json.notification.readAt, 'number');
  assert.deepEqual([(await read({})).status, (await read({})).json], [400, { error: 'notificationId is required' }]);
  const wrong = await read({ notificationId: 'none' });
  assert.deepEqual([wrong.status, wrong.json], [404, { error: 'Notification not found' }]);
  const stranger = await square.post('/api/admin/notifications', { ...asMoss, adminToken: 'x' });
  assert.deepEqual([stranger.status, stranger.json], [403, { error: 'Unauthorized' }]);
  const unread = await square.post('/api/admin/notifications', { siteKey: quay.siteKey, adminToken: quay.adminToken });
  assert.equal(unread.json.notifications[0].readAt, null);
  assert.deepEqual((await operate(square, 'notifications/stats')).json, {
    recent: [
      { id: notification.id, message: notification.message, createdAt: notification.createdAt, total: 2, read: 1 },
    ],
  });
});

test('HTTP 14: everything is there again after a restart, and after a kill all but the last moment of counts', async (t) => {
  const dataDir = tempDir(t);
  const first = await startHttpSquare(t, { DATA_DIR: dataDir });
  const site = await first.register();
  const ada = await first.enter(site, { browserId: 'ada', displayName: 'Ada' });
  const { id } = await ada.next('hello');
  const ben = await first.enter(site, { browserId: 'ben' });
  const { id: benId } = await ben.next('hello');
  ada.send({ type: 'say', text: 'hello' });
  await ben.next('say');
  await first.act(site, 'setOwnerVisitor', { visitorId: id, owner: true });
  await first.act(site, 'hideVisitor', { visitorId: benId });
  await first.act(site, 'blockVisitor', { visitorId: benId });
  await first.act(site, 'setPluginEnabled', { name: 'weather', enabled: true });
  await operate(first, 'notifications/send', { message: 'Hello' });
  const world = { width: 2_000, height: 1_300, props: [], water: [] };
  await operate(first, 'map/save', { world });
  const before = (await operate(first, 'sites')).json;
  first.process.kill('SIGTERM');
  assert.equal(await first.process.exited, 0);

  const second = await startHttpSquare(t, { DATA_DIR: dataDir });
  const after = (await operate(second, 'sites')).json;
  assert.deepEqual(
    { ...after.sites[0], activeVisitors: 2 },
    { ...before.sites[0], lastSeenAt: after.sites[0].lastSeenAt },
  );
  const opened = await second.post('/api/admin/site', { siteKey: site.siteKey, adminToken: site.adminToken });
  assert.equal(opened.json.owners[0].displayName, 'Ada');
  assert.deepEqual([opened.json.site.hiddenCount, opened.json.site.blockedCount], [1, 1]);
  assert.deepEqual((await second.get('/api/map')).json.world, world);
  assert.equal(
    (await second.post('/api/admin/notifications', { siteKey: site.siteKey, adminToken: site.adminToken })).json
      .notifications.length,
    1,
  );
  assert.equal(statSync(join(dataDir, 'sites.json')).mode & 0o777, 0o600);
  assert.ok(!existsSync(join(dataDir, 'sites.json.tmp')));
  assert.ok(
    !existsSync(join(dataDir, 'sites.json.before-townring')),
    "our own copies are not taken for somebody else's",
  );

  const late = await second.register({ origin: 'https://late.example' });
  second.process.kill('SIGKILL');
  await second.process.exited;
  const third = await startHttpSquare(t, { DATA_DIR: dataDir });
  assert.equal((await third.act(late, 'clearMessages')).status, 200, 'what was answered is kept');
});
