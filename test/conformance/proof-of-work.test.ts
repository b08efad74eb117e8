import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { isSolution } from '../../src/moderation/proof-of-work.ts';
import { buildSite } from '../support/site-builder.ts';
import { settled, type LiveClient } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare, type LiveSquareOptions } from '../support/live-square.ts';

const moss = { origin: 'https://moss.example' };
const DIFFICULTY = 6;

function startProtected(t: TestContext, options: LiveSquareOptions = {}): Promise<LiveSquare> {
  return startLiveSquare(t, {
    proofOfWorkBits: DIFFICULTY,
    sites: [
      buildSite(),
      buildSite({ key: 'site_open', isBotProtected: false }),
      buildSite({ key: 'site_watched', isPlus: true }),
    ],
    ...options,
  });
}

/** The first right nonce, or the first wrong one. */
function nonceFor(salt: string, isRight = true): string {
  let nonce = 0;
  while (isSolution(salt, String(nonce), DIFFICULTY) !== isRight) nonce += 1;
  return String(nonce);
}

async function challenged(client: LiveClient, init: object = {}) {
  client.send({ type: 'init', ...init });
  const { salt, difficulty } = await client.next('challenge');
  assert.match(salt, /^[0-9a-f]{32}$/);
  assert.equal(difficulty, DIFFICULTY);
  return salt;
}

test('8: the first frame of a bot-protected site is a challenge, the right answer brings the hello', async (t) => {
  const square = await startProtected(t);
  const other = await square.connect('siteKey=site_moss', moss);
  const client = await square.connect('siteKey=site_moss', moss);
  client.send({ type: 'init', displayName: 'Ada', x: 0.25 });
  await settled(client, other);
  const [challenge, ...more] = client.take();
  assert.ok(challenge?.type === 'challenge' && more.length === 0);
  assert.deepEqual(Object.keys(challenge), ['type', 'salt', 'difficulty']);
  assert.equal(square.host.visitorCount('site_moss'), 0);
  client.send({ type: 'solve', nonce: nonceFor(challenge.salt) });
  const hello = await client.next('hello');
  assert.deepEqual([hello.displayName, hello.x], ['Ada', 0.25]);
  assert.deepEqual(
    square.counted.filter((line) => line.startsWith('proof')),
    ['proof asked', 'proof proven'],
  );
});

const wrongAnswers: readonly (readonly [what: string, nonce: (salt: string) => unknown])[] = [
  ['a wrong nonce', (salt) => nonceFor(salt, false)],
  ['a number', (salt) => Number(nonceFor(salt))],
  ['no nonce', () => undefined],
  ['an empty nonce', () => ''],
  ['65 characters', (salt) => nonceFor(salt).padStart(65, '0')],
  ['an object', () => ({})],
];
for (const [what, nonceOf] of wrongAnswers) {
  test(`8: ${what} closes 1008 "challenge failed"`, async (t) => {
    const square = await startProtected(t);
    const client = await square.connect('siteKey=site_moss', moss);
    const salt = await challenged(client);
    client.send({ type: 'solve', nonce: nonceOf(salt) });
    assert.deepEqual(await client.closed, { code: 1008, reason: 'challenge failed' });
    assert.deepEqual(client.take(), []);
  });
}

test('8: a second init gets a new salt, counts instead of the first, and the old salt’s solution fails', async (t) => {
  const square = await startProtected(t);
  const client = await square.connect('siteKey=site_moss', moss);
  const first = await challenged(client, { displayName: 'Ada' });
  const second = await challenged(client, { displayName: 'Ben' });
  assert.notEqual(first, second);
  client.send({ type: 'solve', nonce: nonceFor(second) });
  assert.equal((await client.next('hello')).displayName, 'Ben');

  const stale = await square.connect('siteKey=site_moss', moss);
  const old = await challenged(stale);
  const fresh = await challenged(stale);
  let nonce = 0;
  while (!isSolution(old, String(nonce), DIFFICULTY) || isSolution(fresh, String(nonce), DIFFICULTY)) nonce += 1;
  stale.send({ type: 'solve', nonce: String(nonce) });
  assert.deepEqual(await stale.closed, { code: 1008, reason: 'challenge failed' });
});

test('8: answers nobody asked for are ignored, before, after, and on a site without protection', async (t) => {
  const square = await startProtected(t);
  const client = await square.connect('siteKey=site_moss', moss);
  client.send({ type: 'solve', nonce: '0' });
  await client.expectSilence();
  const salt = await challenged(client);
  client.send({ type: 'solve', nonce: nonceFor(salt) });
  await client.next('hello');
  client.send({ type: 'solve', nonce: 'wrong' });
  client.send({ type: 'solve' });
  await client.expectSilence();
  const open = await square.connect('siteKey=site_open', moss);
  open.send({ type: 'solve', nonce: '0' });
  assert.equal((await open.join()).id, 1);
});

test('8: while the browser works, nothing but init and solve is heard', async (t) => {
  const square = await startProtected(t);
  const client = await square.connect('siteKey=site_moss', moss);
  const salt = await challenged(client);
  client.send({ type: 'move', x: 0.5 });
  client.send({ type: 'say', text: 'hello?' });
  await client.expectSilence();
  client.send({ type: 'solve', nonce: nonceFor(salt) });
  assert.deepEqual((await client.next('hello')).messages, []);
});

test('8: the default scene never challenges, nor does a square whose difficulty is 0', async (t) => {
  const square = await startProtected(t);
  assert.equal((await (await square.connect()).join()).id, 1);
  const lenient = await startProtected(t, { proofOfWorkBits: 0 });
  assert.equal((await (await lenient.connect('siteKey=site_moss', moss)).join()).id, 1);
});

test('8: every connection proves for itself, a second tab of the same visitor included', async (t) => {
  const square = await startProtected(t);
  const first = await square.connect('siteKey=site_moss', moss);
  first.send({ type: 'init', browserId: 'ada' });
  first.send({ type: 'solve', nonce: nonceFor((await first.next('challenge')).salt) });
  const { id, browserSecret } = await first.next('hello');
  const second = await square.connect('siteKey=site_moss', moss);
  const salt = await challenged(second, { browserId: 'ada', browserSecret });
  second.send({ type: 'solve', nonce: nonceFor(salt) });
  assert.equal((await second.next('hello')).id, id);
});

test('8: whoever joined before protection was switched on stays, and their init is still ignored', async (t) => {
  const square = await startProtected(t);
  const client = await square.connect('siteKey=site_open', moss);
  await client.join();
  square.sites.set('site_open', buildSite({ key: 'site_open', isBotProtected: true }));
  client.send({ type: 'init' });
  await client.expectSilence();
  await challenged(await square.connect('siteKey=site_open', moss));
});

test('8: spectators are challenged as well', async (t) => {
  const square = await startProtected(t);
  const spectator = await square.connect('siteKey=site_watched&watch=1', moss);
  const salt = await challenged(spectator);
  spectator.send({ type: 'solve', nonce: nonceFor(salt) });
  assert.equal((await spectator.next('hello')).id, null);
});

test('8: a code from a page hop is redeemed only after the proof', async (t) => {
  const square = await startProtected(t);
  const client = await square.connect('siteKey=site_moss', moss);
  const code = 'A'.repeat(22);
  square.ring.arrivals.set(`site_moss ${code}`, {
    plate: { name: 'Ada', look: 0 },
    from: { site: 'quay', name: 'Quay', url: 'https://quay.example/' },
    side: 'left',
  });
  const salt = await challenged(client, { ring: 1, arrival: { code, referrer: 'https://quay.example/' } });
  assert.equal(square.ring.arrivals.size, 1);
  client.send({ type: 'solve', nonce: nonceFor(salt) });
  assert.equal((await client.next('hello')).arrival?.side, 'left');
  assert.equal(square.ring.arrivals.size, 0);
});
