import assert from 'node:assert/strict';
import test from 'node:test';
import type { Gate, NeighboursFrame } from '../../src/protocol/frames.ts';
import { encodeLook } from '../../src/protocol/look.ts';
import type { Arrival } from '../../src/ring/ring-port.ts';
import { buildSite } from '../support/site-builder.ts';
import { settled } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare } from '../support/live-square.ts';

const gate = (name: string, changes: Partial<Gate> = {}): Gate => ({
  site: name,
  name,
  url: `https://${name}.example/`,
  state: 'live',
  count: 2,
  figures: [{ h: 'abc', x: 0.5, color: 3, pose: 'stand', walking: false }],
  ...changes,
});
const gates = (left: Gate | null, right: Gate | null): NeighboursFrame => ({
  type: 'neighbours',
  ring: { id: 'ring1', name: 'Small Hours' },
  left,
  right,
});
const link = (side: string, name: string): object => ({ side, label: name, url: `https://${name}.example/` });

const code = 'Ab_-'.repeat(5) + 'xy';
const look = encodeLook({ coat: 7, headwear: 2, carried: 1 });
const arrival: Arrival = {
  plate: { name: 'Ada', look },
  from: { site: 'quay', name: 'Quay', url: 'https://quay.example/' },
  side: 'right',
};
const hop = { ring: 1, arrival: { code, referrer: 'https://quay.example/' } };

function offer(square: LiveSquare): void {
  square.ring.arrivals.set(`default ${code}`, arrival);
}

test('ring clients get the gates after hello and on every change; classic clients get links, and only when those change', async (t) => {
  const square = await startLiveSquare(t);
  square.ring.show('default', gates(gate('moss'), gate('quay')));
  const classic = await square.connect();
  const ring = await square.connect();
  const hello = await classic.join();
  assert.deepEqual(hello.connections, [link('left', 'moss'), link('right', 'quay')]);
  const ringHello = await ring.join({ ring: 1 });
  assert.equal(ringHello.connections, undefined);
  assert.deepEqual(await ring.next('neighbours'), gates(gate('moss'), gate('quay')));
  await classic.next('join');

  const busier = gates(gate('moss', { count: 9 }), gate('quay', { state: 'dim' }));
  square.ring.show('default', busier);
  assert.deepEqual(await ring.next('neighbours'), busier);
  await classic.expectSilence();

  square.ring.show('default', gates(gate('lantern'), gate('quay')));
  assert.deepEqual(await classic.next('connections'), {
    type: 'connections',
    connections: [link('left', 'lantern'), link('right', 'quay')],
  });
  await ring.next('neighbours');
  await ring.expectSilence();
});

test('on a hosted site the ring neighbour stands in front of the owner links, for classic clients', async (t) => {
  const site = buildSite();
  const square = await startLiveSquare(t, { sites: [site] });
  square.ring.show('site_moss', gates(gate('lantern'), null));
  const origin = 'https://moss.example';
  const classic = await square.connect('siteKey=site_moss', { origin });
  const ring = await square.connect('siteKey=site_moss', { origin });
  assert.deepEqual((await classic.join()).connections, [link('left', 'lantern'), ...site.connections]);
  assert.deepEqual((await ring.join({ ring: 1 })).connections, site.connections);
});

test('a square in no ring sends no gates, and its default scene no links', async (t) => {
  const square = await startLiveSquare(t);
  const ring = await square.connect();
  const hello = await ring.join({ ring: 1 });
  assert.ok(!('connections' in hello));
  await ring.expectSilence();
});

test('gates shown to one scene are not shown to another', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  const ring = await square.connect('siteKey=site_moss', { origin: 'https://moss.example' });
  await ring.join({ ring: 1 });
  square.ring.show('default', gates(gate('moss'), null));
  square.ring.show('site_none', gates(gate('moss'), null));
  await ring.expectSilence();
});

test('who comes with a good code walks in at the facing end with their plate on; a classic onlooker sees an ordinary visitor', async (t) => {
  const square = await startLiveSquare(t);
  offer(square);
  const classic = await square.connect();
  await classic.join();
  const client = await square.connect();
  const hello = await client.join({ ...hop, x: 0.3 });
  assert.equal(hello.x, 1);
  assert.equal(hello.displayName, 'Ada');
  assert.deepEqual(hello.arrival, { from: arrival.from, side: 'right' });
  assert.deepEqual(hello.ring, { look, from: arrival.from });
  const { peer } = await classic.next('join');
  assert.ok(!('ring' in peer));
  assert.equal(peer.color, '#c8641f');
});

test('the same code a second time, a code of another site, and an unknown code are ordinary arrivals', async (t) => {
  const square = await startLiveSquare(t, { sites: [buildSite()] });
  offer(square);
  const elsewhere = await square.connect('siteKey=site_moss', { origin: 'https://moss.example' });
  assert.equal((await elsewhere.join(hop)).arrival, undefined);
  assert.ok((await (await square.connect()).join(hop)).arrival);
  for (const again of [code, 'B'.repeat(22), 'short', 7]) {
    const hello = await (await square.connect()).join({ ring: 1, x: 0.3, arrival: { code: again, referrer: '' } });
    assert.equal(hello.arrival, undefined);
    assert.equal(hello.x, 0.3);
  }
});

test('a classic client cannot redeem a code', async (t) => {
  const square = await startLiveSquare(t);
  offer(square);
  const hello = await (await square.connect()).join({ arrival: hop.arrival });
  assert.ok(!('arrival' in hello));
  assert.equal(square.ring.arrivals.size, 1);
});

test('while a code is redeemed nothing else is heard, and after a second the visitor arrives without it', async (t) => {
  const square = await startLiveSquare(t);
  offer(square);
  square.ring.beforeRedeem = () => new Promise(() => undefined);
  const client = await square.connect();
  client.send({ type: 'init', displayName: 'Bea', x: 0.3, ...hop });
  client.send({ type: 'init', displayName: 'Eve' });
  client.send({ type: 'move', x: 0.9 });
  await client.expectSilence();
  square.clock.advance(999);
  await client.expectSilence();
  square.clock.advance(1);
  const hello = await client.next('hello');
  assert.equal(hello.displayName, 'Bea');
  assert.equal(hello.x, 0.3);
  assert.equal(hello.arrival, undefined);
  await client.expectSilence();
});

test('a page that closes while its code is redeemed leaves nobody behind', async (t) => {
  const square = await startLiveSquare(t);
  offer(square);
  let answer = (): void => undefined;
  square.ring.beforeRedeem = () => new Promise((resolve) => (answer = resolve));
  const client = await square.connect();
  const other = await square.connect();
  await other.join();
  client.send({ type: 'init', ...hop });
  await client.roundTrip();
  await client.close();
  answer();
  await other.expectSilence();
  assert.equal(square.host.visitorCount('default'), 1);
});

test('a gate is answered with the address and code, the plate goes along, and the visitor leaves toward it', async (t) => {
  const square = await startLiveSquare(t);
  square.ring.passage = () => Promise.resolve({ ok: true, url: 'https://quay.example/', code });
  const onlooker = await square.connect();
  await onlooker.join({ ring: 1 });
  const client = await square.connect();
  await client.join({ ring: 1, displayName: 'Ada', look });
  client.send({ type: 'gate', side: 'left' });
  assert.deepEqual(await client.next('passage'), { type: 'passage', side: 'left', url: 'https://quay.example/', code });
  assert.deepEqual(square.ring.asked, [{ sceneKey: 'default', side: 'left', plate: { name: 'Ada', look } }]);
  await client.close();
  assert.deepEqual(await onlooker.next('leave'), { type: 'leave', id: 2, toward: 'left' });
});

test('a second gate within a second is refused, and a refusal of the ring is passed on', async (t) => {
  const square = await startLiveSquare(t);
  square.ring.passage = () => Promise.resolve({ ok: false, reason: 'closed' });
  const client = await square.connect();
  await client.join({ ring: 1 });
  client.send({ type: 'gate', side: 'left' });
  assert.deepEqual(await client.next('passage'), { type: 'passage', side: 'left', refused: 'closed' });
  square.clock.advance(999);
  client.send({ type: 'gate', side: 'right' });
  assert.deepEqual(await client.next('passage'), { type: 'passage', side: 'right', refused: 'too-fast' });
  square.clock.advance(1);
  client.send({ type: 'gate', side: 'right' });
  assert.deepEqual(await client.next('passage'), { type: 'passage', side: 'right', refused: 'closed' });
  assert.equal(square.ring.asked.length, 2);
});

test('a classic client has no gate, and a refused one leaves with grace as ever', async (t) => {
  const square = await startLiveSquare(t);
  const classic = await square.connect();
  await classic.join();
  classic.send({ type: 'gate', side: 'left' });
  await classic.expectSilence();
  assert.deepEqual(square.ring.asked, []);
  const client = await square.connect();
  await client.join({ ring: 1 });
  await classic.next('join');
  client.send({ type: 'gate', side: 'left' });
  await client.next('passage');
  await client.close();
  await classic.expectSilence();
  square.clock.advance(1_500);
  await classic.next('leave');
});

test('the ring is told when who is here changes, and can sample it: a count, and figures without names', async (t) => {
  const square = await startLiveSquare(t);
  const heard: string[] = [];
  square.host.onRoster((sceneKey) => heard.push(sceneKey));
  const client = await square.connect();
  assert.deepEqual(square.host.presence('default'), { count: 0, figures: [] });
  await client.join({ ring: 1, displayName: 'Ada', look, x: 0.25, beyondHill: false });
  assert.deepEqual(square.host.presence('default'), {
    count: 1,
    figures: [{ visitor: 1, x: 0.25, color: 7, pose: 'stand', walking: false, drawn: false }],
  });
  client.send({ type: 'say', text: 'hello' });
  await settled(client);
  assert.deepEqual(heard, ['default']);
  client.send({ type: 'move', x: 0.5 });
  await settled(client);
  assert.deepEqual(square.ring.touched, ['default', 'default']);
  assert.equal(square.host.presence('default').figures[0]?.walking, true);
  square.clock.advance(600);
  assert.equal(square.ring.touched.length, 3);
});
