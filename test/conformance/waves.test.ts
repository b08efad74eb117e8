import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveClient, settled } from '../support/live-client.ts';
import { startLiveSquare } from '../support/live-square.ts';
import { startRing, type RingMember } from '../support/ring-of-processes.ts';

test('a wave over the hill goes to the ring, one in 5 s of each tab, and never of whom neighbours do not see', async (t) => {
  const square = await startLiveSquare(t);
  const { ring, clock, counted } = square;
  const ada = await square.connect();
  await ada.join({ ring: 1, browserId: 'ada' });
  ada.send({ type: 'wave', side: 'right', h: '0a1b2c3d' });
  ada.send({ type: 'wave', side: 'left' });
  await settled(ada);
  clock.advance(5_000);
  ada.send({ type: 'wave', side: 'left', h: 'not a name' });
  ada.send({ type: 'wave', side: 'up' });
  await settled(ada);
  const waved = [
    { sceneKey: 'default', side: 'right', h: '0a1b2c3d' },
    { sceneKey: 'default', side: 'left', h: undefined },
  ];
  assert.deepEqual(ring.waves, waved);
  assert.ok(counted.includes('wave too-fast'));

  const shy = await square.connect();
  await shy.join({ ring: 1, browserId: 'shy', beyondHill: false });
  const classic = await square.connect();
  await classic.join({ browserId: 'classic' });
  const stranger = await square.connect();
  for (const client of [shy, classic, stranger]) client.send({ type: 'wave', side: 'left' });
  await settled(shy, classic, stranger);
  assert.deepEqual(ring.waves, waved);
  assert.ok(counted.includes('wave unseen'));
});

test('a wave from over the hill is seen by every ring client of its scene, and by no classic one', async (t) => {
  const square = await startLiveSquare(t);
  const classic = await square.connect();
  await classic.join({ browserId: 'classic' });
  const tabs = [await square.connect(), await square.connect()];
  for (const [index, tab] of tabs.entries()) await tab.join({ ring: 1, browserId: `ring-${index}` });
  await settled(classic, ...tabs);
  classic.take();
  square.ring.waveAt('default', { type: 'waved', side: 'left', to: 2 });
  square.ring.waveAt('site_none', { type: 'waved', side: 'right' });
  for (const tab of tabs) assert.deepEqual(await tab.next('waved'), { type: 'waved', side: 'left', to: 2 });
  await classic.expectSilence();
});

async function join(context: Parameters<typeof startRing>[0], { socket }: RingMember, name: string) {
  const client = await LiveClient.connect(socket);
  context.after(() => client.socket.terminate());
  const hello = await client.join({ ring: 1, browserId: `browser-${name}`, displayName: name, x: 0.5 });
  return { client, hello };
}

for (const shards of ['0', '2']) {
  test(`a hand raised at one square is answered from the next, where guests see it too (SHARDS=${shards})`, async (t) => {
    const [alder, birch, cedar] = await startRing(t, ['alder', 'birch', 'cedar'], { SHARDS: shards });
    assert.ok(alder !== undefined && birch !== undefined && cedar !== undefined);
    const { client: ada } = await join(t, alder, 'Ada');
    const { client: bo, hello } = await join(t, birch, 'Bo');
    const { client: cy } = await join(t, cedar, 'Cy');
    cy.send({ type: 'hop', side: 'left' });
    assert.ok('edge' in (await cy.next('hopped')));
    await cy.next('neighbours', ({ left }) => left?.site === 'alder');
    bo.send({ type: 'action', action: 'raise-hand' });
    const { right } = await ada.next('neighbours', (frame) => frame.right?.figures.some(isRaised) === true);
    ada.send({ type: 'wave', side: 'right', h: right?.figures.find(isRaised)?.h });
    const waved = { type: 'waved', side: 'left', to: hello.id };
    assert.deepEqual(await bo.next('waved'), waved);
    assert.deepEqual(await cy.next('waved'), waved);
    // The guest is away from home, and waves to nobody.
    cy.send({ type: 'wave', side: 'left' });
    await settled(cy);
    bo.send({ type: 'wave', side: 'left' });
    assert.deepEqual(await ada.next('waved'), { type: 'waved', side: 'right' });
    await settled(bo, cy);
    assert.ok(![...bo.take(), ...cy.take()].some(({ type }) => type === 'waved'), 'nobody waved back');
  });
}

function isRaised({ pose }: { readonly pose: string }): boolean {
  return pose === 'wave';
}
