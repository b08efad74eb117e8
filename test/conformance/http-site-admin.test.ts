import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { LiveClient } from '../support/live-client.ts';
import { startHttpSquare, type Answered, type HttpSquare, type Registered } from '../support/http-square.ts';

interface Cast {
  readonly square: HttpSquare;
  readonly site: Registered;
  readonly ada: LiveClient;
  readonly ben: LiveClient;
  readonly act: (action: string, fields?: Readonly<Record<string, unknown>>) => Promise<Answered>;
}

/** Visitors 1 and 2 on a site. */
async function castOf(t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Cast> {
  const square = await startHttpSquare(t, env);
  const site = await square.register();
  const ada = await square.enter(site, { browserId: 'ada', displayName: 'Ada', x: 0.2 });
  await ada.next('hello');
  const ben = await square.enter(site, { browserId: 'ben', displayName: 'Ben', x: 0.4 });
  await ben.next('hello');
  const act: Cast['act'] = async (action, fields) => {
    const { status, json } = await square.act(site, action, fields);
    assert.equal(status, 200, `${action}: ${JSON.stringify(json)}`);
    return json;
  };
  return { square, site, ada, ben, act };
}

for (const shards of ['0', '2']) {
  test(`HTTP 6: every action about a visitor has its effect, its entry in the log and its answer (SHARDS=${shards})`, async (t) => {
    const { square, site, ada, ben, act } = await castOf(t, { SHARDS: shards });
    const opened = await square.post('/api/admin/site', { siteKey: site.siteKey, adminToken: site.adminToken });
    assert.equal(opened.json.scene.activeVisitors, 2);
    const [first] = opened.json.scene.visitors;
    assert.deepEqual(Object.keys(first), [
      'id',
      'x',
      'pose',
      'propId',
      'displayName',
      'color',
      'clientCount',
      'isOwner',
      'messages',
      'muted',
      'hidden',
      'fp',
    ]);
    assert.match(first.fp, /^[0-9a-f]{16}$/);
    assert.ok(!opened.text.includes('browserId') && !opened.text.includes('"ada"'));

    const muted = await act('muteVisitor', { visitorId: 1 });
    assert.deepEqual(Object.keys(muted).slice(0, 3), ['site', 'scene', 'owners']);
    assert.equal(muted.scene.visitors[0].muted, true);
    assert.equal(muted.site.mutedCount, 1);
    assert.equal((await act('unmuteVisitor', { visitorId: '1' })).site.mutedCount, 0);
    assert.equal((await act('hideVisitor', { visitorId: 1 })).scene.visitors[0].hidden, true);
    assert.equal((await ben.next('leave')).id, 1);
    await act('unhideVisitor', { visitorId: 1 });
    assert.equal((await ben.next('join')).peer.id, 1);

    const promoted = await act('setOwnerVisitor', { visitorId: 1, owner: true });
    const [{ handle, ...owner }] = promoted.owners;
    assert.deepEqual(owner, { displayName: 'Ada', color: '#5f6b73', badgeColor: '#f2e8c8', online: true });
    assert.equal(handle, first.fp);
    const edited = await act('updateOwnerProfile', { handle, displayName: 'Ada L', badgeColor: '#e8eef5' });
    assert.deepEqual(
      [edited.owners[0].displayName, edited.owners[0].badgeColor, edited.owners[0].color],
      ['Ada L', '#e8eef5', '#5f6b73'],
    );
    assert.equal((await ben.next('profile', (frame) => frame.displayName === 'Ada L')).isOwner, true);
    await act('updateOwnerProfile', { handle: 'nobody', displayName: 'Eve' });
    assert.deepEqual((await act('setOwnerVisitor', { visitorId: 1, owner: false })).owners, []);

    ada.send({ type: 'say', text: 'hello' });
    await ben.next('say');
    const cleared = await act('clearMessages');
    assert.deepEqual(cleared.scene.visitors[0].messages, []);
    assert.equal(cleared.site.messageCount, 1);

    for (const visitorId of [99, 'x', null, undefined]) await act('kickVisitor', { visitorId });
    await act('kickVisitor', { visitorId: 2 });
    assert.deepEqual(await ben.closed, { code: 4001, reason: 'kicked' });
    const blocked = await act('blockVisitor', { visitorId: 1 });
    assert.deepEqual(await ada.closed, { code: 4003, reason: 'blocked' });
    assert.deepEqual([blocked.site.blockedCount, blocked.site.blockedIpCount], [1, 1]);
    assert.deepEqual(
      blocked.site.moderationLog.map((entry: Answered) => `${entry.action} ${entry.detail}`),
      ['block Ada L', 'kick Ben', 'clear-messages ', 'unhide Ada', 'hide Ada', 'unmute Ada', 'mute Ada'],
    );
    const again = await square.enter(site, { browserId: 'ada' });
    assert.deepEqual(await again.closed, { code: 4003, reason: 'blocked' });
  });

  test(`HTTP 6: what an owner changes about the site shows at once and in the registry (SHARDS=${shards})`, async (t) => {
    const { square, site, ada, act } = await castOf(t, { SHARDS: shards });
    const details = { origin: site.origin, name: 'Moss', email: 'm@moss.example' };
    const narrowed = await act('updateSiteDetails', { ...details, includeMatchingWww: false, connectionLimit: '2' });
    assert.deepEqual(
      [narrowed.site.name, narrowed.site.email, narrowed.site.allowedOrigins, narrowed.site.connectionLimit],
      ['Moss', 'm@moss.example', ['https://moss.example'], 2],
    );
    const full = await square.enter(site);
    assert.deepEqual(await full.closed, { code: 1013, reason: 'full' });
    const bad = await square.act(site, 'updateSiteDetails', { ...details, name: 'Other', email: 'nonsense' });
    assert.equal(bad.status, 400);
    const kept = (await act('updateSiteDetails', { ...details, connectionLimit: -1 })).site;
    assert.deepEqual([kept.name, kept.includeMatchingWww, kept.connectionLimit], ['Moss', false, 100]);
    assert.equal((await act('updateSiteDetails', { ...details, connectionLimit: 5_000 })).site.connectionLimit, 1_000);

    const styled = await act('updateCustomization', {
      sceneConfig: { benches: 0, trees: 0, lamps: 0 },
      styleConfig: { light: { sky: '#010203' } },
      messageBoard: { title: 'Hi' },
    });
    assert.equal(styled.site.styleConfig.light.sky, '#010203');
    assert.equal((await ada.next('scene')).scene.benches, 0);
    assert.equal((await ada.next('messageBoard')).messageBoard.title, 'Hi');
    assert.match((await square.get(`/api/sites/${site.siteKey}/style.css`)).text, /--scene: #010203;/);
    const reset = await act('updateCustomization');
    assert.deepEqual([reset.site.sceneConfig.benches, reset.site.messageBoard.enabled], [2, false]);

    const connections = [{ side: 'right', label: 'Quay', url: 'https://quay.example' }];
    assert.equal((await act('updateConnections', { connections })).site.connections.length, 1);
    assert.equal((await ada.next('connections')).connections[0]?.url, 'https://quay.example/');

    const chat = await act('updateModeration', { blockedWords: [' Fig ', 'fig', 7], chatThrottleMs: 5_000.4 });
    assert.deepEqual([chat.site.blockedWords, chat.site.chatThrottleMs], [['fig'], 5_000]);
    assert.equal((await ada.next('chatThrottle')).ms, 5_000);
    assert.equal((await square.act(site, 'updateModeration', { chatThrottleMs: -1 })).status, 400);

    assert.equal((await act('setChatDisabled', { disabled: true })).site.chatDisabled, true);
    assert.equal((await act('setBotProtection', { enabled: false })).site.botProtection, false);
    const shown = await act('setPluginEnabled', { name: 'weather', enabled: true });
    const weather = shown.addons.find((addon: Answered) => addon.name === 'weather');
    assert.deepEqual([weather.enabled, weather.available, weather.tier], [true, true, 'free']);
    assert.equal(Object(await ada.next('weather')).weatherConfig.mode, 'automatic');
    for (const name of ['none', '', undefined]) {
      const { status, json } = await square.act(site, 'setPluginEnabled', { name, enabled: true });
      assert.deepEqual([status, json], [400, { error: 'Unknown plugin.' }]);
    }
    const rain = { mode: 'permanent', weather: 'rain', distribution: { clear: 100, rain: 0, snow: 0, storm: 0 } };
    const raining = await act('update', { plugin: 'weather', input: rain });
    assert.deepEqual(raining.plugins.weather, rain);
    const refused = await square.act(site, 'update', { plugin: 'weather', input: { ...rain, mode: 'never' } });
    assert.deepEqual([refused.status, refused.json], [400, { error: 'Choose automatic or permanent weather.' }]);
    for (const [plugin, action] of [
      ['weather', 'nothing'],
      ['none', 'update'],
      ['soccer-ball', 'update'],
    ]) {
      const { status, json } = await square.act(site, action ?? '', { plugin });
      assert.deepEqual([status, json], [400, { error: 'Unknown plugin action.' }], plugin);
    }
    for (const action of ['', 'nothing', 'setEntitlement', 'toString']) {
      const { status, json } = await square.act(site, action);
      assert.deepEqual([status, json], [400, { error: 'Unknown action.' }], action);
    }

    const off = await act('disableSite', { disabled: true });
    assert.equal(off.site.disabled, true);
    assert.deepEqual(await ada.closed, { code: 4003, reason: 'site disabled' });
    const refusedSocket = await square.enter(site);
    assert.deepEqual(await refusedSocket.closed, { code: 4003, reason: 'site disabled or unknown' });
    assert.equal((await square.get(`/api/sites/${site.siteKey}/style.css`)).status, 404);
    assert.equal((await square.get(`/api/site-presence?siteKey=${site.siteKey}`)).status, 404);
    const on = await act('disableSite', { disabled: false });
    assert.deepEqual(
      on.site.moderationLog.map((entry: Answered) => `${entry.action} ${entry.detail}`.trim()),
      ['site-on', 'site-off', 'plugin-on weather', 'bot-protection-off', 'chat-off'],
    );
    square.process.kill('SIGTERM');
    assert.equal(await square.process.exited, 0);
    const [record] = JSON.parse(square.file('sites.json')).sites;
    assert.deepEqual(
      [record.name, record.blockedWords, record.plugins.weather, record.pluginsEnabled.weather, record.disabled],
      ['Moss', ['fig'], rain, true, false],
    );
  });
}

test('HTTP 7: the neighbourhood tells who links where, and a link turns mutual when it is answered', async (t) => {
  const square = await startHttpSquare(t);
  const link = (url: string, label = 'Label') => ({ side: 'left', label, url });
  const moss = await square.register({
    name: 'Moss',
    connections: [
      link('https://quay.example/page'),
      link('https://elsewhere.example/', 'Elsewhere'),
      link('https://www.moss.example/own'),
    ],
  });
  const quay = await square.register({ name: 'Quay', origin: 'https://quay.example' });
  await square.register({ name: 'Fan', origin: 'https://fan.example', connections: [link('https://moss.example/')] });
  const look = async () =>
    (await square.post('/api/admin/site', { siteKey: moss.siteKey, adminToken: moss.adminToken })).json.neighbourhood;
  assert.deepEqual(await look(), {
    summary: { mutual: 0, incoming: 1, outgoing: 2 },
    connections: [
      { name: 'Fan', url: 'https://fan.example', state: 'incoming' },
      { name: 'Elsewhere', url: 'https://elsewhere.example/', state: 'outgoing' },
      { name: 'Quay', url: 'https://quay.example', state: 'outgoing' },
    ],
  });
  await square.act(quay, 'updateConnections', { connections: [link('https://www.moss.example/')] });
  assert.deepEqual((await look()).summary, { mutual: 1, incoming: 1, outgoing: 1 });
  assert.deepEqual((await look()).connections[0], { name: 'Quay', url: 'https://quay.example', state: 'mutual' });
});

test('HTTP 6: an owner reads the notes that were left, takes one down, and then all (SHARDS=2)', async (t) => {
  const square = await startHttpSquare(t, { SHARDS: '2', MIN_HUMAN_SAY_MS: '0' });
  const site = await square.register();
  const notesOf = async (action: string, fields = {}): Promise<Answered> => {
    const { status, json } = await square.act(site, action, fields);
    assert.equal(status, 200, JSON.stringify(json));
    return json.notes;
  };
  assert.deepEqual(await notesOf('setNotes', { enabled: true }), { enabled: true, pinned: [] });
  const ada = await square.enter(site, { ring: 1, browserId: 'ada' });
  assert.deepEqual((await ada.next('hello')).notes, []);
  for (const text of ['<i>first</i>', 'second']) {
    ada.send({ type: 'note', text });
    assert.deepEqual(await ada.next('noted'), { type: 'noted' });
  }
  await ada.next('notes', ({ notes }) => notes?.length === 2);
  ada.take();
  const { pinned } = await notesOf('removeNote', { noteId: 'nonsense' });
  assert.deepEqual(
    pinned.map(({ text }: Answered) => text),
    ['second', '<i>first</i>'],
  );
  const left = await notesOf('removeNote', { noteId: pinned[0].id });
  assert.deepEqual(left.pinned, pinned.slice(1));
  assert.equal((await ada.next('notes')).notes?.length, 1);
  assert.deepEqual(await notesOf('setNotes', { enabled: false }), { enabled: false, pinned: [] });
  assert.equal((await ada.next('notes')).notes, null);
  assert.equal((await square.post('/api/admin/action', { action: 'setNotes', enabled: true })).status, 403);
});
