/**
 * The steps of the classic project's own smoke test, end to end (wire protocol section 15.2): a square started as that test
 * starts a server, spoken to over HTTP and sockets only. Times that the list names are kept; everything else is awaited.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSocket, visit, type ClassicVisitor } from '../support/classic-client.ts';
import { startClassically, type ClassicStart } from '../support/classic-start.ts';
import { settled, type LiveClient } from '../support/live-client.ts';
import type { Answered, Registered } from '../support/http-square.ts';

const PASSWORD = 'smoke password';
const SMOKE_ENV = {
  SERVICE_ADMIN_PASSWORD: PASSWORD,
  MIN_HUMAN_SAY_MS: '0',
  POW_DIFFICULTY_BITS: '1',
  AUTH_FAILURES_PER_HOUR: '5',
  CONNECTION_CLICKS_PER_HOUR: '2',
  MAP_CLICKS_PER_HOUR: '2',
  SITE_PRESENCE_READS_PER_HOUR: '4',
};

let square: ClassicStart;
let registrations = 0;

async function ask(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  const init = body === undefined ? { headers } : { method: 'POST', body: JSON.stringify(body), headers };
  const answer = await fetch(`${square.url}${path}`, init);
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
}
async function register(origin: string, more: object = {}): Promise<Registered> {
  registrations += 1;
  const { status, json } = await ask('/api/sites', { origin, ...more });
  assert.equal(status, 201);
  return { siteKey: json.site.siteKey, adminToken: json.adminToken, origin, answer: json };
}
async function act({ siteKey, adminToken }: Registered, action: string, fields: object = {}): Promise<Answered> {
  const { status, json } = await ask('/api/admin/action', { siteKey, adminToken, action, ...fields });
  assert.equal(status, 200, `${action}: ${JSON.stringify(json)}`);
  return json;
}
const look = async ({ siteKey, adminToken }: Registered): Promise<Answered> =>
  (await ask('/api/admin/site', { siteKey, adminToken })).json;
const operate = async (path: string, fields: object = {}): Promise<Answered> =>
  ask(`/api/service-admin/${path}`, { password: PASSWORD, ...fields });
const enter = (site?: Registered, init: object = {}, more: object = {}): Promise<ClassicVisitor> =>
  visit({ url: square.url, site, ...more }, init);
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const hush = (...clients: LiveClient[]): void => {
  for (const client of clients) client.take();
};

test('15.2 the whole list, on one square with the environment of the smoke run', async (t) => {
  square = await startClassically(t, SMOKE_ENV);
  t.diagnostic(`healthy after ${Math.round(square.healthyAfterMs)} ms`);
  await t.test('embeddable assets', embeddableAssets);
  await t.test('map editor', mapEditor);
  await t.test('the shared scene: tabs, peers, impersonator, birds, words, gestures, seats, leaving', sharedScene);
  await t.test('customisation, www pair, neighbourhood', customisation);
  await t.test('owner profile, moderation tools, hide, spectator, connection limit', moderation);
  await t.test('hosted isolation, stats, public budgets, off-site reading URL', hostedSites);
  await t.test('service admin', serviceAdmin);
  await t.test('auth throttles', authThrottles);
  assert.ok(registrations <= 15, 'within the default budget of 20');
  assert.equal(await square.end(), 0);
});

async function embeddableAssets(): Promise<void> {
  const module = await ask('/townsquare.mjs');
  assert.deepEqual([module.status, module.headers.get('access-control-allow-origin')], [200, '*']);
}

async function mapEditor(): Promise<void> {
  const before = (await ask('/api/map')).json;
  const activity = (await ask('/api/map/activity')).json;
  assert.ok(Array.isArray(before.sites) && typeof before.version === 'string');
  assert.equal(activity.version, before.version);
  assert.equal((await ask('/api/service-admin/map', { password: 'wrong' })).status, 403);
  const { world } = (await operate('map')).json;
  const drawn = {
    ...world,
    water: [
      {
        type: 'water',
        paths: [{ width: 40, points: [{ x: 10, y: 20.126 }], order: 2 }],
        cutouts: [{ x: 12, y: 22, radius: 5, order: 3 }],
      },
    ],
  };
  const saved = await operate('map/save', { world: drawn });
  assert.equal(saved.status, 200);
  const onDisk: unknown = JSON.parse(readFileSync(join(square.dataDir, 'map-world.json'), 'utf8'));
  assert.equal(JSON.stringify(onDisk), JSON.stringify(saved.json.world));
  const after = (await ask('/api/map')).json;
  assert.notEqual(after.version, before.version);
  assert.equal(JSON.stringify(after.world), JSON.stringify(saved.json.world));
  assert.deepEqual(after.world.water[0].paths[0].points, [{ x: 10, y: 20.13 }]);
  for (const invalid of [
    { ...drawn, width: 10 },
    { ...drawn, props: [{ type: 'castle', x: 1, y: 1 }] },
    { ...drawn, props: [{ type: 'tree', x: -1, y: 1 }] },
    { ...drawn, water: [{ type: 'water', paths: [{ width: 40, points: [] }] }] },
  ]) {
    assert.equal((await operate('map/save', { world: invalid })).status, 400);
  }
  assert.equal(JSON.stringify((await ask('/api/map')).json.world), JSON.stringify(saved.json.world));
  assert.equal((await operate('map/save', { world })).status, 200);
  assert.equal(JSON.stringify((await ask('/api/map')).json.world), JSON.stringify(world));
}

async function sharedScene(): Promise<void> {
  const init = { browserId: 'browser-1', displayName: '  Ada   L ', color: '#3f7f63', x: 0.5 };
  const first = await enter(undefined, { ...init, readingUrl: `${square.url}/docs/real-page` });
  const { id, browserSecret } = first.hello;
  assert.match(browserSecret, /^[0-9a-f]{64}$/);
  assert.deepEqual(
    [first.hello.displayName, first.hello.color, first.hello.readingLabel, first.hello.readingActive],
    ['Ada L', '#3f7f63', 'real page', true],
  );
  assert.deepEqual(first.hello.peers, []);
  const tab = await enter(undefined, { browserId: 'browser-1', browserSecret });
  assert.deepEqual([tab.hello.id, tab.hello.displayName, tab.hello.peers], [id, 'Ada L', []]);
  const other = await enter(undefined, { browserId: 'browser-2', displayName: 'Ben', x: 0.52 });
  assert.deepEqual(
    other.hello.peers.map((peer) => peer.id),
    [id],
  );
  assert.ok(!JSON.stringify(other.hello).includes('browserId'));
  const { peer } = await first.client.next('join');
  assert.deepEqual([peer.id, 'browserId' in peer], [other.hello.id, false]);
  const impersonator = await enter(undefined, { browserId: 'browser-1', displayName: 'Eve' }, { ip: '203.0.113.9' });
  assert.ok(impersonator.hello.id !== id && impersonator.hello.displayName === 'Eve');
  await impersonator.client.close();
  const everybody = [first.client, tab.client, other.client];

  const bird = first.hello.birds[0] ?? (await first.client.next('bird', ({ action }) => action === 'spawn'));
  assert.equal(typeof bird.x, 'number');
  first.client.send({ type: 'move', x: bird.x });
  for (const client of everybody) {
    assert.equal((await client.next('bird', ({ action }) => action === 'flee')).id, bird.id);
  }
  for (const client of [tab.client, other.client]) assert.equal((await client.next('move')).x, bird.x);
  await settled(...everybody);
  hush(...everybody);

  tab.client.send({
    type: 'reading',
    readingUrl: `${square.url}/notes/launch`,
    readingLabel: 'mine',
    readingActive: true,
  });
  for (const client of everybody) assert.equal((await client.next('reading')).readingLabel, 'launch');
  const reading = (client: LiveClient, readingActive: boolean, widgetVisible: boolean): void =>
    client.send({ type: 'reading', readingUrl: `${square.url}/notes/launch`, readingActive, widgetVisible });
  reading(tab.client, false, true);
  await settled(...everybody);
  assert.deepEqual(other.client.take(), [], 'one inactive tab of two is silent');
  reading(first.client, false, true);
  for (const client of everybody) assert.equal((await client.next('reading')).readingActive, false);
  reading(first.client, true, false);
  await other.client.next('reading');
  reading(tab.client, true, false);
  assert.equal((await other.client.next('reading')).widgetVisible, false);
  reading(tab.client, true, true);
  assert.equal((await other.client.next('reading')).widgetVisible, true);
  await settled(...everybody);
  hush(...everybody);

  first.client.send({ type: 'profile', displayName: 'Ada 2', color: '#8a5fb1' });
  for (const client of everybody) assert.equal((await client.next('profile')).displayName, 'Ada 2');
  first.client.send({ type: 'typing', typing: true });
  for (const client of everybody) assert.equal((await client.next('typing')).typing, true);
  first.client.send({ type: 'typing', typing: false });
  for (const client of everybody) assert.equal((await client.next('typing')).typing, false);
  first.client.send({ type: 'move', x: 0.51 });
  for (const client of [tab.client, other.client]) assert.equal((await client.next('move')).x, 0.51);
  first.client.send({ type: 'say', text: ' hello ' });
  first.client.send({ type: 'say', text: 'too soon' });
  for (const client of [tab.client, other.client]) assert.equal((await client.next('say')).text, 'hello');
  await settled(...everybody);
  for (const client of everybody) assert.deepEqual(client.take(), [], 'no echo, and the second line is dropped');

  first.client.send({ type: 'action', action: 'jump' });
  for (const client of [tab.client, other.client]) assert.equal((await client.next('action')).action, 'jump');
  await rest(600);
  first.client.send({ type: 'action', action: 'raise-hand' });
  for (const client of [tab.client, other.client]) assert.equal((await client.next('action')).action, 'raise-hand');
  other.client.send({ type: 'move', x: 0.53 });
  await first.client.next('move');
  other.client.send({ type: 'action', action: 'high-five', targetId: id });
  for (const client of [first.client, tab.client]) assert.equal((await client.next('action')).targetId, id);
  await rest(500);
  first.client.send({ type: 'say', text: 'x'.repeat(200) });
  assert.equal((await other.client.next('say')).text, 'x'.repeat(140));

  const sit = async (visitor: ClassicVisitor, x: number, propId: string): Promise<Answered> => {
    await rest(60);
    visitor.client.send({ type: 'move', x });
    await settled(...everybody);
    hush(...everybody);
    visitor.client.send({ type: 'settle', propId });
    for (const client of everybody)
      if (client !== visitor.client) await client.next('move', (frame) => frame.propId === propId);
    return visitor.client.next('move');
  };
  const bench = await sit(first, 0.2, 'bench');
  assert.equal(bench.pose, 'sitting');
  assert.ok(Math.abs((await sit(other, 0.2, 'bench')).x - bench.x) > 0.005, 'another seat');
  assert.deepEqual([(await sit(first, 0.8, 'tree')).pose], ['resting']);

  await tab.client.close();
  await settled(first.client, other.client);
  hush(first.client, other.client);
  const left = other.client.next('leave');
  await first.client.close();
  const closedAt = performance.now();
  assert.equal((await left).id, id);
  assert.ok(performance.now() - closedAt >= 1_400, 'after the grace');
  await other.client.close();
}

async function customisation(): Promise<void> {
  const site = await register('https://custom.example', {
    name: ' Custom ',
    styleConfig: { scene: '#101112', page: '#131415' },
    sceneConfig: { benches: 1, benchXs: [0.4] },
    messageBoard: { title: 'Hello', body: 'there' },
  });
  const { site: shown, embedSnippet, styleSnippet, adminUrl } = site.answer;
  assert.deepEqual(
    [shown.name, shown.sceneConfig.benchXs, shown.styleConfig.light.sky, shown.styleConfig.light.groundFill],
    ['Custom', [0.4], '#101112', '#131415'],
  );
  assert.ok(
    embedSnippet.includes(site.siteKey) && embedSnippet.includes(`${square.url}/api/sites/${site.siteKey}/style.css`),
  );
  assert.ok(!embedSnippet.includes('scene:'));
  assert.equal(adminUrl, `${square.url}/admin#adminToken=${site.adminToken}`);
  const registry = readFileSync(join(square.dataDir, 'sites.json'), 'utf8');
  assert.ok(!registry.includes(site.adminToken) && /"adminTokenHash": "sha256:/.test(registry));
  const sheet = await ask(`/api/sites/${site.siteKey}/style.css`);
  assert.match(sheet.headers.get('content-type'), /^text\/css/);
  assert.match(sheet.headers.get('cache-control'), /max-age=300/);
  assert.ok(sheet.text.includes('#101112') && sheet.text === styleSnippet);
  const bad = await ask('/api/admin/action', {
    siteKey: site.siteKey,
    adminToken: site.adminToken,
    action: 'updateSiteDetails',
    origin: site.origin,
    name: 'Other',
    email: 'nonsense',
  });
  assert.equal(bad.status, 400);
  assert.equal((await look(site)).site.name, 'Custom');

  assert.deepEqual(shown.allowedOrigins, ['https://custom.example', 'https://www.custom.example']);
  const apex = await enter(site, { browserId: 'apex' });
  const www = await enter(site, { browserId: 'www' }, { origin: 'https://www.custom.example' });
  assert.deepEqual(
    www.hello.peers.map(({ id }) => id),
    [apex.hello.id],
  );
  await act(site, 'updateSiteDetails', { origin: site.origin, name: 'Custom', email: '', includeMatchingWww: false });
  const refused = await openSocket({ url: square.url, site, origin: 'https://www.custom.example' });
  assert.deepEqual(await refused.closed, { code: 4003, reason: 'origin not allowed' });
  await Promise.all([apex.client.close(), www.client.close()]);

  const link = (url: string) => ({ connections: [{ side: 'left', label: 'Link', url }] });
  const other = await register('https://other.example', link('https://custom.example/page'));
  assert.deepEqual((await look(site)).neighbourhood.summary, { mutual: 0, incoming: 1, outgoing: 0 });
  await act(site, 'updateConnections', link('https://other.example'));
  const { summary, connections } = (await look(other)).neighbourhood;
  assert.deepEqual([summary.mutual, connections[0].state, connections[0].name], [1, 'mutual', 'Custom']);
}

async function moderation(): Promise<void> {
  const site = await register('https://moderated.example');
  const owner = await enter(site, { browserId: 'owner', displayName: 'Olive' });
  const guest = await enter(site, { browserId: 'guest', displayName: 'Gus' });
  assert.equal(owner.hello.chatThrottleMs, 500);
  const promoted = await act(site, 'setOwnerVisitor', { visitorId: owner.hello.id, owner: true });
  const [{ handle, online }] = promoted.owners;
  assert.equal(online, true);
  owner.client.send({ type: 'profile', displayName: 'Olive O', color: '#c8641f' });
  const worn = await guest.client.next('profile', (frame) => frame.displayName === 'Olive O');
  assert.deepEqual([worn.isOwner, worn.color], [true, '#c8641f']);
  await owner.client.close();
  await guest.client.next('leave');
  const edited = await act(site, 'updateOwnerProfile', { handle, displayName: 'Olive P' });
  assert.deepEqual([edited.owners[0].online, edited.owners[0].displayName], [false, 'Olive P']);
  const back = await enter(site, { browserId: 'owner', browserSecret: owner.hello.browserSecret });
  assert.deepEqual([back.hello.displayName, back.hello.color, back.hello.isOwner], ['Olive P', '#c8641f', true]);
  assert.deepEqual((await act(site, 'setOwnerVisitor', { visitorId: back.hello.id, owner: false })).owners, []);
  await settled(back.client, guest.client);
  hush(back.client, guest.client);

  const chat = await act(site, 'updateModeration', { blockedWords: ['Teapots', ' teapots '], chatThrottleMs: 500 });
  assert.deepEqual(chat.site.blockedWords, ['teapots']);
  back.client.send({ type: 'say', text: 'two Teapots' });
  assert.equal((await guest.client.next('say')).text, 'two *******');
  const muted = await act(site, 'muteVisitor', { visitorId: guest.hello.id });
  assert.equal(muted.scene.visitors.find((each: Answered) => each.id === guest.hello.id).muted, true);
  guest.client.send({ type: 'say', text: 'unheard' });
  await settled(guest.client, back.client);
  assert.ok(!back.client.take().some(({ type }) => type === 'say'));
  await act(site, 'unmuteVisitor', { visitorId: guest.hello.id });
  guest.client.send({ type: 'say', text: 'heard' });
  assert.equal((await back.client.next('say')).text, 'heard');
  await act(site, 'updateModeration', { blockedWords: [], chatThrottleMs: 5_000 });
  assert.equal((await back.client.next('chatThrottle', ({ ms }) => ms === 5_000)).ms, 5_000);
  guest.client.send({ type: 'say', text: 'too soon' });
  await settled(guest.client, back.client);
  assert.ok(!back.client.take().some(({ type }) => type === 'say'));
  const slow = await act(site, 'updateModeration', { blockedWords: [], chatThrottleMs: 0 });
  assert.deepEqual(
    slow.site.moderationLog.slice(0, 2).map((entry: Answered) => entry.action),
    ['unmute', 'mute'],
  );

  await act(site, 'hideVisitor', { visitorId: guest.hello.id });
  assert.equal((await back.client.next('leave')).id, guest.hello.id);
  guest.client.send({ type: 'say', text: 'unseen' });
  const late = await enter(site, { browserId: 'late' }, { ip: '203.0.113.20' });
  assert.deepEqual(
    late.hello.peers.map(({ id }) => id),
    [back.hello.id],
  );
  assert.equal((await guest.client.next('join')).peer.id, late.hello.id, 'who is hidden still sees');
  await settled(guest.client, back.client);
  assert.ok(!back.client.take().some(({ type }) => type === 'say'));
  await act(site, 'unhideVisitor', { visitorId: guest.hello.id });
  assert.equal((await back.client.next('join')).peer.id, guest.hello.id);
  guest.client.send({ type: 'say', text: 'seen again' });
  await back.client.next('say');

  const plain = await openSocket({ url: square.url, site, watch: true });
  assert.deepEqual(await plain.closed, { code: 4003, reason: 'plus required' });
  assert.equal(
    (await operate('action', { siteKey: site.siteKey, action: 'setSiteSupporter', supporter: true })).status,
    200,
  );
  const spectator = await enter(site, {}, { watch: true });
  assert.deepEqual(
    [spectator.hello.id, 'spectator' in spectator.hello, 'browserSecret' in spectator.hello],
    [null, true, false],
  );
  spectator.client.send({ type: 'init' });
  spectator.client.send({ type: 'say', text: 'inert' });
  assert.equal((await look(site)).scene.activeVisitors, 3, 'not counted');
  await late.client.close();
  assert.equal((await spectator.client.next('leave')).id, late.hello.id);
  await act(site, 'hideVisitor', { visitorId: guest.hello.id });
  assert.equal((await spectator.client.next('leave')).id, guest.hello.id);
  guest.client.send({ type: 'say', text: 'hidden words' });
  await settled(guest.client, back.client, spectator.client);
  assert.ok(
    ![...spectator.client.take(), ...back.client.take()].some(({ type }) => type === 'say' || type === 'hello'),
  );

  assert.equal((await look(site)).site.connectionLimit, 100);
  await act(site, 'updateSiteDetails', { origin: site.origin, name: 'M', email: '', connectionLimit: 1 });
  const second = await openSocket({ url: square.url, site });
  assert.deepEqual(await second.closed, { code: 1013, reason: 'full' });
  for (const { client } of [back, guest, spectator]) await client.close();
}

async function hostedSites(): Promise<void> {
  const here = await register('https://here.example');
  const there = await register('https://there.example');
  const ada = await enter(here, { browserId: 'ada', readingUrl: 'https://here.example/docs/api?x=1#y' });
  const ben = await enter(there, { browserId: 'ben', readingUrl: 'https://there.example/notes' });
  assert.deepEqual([ada.hello.readingLabel, ada.hello.readingUrl], ['api', 'https://here.example/docs/api?x=1#y']);
  assert.deepEqual(ben.hello.peers, []);
  // A visit counts after three seconds.
  await rest(3_300);
  const before = (await ask('/api/stats')).json;
  assert.ok(before.verified >= 2);
  const cy = await enter(here, { browserId: 'cy' });
  ada.client.send({ type: 'say', text: 'counted' });
  await cy.client.next('say');
  const shared = await enter(undefined, {});
  shared.client.send({ type: 'say', text: 'not counted' });
  await shared.client.roundTrip();
  const after = await ask('/api/stats');
  assert.deepEqual(after.json, { ...before, messages: before.messages + 1 });
  assert.equal(after.headers.get('access-control-allow-origin'), '*');
  const { sites } = (await ask('/api/map/activity')).json;
  const activity = sites.find((site: Answered) => site.siteKey === here.siteKey);
  assert.deepEqual(activity, { siteKey: here.siteKey, activeVisitors: 2 });

  for (const path of ['/api/connection-click', '/api/map-click']) {
    const statuses = [];
    for (let click = 0; click < 3; click += 1) statuses.push((await ask(path, { siteKey: here.siteKey })).status);
    assert.deepEqual(statuses, [204, 204, 429], path);
  }
  const reads = [];
  for (let read = 0; read < 5; read += 1) reads.push(await ask(`/api/site-presence?siteKey=${here.siteKey}`));
  assert.deepEqual(
    reads.map(({ status }) => status),
    [200, 200, 200, 200, 429],
  );
  assert.deepEqual(reads[0].json, { activeVisitors: 2 });

  ada.client.send({ type: 'reading', readingUrl: 'https://elsewhere.example/secret' });
  const blank = await ada.client.next('reading');
  assert.deepEqual([blank.readingLabel, blank.readingUrl], ['', '']);

  const { json } = await operate('sites');
  const listed = json.sites.find((site: Answered) => site.siteKey === here.siteKey);
  assert.equal(listed.activeVisitors, 2);
  assert.ok(!JSON.stringify(await look(here)).includes('browserId'));
  for (const { client } of [ada, ben, cy, shared]) await client.close();
}

async function serviceAdmin(): Promise<void> {
  const { sites, platform } = (await operate('sites')).json;
  const site = sites.find(({ origin }: Answered) => origin === 'https://here.example');
  assert.ok(platform.dailySeries.length === 30 && platform.messagesToday >= 1);
  const { activity } = (await operate('traffic', { siteKey: site.siteKey })).json;
  assert.deepEqual([activity.timeZone, activity.weekdays.length, activity.weekdays[0].hours.length], ['UTC', 7, 24]);
  const total = activity.weekdays.flatMap(({ hours }: Answered) => hours).reduce((a: number, b: number) => a + b, 0);
  assert.ok(total >= 1 && !JSON.stringify(activity).includes('ada'));
  const isShown = async (): Promise<boolean> =>
    (await ask('/api/map')).json.sites.some(({ siteKey }: Answered) => siteKey === site.siteKey);
  const change = (action: string, fields: object = {}) =>
    operate('action', { siteKey: site.siteKey, action, ...fields });
  assert.equal(await isShown(), true);
  assert.equal((await change('setSiteMapHidden', { hidden: true })).json.site.hiddenFromMap, true);
  assert.equal(await isShown(), false);
  await change('setSiteMapHidden', { hidden: false });

  const doomed = await register('https://doomed.example');
  const { adminToken } = (await operate('action', { siteKey: doomed.siteKey, action: 'resetAdminToken' })).json;
  const signIn = async (token: string): Promise<number> =>
    (await ask('/api/admin/site', { siteKey: doomed.siteKey, adminToken: token }, { 'x-real-ip': '203.0.113.30' }))
      .status;
  assert.deepEqual([await signIn(doomed.adminToken), await signIn(adminToken)], [403, 200]);
  const visitor = await enter(doomed);
  const deleted = await operate('action', { siteKey: doomed.siteKey, action: 'deleteSite' });
  assert.deepEqual(deleted.json, { deletedSiteKey: doomed.siteKey });
  assert.deepEqual(await visitor.client.closed, { code: 4003, reason: 'site deleted' });
  const late = await openSocket({ url: square.url, site: doomed });
  assert.deepEqual(await late.closed, { code: 4003, reason: 'site disabled or unknown' });
  assert.ok(!readFileSync(join(square.dataDir, 'sites.json'), 'utf8').includes(doomed.siteKey));
}

async function authThrottles(): Promise<void> {
  const { siteKey, adminToken } = await register('https://locked.example');
  const from = (ip: string, token: string): Promise<Answered> =>
    ask('/api/admin/site', { siteKey, adminToken: token }, { 'x-real-ip': ip });
  for (let attempt = 0; attempt < 5; attempt += 1) assert.equal((await from('203.0.113.40', 'wrong')).status, 403);
  assert.equal((await from('203.0.113.40', adminToken)).status, 429);
  for (const token of ['wrong', 'wrong', 'wrong', 'wrong', adminToken, 'wrong']) {
    assert.equal((await from('203.0.113.41', token)).status, token === adminToken ? 200 : 403);
  }
  assert.equal((await from('203.0.113.41', adminToken)).status, 200, 'a success clears the counter');
}
