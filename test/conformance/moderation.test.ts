import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { settled, type LiveClient } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare } from '../support/live-square.ts';
import { buildSite } from '../support/site-builder.ts';

const SITE = 'site_moss';
const page = { origin: 'https://moss.example' };

interface Cast {
  readonly square: LiveSquare;
  /** Visitor 1, two tabs. */
  readonly ada: LiveClient;
  readonly adaTab: LiveClient;
  readonly adaSecret: string;
  /** Visitor 2. */
  readonly ben: LiveClient;
}

async function castOf(t: TestContext, changes: Parameters<typeof buildSite>[0] = {}): Promise<Cast> {
  const square = await startLiveSquare(t, { sites: [buildSite({ isSupporter: true, ...changes })] });
  const ada = await connect(square, '10.0.0.1');
  const { browserSecret: adaSecret } = await ada.join({ browserId: 'ada', displayName: 'Ada', x: 0.2 });
  const adaTab = await connect(square, '10.0.0.2');
  await adaTab.join({ browserId: 'ada', browserSecret: adaSecret });
  const ben = await connect(square, '10.0.0.3');
  await ben.join({ browserId: 'ben', displayName: 'Ben', x: 0.22 });
  await settled(ada, adaTab, ben);
  for (const client of [ada, adaTab, ben]) client.take();
  return { square, ada, adaTab, adaSecret, ben };
}

function connect(square: LiveSquare, address: string, more = ''): Promise<LiveClient> {
  return square.connect(`siteKey=${SITE}${more}`, { ...page, headers: { 'X-Real-IP': address } });
}

const typesOf = (client: LiveClient): string[] => client.take().map(({ type }) => type);

test('31: kick closes every socket of the visitor, who leaves after the grace and may come back', async (t) => {
  const { square, ada, adaTab, adaSecret, ben } = await castOf(t);
  square.host.act(SITE, { action: 'kickVisitor', visitorId: 1 });
  const kicked = { code: 4001, reason: 'kicked' };
  assert.deepEqual([await ada.closed, await adaTab.closed], [kicked, kicked]);
  await ben.expectSilence();
  square.clock.advance(1_500);
  assert.deepEqual(await ben.next('leave'), { type: 'leave', id: 1 });
  const back = await connect(square, '10.0.0.1');
  assert.equal((await back.join({ browserId: 'ada', browserSecret: adaSecret })).id, 3);
  assert.deepEqual(square.sites.get(SITE)?.moderationLog, [
    { at: square.clock.now() - 1_500, action: 'kick', detail: 'Ada' },
  ]);
});

test('1, 31: block closes, and keeps the browser out by its id and its addresses at the door', async (t) => {
  const { square, ada, adaTab } = await castOf(t);
  square.host.act(SITE, { action: 'blockVisitor', visitorId: 1 });
  const blocked = { code: 4003, reason: 'blocked' };
  assert.deepEqual([await ada.closed, await adaTab.closed], [blocked, blocked]);
  for (const address of ['10.0.0.1', '10.0.0.2']) {
    const again = await connect(square, address);
    assert.deepEqual(await again.closed, blocked);
    assert.deepEqual(again.take(), []);
  }
  const elsewhere = await connect(square, '10.0.0.9');
  elsewhere.send({ type: 'init', browserId: 'ada' });
  assert.deepEqual(await elsewhere.closed, blocked);
  const other = await connect(square, '10.0.0.9');
  await other.join({ browserId: 'cy' });
});

test('31: a throw-away visitor is blocked by address alone', async (t) => {
  const { square } = await castOf(t);
  const nobody = await connect(square, '10.0.0.7');
  const { id } = await nobody.join();
  square.host.act(SITE, { action: 'blockVisitor', visitorId: id });
  assert.equal((await nobody.closed).reason, 'blocked');
  assert.deepEqual(square.sites.get(SITE)?.blockedBrowserIds, []);
  assert.deepEqual(square.sites.get(SITE)?.blockedAddresses, ['10.0.0.7']);
});

test('24, 31: a muted visitor says nothing to anybody, walks as before, and speaks again when unmuted', async (t) => {
  const { square, ada, adaTab, ben } = await castOf(t);
  square.host.act(SITE, { action: 'muteVisitor', visitorId: 1 });
  ada.send({ type: 'say', text: 'hello' });
  ada.send({ type: 'move', x: 0.3 });
  await settled(ada, adaTab, ben);
  assert.deepEqual(typesOf(ben), ['move']);
  assert.deepEqual(typesOf(adaTab), ['move']);
  square.host.act(SITE, { action: 'unmuteVisitor', visitorId: 1 });
  ada.send({ type: 'say', text: 'hello' });
  assert.equal((await ben.next('say')).text, 'hello');
  assert.deepEqual(square.sites.get(SITE)?.mutedBrowserIds, []);
});

test('31: a hidden visitor has left for everybody else, sees everybody, and their tabs see each other', async (t) => {
  const { square, ada, adaTab, ben } = await castOf(t);
  const spectator = await connect(square, '10.0.0.4', '&watch=1');
  spectator.send({ type: 'init' });
  await settled(spectator, ben);
  spectator.take();
  square.host.act(SITE, { action: 'hideVisitor', visitorId: 1 });
  assert.deepEqual(await ben.next('leave'), { type: 'leave', id: 1 });
  assert.deepEqual(await spectator.next('leave'), { type: 'leave', id: 1 });
  await ada.expectSilence();
  ada.send({ type: 'move', x: 0.4 });
  ada.send({ type: 'typing', typing: true });
  ada.send({ type: 'say', text: 'can you hear me?' });
  ada.send({ type: 'profile', displayName: 'A', color: '#c8641f' });
  ada.send({ type: 'settle', propId: 'bench' });
  ada.send({ type: 'reading', readingUrl: 'https://moss.example/ferns' });
  await settled(ada, adaTab, ben, spectator);
  assert.deepEqual(typesOf(adaTab), ['move', 'typing', 'profile', 'reading']);
  assert.deepEqual([...ben.take(), ...spectator.take()], []);
  const newcomer = await connect(square, '10.0.0.5');
  const hello = await newcomer.join({ browserId: 'cy' });
  assert.deepEqual(
    hello.peers.map(({ id }) => id),
    [2],
  );
  assert.equal((await ada.next('join')).peer.id, hello.id);
  const late = await connect(square, '10.0.0.6', '&watch=1');
  assert.deepEqual(
    (await late.join()).peers.map(({ id }) => id),
    [2, hello.id],
  );
  assert.equal(square.host.visitorCount(SITE), 3, 'hidden, but counted');
});

test('31: a visitor who is shown again joins for everybody but their own tabs', async (t) => {
  const { square, ada, adaTab, ben } = await castOf(t, { hiddenBrowserIds: ['ada'] });
  await settled(ada, adaTab, ben);
  assert.deepEqual(ben.take(), []);
  square.host.act(SITE, { action: 'unhideVisitor', visitorId: 1 });
  assert.equal((await ben.next('join')).peer.displayName, 'Ada');
  await settled(ada, adaTab, ben);
  assert.deepEqual([...ada.take(), ...adaTab.take()], []);
  ada.send({ type: 'say', text: 'here I am' });
  assert.equal((await ben.next('say')).text, 'here I am');
  square.host.act(SITE, { action: 'unhideVisitor', visitorId: 1 });
  await ben.expectSilence();
});

test('31: hidden and muted are remembered by the browser, across the visitor going and coming', async (t) => {
  const { square, ada, adaTab, adaSecret, ben } = await castOf(t);
  square.host.act(SITE, { action: 'hideVisitor', visitorId: 1 });
  await ada.close();
  await adaTab.close();
  await ben.roundTrip();
  square.clock.advance(1_500);
  await settled(ben);
  assert.deepEqual(typesOf(ben), ['leave'], 'nobody leaves twice');
  const back = await connect(square, '10.0.0.1');
  assert.equal((await back.join({ browserId: 'ada', browserSecret: adaSecret })).id, 3);
  back.send({ type: 'move', x: 0.5 });
  await settled(back, ben);
  assert.deepEqual(ben.take(), []);
});

test('31, 32: an owner wears the badge at once, keeps their look through an absence, and loses the badge in one frame', async (t) => {
  const { square, ada, adaTab, adaSecret, ben } = await castOf(t);
  square.host.act(SITE, { action: 'setOwnerVisitor', visitorId: 1, owner: true });
  for (const client of [ada, adaTab, ben]) {
    const { isOwner, badgeColor, displayName } = await client.next('profile');
    assert.deepEqual([isOwner, badgeColor, displayName], [true, '#f2e8c8', 'Ada']);
  }
  ada.send({ type: 'profile', displayName: 'The Host', color: '#c8641f' });
  assert.equal((await ben.next('profile')).displayName, 'The Host');
  await ada.close();
  await adaTab.close();
  await ben.roundTrip();
  square.clock.advance(1_700);
  await ben.next('leave');
  square.host.act(SITE, { action: 'updateOwnerProfile', browserId: 'ada', badgeColor: '#e8eef5' });
  const back = await connect(square, '10.0.0.1');
  const hello = await back.join({ browserId: 'ada', browserSecret: adaSecret });
  assert.deepEqual(
    [hello.displayName, hello.color, hello.isOwner, hello.badgeColor],
    ['The Host', '#c8641f', true, '#e8eef5'],
  );
  const { peer } = await ben.next('join');
  assert.deepEqual([peer.displayName, peer.isOwner, peer.badgeColor], ['The Host', true, '#e8eef5']);
  assert.deepEqual(
    Object.keys(peer).slice(-3),
    ['isOwner', 'badgeColor', 'messages'],
    'the badge stands in the wire order',
  );
  square.host.act(SITE, { action: 'updateOwnerProfile', browserId: 'ada', displayName: 'Ada', color: 'gold' });
  assert.deepEqual(await ben.next('profile').then(({ displayName, color }) => [displayName, color]), [
    'Ada',
    '#5f6b73',
  ]);
  assert.equal((await back.next('profile')).displayName, 'Ada');
  square.host.act(SITE, { action: 'setOwnerVisitor', visitorId: 3, owner: false });
  const plain = await ben.next('profile');
  assert.ok(!plain.isOwner && !('badgeColor' in plain));
  assert.deepEqual(square.sites.get(SITE)?.owners, []);
});

test('32: an owner second tab tells the others how the owner looks', async (t) => {
  const { square, adaSecret, ben } = await castOf(t);
  square.host.act(SITE, { action: 'setOwnerVisitor', visitorId: 1, owner: true });
  await ben.next('profile');
  const third = await connect(square, '10.0.0.1');
  assert.equal((await third.join({ browserId: 'ada', browserSecret: adaSecret })).isOwner, true);
  assert.equal((await ben.next('profile')).isOwner, true);
  await third.expectSilence();
});

test('32: once an owner came back with the secret, the browser id alone makes nobody an owner, nor that visitor', async (t) => {
  const { square, ada, adaTab, adaSecret } = await castOf(t);
  square.host.act(SITE, { action: 'setOwnerVisitor', visitorId: 1, owner: true });
  const leave = async (...clients: LiveClient[]): Promise<void> => {
    for (const client of clients) await client.close();
    const marker = await connect(square, '10.0.0.8');
    await marker.join();
    square.clock.advance(1_500);
  };
  await leave(ada, adaTab);
  // Nobody has shown yet that this browser keeps secrets.
  const bare = await connect(square, '10.0.0.1');
  assert.equal((await bare.join({ browserId: 'ada' })).isOwner, true);
  await leave(bare);
  const proven = await connect(square, '10.0.0.1');
  assert.equal((await proven.join({ browserId: 'ada', browserSecret: adaSecret })).isOwner, true);
  assert.equal(square.sites.get(SITE)?.owners[0]?.isBound, true);
  await leave(proven);
  const thief = await connect(square, '10.0.0.6');
  const hello = await thief.join({ browserId: 'ada', displayName: 'Ada' });
  assert.equal(hello.isOwner, false);
  assert.notEqual(hello.browserSecret, adaSecret, 'the secret is not handed to whoever knows the id');
  const owner = await connect(square, '10.0.0.1');
  const own = await owner.join({ browserId: 'ada', browserSecret: adaSecret });
  assert.equal(own.isOwner, true);
  assert.notEqual(own.id, hello.id);
});

test('33: saving the chat rules tells everybody the throttle, changed or not, and it holds', async (t) => {
  const { square, ada, ben } = await castOf(t);
  const rules = { action: 'updateModeration', blockedWords: [], chatThrottleMs: 500 } as const;
  square.host.act(SITE, rules);
  assert.deepEqual(await ben.next('chatThrottle'), { type: 'chatThrottle', ms: 500 });
  square.host.act(SITE, { ...rules, chatThrottleMs: 5_000 });
  assert.deepEqual(await ada.next('chatThrottle', ({ ms }) => ms === 5_000), { type: 'chatThrottle', ms: 5_000 });
  await ben.next('chatThrottle');
  ada.send({ type: 'say', text: 'one' });
  await ben.next('say');
  square.clock.advance(4_999);
  ada.send({ type: 'say', text: 'two' });
  await settled(ada, ben);
  assert.deepEqual(ben.take(), []);
  assert.equal(square.host.act(SITE, { ...rules, chatThrottleMs: -1 }), 'Enter a waiting time of 0 or more.');
  assert.equal(square.sites.get(SITE)?.chatThrottleMs, 5_000);
});

test('12, 24, 33: blocked words are masked in lines and names from the moment they are saved', async (t) => {
  const { square, ada, ben } = await castOf(t);
  square.host.act(SITE, {
    action: 'updateModeration',
    blockedWords: [' BadWord ', 'badword', 'дурак'],
    chatThrottleMs: 0,
  });
  assert.deepEqual(square.sites.get(SITE)?.blockedWords, ['badword', 'дурак']);
  ada.send({ type: 'say', text: 'what a badword, Дурак' });
  assert.equal((await ben.next('say')).text, 'what a *******, *****');
  ada.send({ type: 'profile', displayName: 'BADWORD', color: '#c8641f' });
  assert.equal((await ben.next('profile')).displayName, '*******');
  const rude = await connect(square, '10.0.0.5');
  assert.equal((await rude.join({ displayName: 'a badword' })).displayName, 'a *******');
});

test('31: cleared messages are gone for newcomers, and nobody else hears of it', async (t) => {
  const { square, ada, ben } = await castOf(t);
  ada.send({ type: 'say', text: 'soon forgotten' });
  await ben.next('say');
  square.host.act(SITE, { action: 'clearMessages' });
  await ben.expectSilence();
  const hello = await (await connect(square, '10.0.0.5')).join();
  assert.deepEqual(hello.peers[0]?.messages, []);
});

test('24, 31: chat that is switched off is silence, nothing on the wire, until it is on again', async (t) => {
  const { square, ada, ben } = await castOf(t);
  square.host.act(SITE, { action: 'setChatDisabled', disabled: true });
  ada.send({ type: 'say', text: 'hello?' });
  await settled(ada, ben);
  assert.deepEqual(ben.take(), []);
  square.host.act(SITE, { action: 'setChatDisabled', disabled: false });
  ada.send({ type: 'say', text: 'hello' });
  assert.equal((await ben.next('say')).text, 'hello');
});

test('31: a site that is switched off closes every socket, and takes nobody until it is on again', async (t) => {
  const { square, ada, ben } = await castOf(t);
  const waiting = await connect(square, '10.0.0.5');
  square.host.act(SITE, { action: 'disableSite', disabled: true });
  for (const client of [ada, ben, waiting]) {
    assert.deepEqual(await client.closed, { code: 4003, reason: 'site disabled' });
  }
  const late = await connect(square, '10.0.0.5');
  assert.deepEqual(await late.closed, { code: 4003, reason: 'site disabled or unknown' });
  square.host.act(SITE, { action: 'disableSite', disabled: false });
  await (await connect(square, '10.0.0.5')).join();
  assert.deepEqual(
    square.sites.get(SITE)?.moderationLog.map(({ action }) => action),
    ['site-on', 'site-off'],
  );
});

test('31: who is not there, a site that is not there and the default scene are acted on without effect', async (t) => {
  const { square, ben } = await castOf(t);
  assert.equal(square.host.act(SITE, { action: 'kickVisitor', visitorId: 99 }), undefined);
  assert.equal(
    square.host.act(SITE, { action: 'updateOwnerProfile', browserId: 'nobody', displayName: 'x' }),
    undefined,
  );
  assert.equal(square.host.act('site_none', { action: 'clearMessages' }), 'Site not found.');
  assert.equal(square.host.act('default', { action: 'clearMessages' }), 'Site not found.');
  await ben.expectSilence();
  assert.deepEqual(square.patches, []);
});

test('31: a site where nobody is can be acted on, and the log keeps its newest fifty', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  for (let round = 0; round < 30; round += 1) {
    square.host.act(SITE, { action: 'setChatDisabled', disabled: true });
    square.host.act(SITE, { action: 'setChatDisabled', disabled: false });
  }
  const log = square.sites.get(SITE)?.moderationLog ?? [];
  assert.deepEqual([log.length, log[0]?.action, log[1]?.action], [50, 'chat-on', 'chat-off']);
  assert.equal(square.host.stats().scenes, 0);
});

test('31: protection from bots, details and entitlements change at once and for good; nobody who is there notices', async (t) => {
  const { square, ada, ben } = await castOf(t);
  const site = () => square.sites.get(SITE);
  assert.equal(square.host.act(SITE, { action: 'setBotProtection', enabled: true }), undefined);
  assert.equal(site()?.isBotProtected, true);
  assert.equal(square.host.act(SITE, { action: 'setBotProtection', enabled: false }), undefined);
  assert.deepEqual(
    site()?.moderationLog.map(({ action }) => action),
    ['bot-protection-off', 'bot-protection-on'],
  );
  const details = { name: 'Moss', allowedOrigins: ['https://moss.example'], connectionLimit: 3 };
  square.host.act(SITE, { action: 'updateSiteDetails', ...details });
  square.host.act(SITE, { action: 'setEntitlement', isPlus: true });
  const { name, allowedOrigins, connectionLimit, isPlus, isSupporter } = site() ?? {};
  assert.deepEqual(
    { name, allowedOrigins, connectionLimit, isPlus, isSupporter },
    { ...details, isPlus: true, isSupporter: true },
  );
  for (const client of [ada, ben]) await client.expectSilence();
  const full = await connect(square, '10.0.0.9');
  assert.deepEqual(await full.closed, { code: 1013, reason: 'full' });
});
