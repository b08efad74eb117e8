import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import type { Gate, NeighboursFrame } from '../../src/protocol/frames.ts';
import type { Site } from '../../src/scene/site.ts';
import { settled, type LiveClient } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare, type LiveSquareOptions } from '../support/live-square.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { buildSite } from '../support/site-builder.ts';

const SITE = 'site_moss';
const DAY_MS = 86_400_000;
const birch = { site: 'birch', name: 'Birch', url: 'https://birch.example/', square: '12D3birch' };

/** A site on whose board notes may hang, and one visitor alone on it. */
async function openBoard(t: TestContext, site: Partial<Site> = {}, options: Omit<LiveSquareOptions, 'sites'> = {}) {
  const square = await startLiveSquare(t, { sites: [buildSite({ hasNotes: true, ...site })], ...options });
  const ada = await enter(square, 'ada');
  return { square, ada, hello: await ada.join({ ring: 1, browserId: 'ada', displayName: 'Ada' }) };
}

/** A socket on the site's page; it does not join by itself. */
function enter(square: LiveSquare, name: string): Promise<LiveClient> {
  return square.connect(`siteKey=${SITE}`, {
    origin: 'https://moss.example',
    headers: { 'x-real-ip': `192.0.2.${name.length}` },
  });
}

async function leave({ host }: LiveSquare, client: LiveClient): Promise<void> {
  const sockets = host.socketCount(SITE);
  await client.close();
  while (host.socketCount(SITE) === sockets) await turn();
}

/** What became of a note; undefined: it hangs on the board. */
async function refusalOf(client: LiveClient, text: unknown): Promise<string | undefined> {
  client.send({ type: 'note', text });
  return (await client.next('noted')).refused;
}

function neighbours(right: Partial<Gate> | null): NeighboursFrame {
  const { site, name, url } = birch;
  const gate = right && { site, name, url, state: 'live' as const, figures: [], ...right };
  return { type: 'neighbours', ring: { id: 'r', name: 'R' }, left: null, right: gate };
}

test('a note hangs on the board for whoever comes later, newest first, and says nothing of its writer', async (t) => {
  const { square, ada, hello } = await openBoard(t, { blockedWords: ['weed'] });
  assert.deepEqual(hello.notes, []);
  const other = await enter(square, 'ada again');
  await other.join({ ring: 1, browserId: 'ada', browserSecret: hello.browserSecret });
  assert.equal(await refusalOf(ada, '  the weed\n  is  early \u202Ethis year\u2066 '), undefined);
  const at = square.clock.now();
  const first = { text: 'the **** is early this year', at };
  assert.deepEqual((await other.next('notes')).notes, [first], 'both tabs of one visitor are one visitor');
  square.clock.advance(5_000);
  assert.equal(await refusalOf(ada, 'second'), undefined);
  const both = [{ text: 'second', at: at + 5_000 }, first];
  await ada.next('notes', ({ notes }) => notes?.length === 2);

  // The site is what is kept.
  assert.deepEqual(
    square.sites.get(SITE)?.notes.map(({ text }) => text),
    ['second', first.text],
  );
  assert.ok(!/ada/i.test(JSON.stringify(square.sites.get(SITE)?.notes)), 'nothing says who wrote it');
  const classic = await enter(square, 'classic');
  assert.ok(!('notes' in (await classic.join())), 'a classic client hears nothing of it');
  await classic.roundTrip();
  classic.take();
  const ben = await enter(square, 'ben');
  assert.deepEqual((await ben.join({ ring: 1, browserId: 'ben' })).notes, both);

  square.host.act(SITE, { action: 'removeNote', noteId: square.sites.get(SITE)?.notes[1]?.id ?? '' });
  assert.deepEqual((await ben.next('notes')).notes, both.slice(0, 1));
  square.host.act(SITE, { action: 'setNotes', enabled: false });
  assert.equal((await ben.next('notes')).notes, null, 'switched off they are gone at once');
  assert.deepEqual([square.sites.get(SITE)?.hasNotes, square.sites.get(SITE)?.notes], [false, []]);
  await settled(classic, ben);
  assert.deepEqual(
    classic.take().map(({ type }) => type),
    ['join'],
  );
});

test('only whoever is alone in the ring leaves a note; the others are told why not', async (t) => {
  const { square, ada } = await openBoard(t);
  square.ring.show(SITE, neighbours({ count: 0 }));
  assert.equal(await refusalOf(ada, 'one'), undefined);
  for (const gate of [{ count: 2 }, {}, { count: 0, state: 'dim' }, { state: 'dark' }] as const) {
    square.ring.show(SITE, neighbours(gate));
    assert.equal(await refusalOf(ada, 'two'), 'not-alone', JSON.stringify(gate));
  }
  square.ring.show(SITE, neighbours(null));
  const ben = await enter(square, 'ben');
  const { id } = await ben.join({ ring: 1, browserId: 'ben' });
  assert.equal(await refusalOf(ada, 'two'), 'not-alone');
  assert.equal(await refusalOf(ben, 'two'), 'not-alone');
  square.host.act(SITE, { action: 'hideVisitor', visitorId: id });
  assert.equal(await refusalOf(ada, 'two'), undefined, 'of somebody hidden she knows nothing');
  assert.equal(await refusalOf(ben, 'three'), 'off', 'who is told nothing of it either');
  square.host.act(SITE, { action: 'setChatDisabled', disabled: true });
  assert.equal(await refusalOf(ada, 'three'), 'off', 'where nobody talks nobody writes');
  const classic = await enter(square, 'classic');
  await classic.join();
  classic.send({ type: 'note', text: 'from a classic widget' });
  await settled(classic);
  assert.ok(!square.counted.includes('note from'), 'is not heard');
  assert.equal(square.sites.get(SITE)?.notes.length, 2);
});

test('somebody who is over the hill leaves no note, at home or there', async (t) => {
  const { square, ada } = await openBoard(t);
  square.ring.sites.set('here', { site: 'here', name: 'Here', url: 'https://here.example/', square: '12D3here' });
  square.ring.sites.set('birch', birch);
  square.ring.show(SITE, neighbours({ count: 0 }));
  ada.send({ type: 'hop', side: 'right' });
  await settled(ada);
  const [visit] = square.ring.visits;
  const said: unknown[] = [];
  visit?.stream.onFrame((commands) => said.push(...commands));
  await settled(ada);
  const [asked] = said;
  assert.ok(typeof asked === 'object' && asked !== null && 'guest' in asked && typeof asked.guest === 'number');
  visit?.stream.send([{ kind: 'admitted', guest: asked.guest, edge: 'left', x: 0, visitor: 9 }]);
  await ada.next('hopped');
  assert.equal(await refusalOf(ada, 'was here'), 'guest');
  assert.deepEqual(said.slice(1), [], 'and the other square hears nothing of it');
});

test('notes that are too long, repeated, empty or too many are refused, and cost nobody their place', async (t) => {
  const { square, ada } = await openBoard(t, {}, { minHumanSayMs: 3_000 });
  assert.equal(await refusalOf(ada, 'at once'), 'too-fast', 'a newcomer waits, as with every word');
  square.clock.advance(3_000);
  const family = '\u{1F469}\u200D\u{1F467}';
  assert.equal(await refusalOf(ada, family.repeat(140)), undefined, '140 as a reader counts');
  assert.equal(await refusalOf(ada, 'x'.repeat(141)), 'too-long');
  assert.equal(await refusalOf(ada, `a${'\u0335'.repeat(800)}`), 'too-long', 'one character as tall as a house');
  assert.equal(await refusalOf(ada, family.repeat(140)), 'repeated');
  for (const text of [' \n ', '\u202E\u0000', 7, undefined, null, ['x']]) ada.send({ type: 'note', text });
  assert.equal(await refusalOf(ada, '<b>bold</b> & "quoted"'), undefined, 'what there was no sense in is not answered');
  assert.equal(square.sites.get(SITE)?.notes[0]?.text, '<b>bold</b> & "quoted"', 'plain text is kept as it is');
  assert.equal(await refusalOf(ada, 'third'), undefined);
  assert.equal(await refusalOf(ada, 'fourth'), 'too-fast', 'three an hour, whoever writes them');
  assert.ok(ada.socket.readyState === ada.socket.OPEN);
});

test('ten notes hang on a board, for thirty days each', async (t) => {
  const now = new ManualClock().now();
  const notes = Array.from({ length: 10 }, (_, index) => ({
    id: `0000000${index}`,
    text: `day ${index * 3}`,
    at: now - index * 3 * DAY_MS,
  }));
  const { square, ada, hello } = await openBoard(t, { notes });
  assert.equal(hello.notes?.length, 10);
  assert.equal(await refusalOf(ada, 'today'), undefined);
  const texts = (await ada.next('notes')).notes?.map(({ text }) => text);
  assert.deepEqual([texts?.length, texts?.[0], texts?.at(-1)], [10, 'today', 'day 24'], 'the oldest fell off');
  await leave(square, ada);
  square.clock.advance(6 * DAY_MS);
  const ben = await enter(square, 'ben');
  const { notes: left = [] } = await ben.join({ ring: 1, browserId: 'ben' });
  assert.deepEqual([left.length, left.at(-1)?.text], [9, 'day 21']);
});

test('an address that writes too much is sent away as one that talks too much', async (t) => {
  const { ada, square } = await openBoard(t, {}, { limits: { chatEventLimit: 1 } });
  ada.send({ type: 'say', text: 'hello?' });
  ada.send({ type: 'note', text: 'hello' });
  assert.deepEqual(await ada.closed, { code: 1008, reason: 'rate limited' });
  assert.deepEqual(square.sites.get(SITE)?.notes, []);
});

test('where the owner wants no notes there are none, on the shared scene neither', async (t) => {
  const { ada, hello, square } = await openBoard(t, { hasNotes: false });
  assert.ok(!('notes' in hello));
  assert.equal(await refusalOf(ada, 'hello'), 'off');
  const shared = await square.connect();
  await shared.join({ ring: 1 });
  assert.equal(await refusalOf(shared, 'hello'), 'off');
  square.host.act(SITE, { action: 'setNotes', enabled: true });
  assert.deepEqual((await ada.next('notes')).notes, []);
});
