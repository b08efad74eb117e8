import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { GuestCommand, GuestEvent } from '../../src/ring/ring-port.ts';
import type { FrameStream } from '../../src/lib/frame-stream.ts';
import { settled, type LiveClient } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare } from '../support/live-square.ts';

const gate = { state: 'live', count: 0, figures: [] } as const;
const birch = { site: 'birch', name: 'Birch', url: 'https://birch.example/', square: '12D3birch' };
const here = { site: 'here', name: 'Here', url: 'https://here.example/', square: '12D3here' };

/** Longer than a hop is waited for, shorter than the widget waits for its square (3.2 s). */
const GIVEN_UP_MS = 3_000;

/** A square next to birch, with somebody in it who wants to go there and somebody who looks on. */
async function startBesideBirch(context: TestContext) {
  const square = await startLiveSquare(context);
  const { ring } = square;
  for (const site of [here, birch]) ring.sites.set(site.site, site);
  const { site, name, url } = birch;
  const frame = { type: 'neighbours', ring: { id: 'r', name: 'R' }, left: null, right: { site, name, url, ...gate } };
  ring.show('default', { ...frame, type: 'neighbours' });
  const [ada, bo] = [await square.connect(), await square.connect()];
  const { id, browserSecret: secret } = await ada.join({ ring: 1, browserId: 'ada', displayName: 'Ada', x: 0.5 });
  await bo.join({ ring: 1, browserId: 'bo', displayName: 'Bo', x: 0.2 });
  await settled(ada, bo);
  for (const client of [ada, bo]) client.take();
  return { square, ada, bo, adaId: id, secret };
}

/** What the ring was told of guests, in order. */
function commandsOf(square: LiveSquare, index = 0): GuestCommand[] {
  const commands: GuestCommand[] = [];
  square.ring.visits[index]?.stream.onFrame((frames) => commands.push(...frames));
  return commands;
}

/** From here on the ring says who a site is only once this is resolved. */
function delaySites({ ring }: LiveSquare): PromiseWithResolvers<void> {
  const found = Promise.withResolvers<void>();
  const findSite = ring.findSite.bind(ring);
  ring.findSite = async (sceneKey, site) => {
    await found.promise;
    return findSite(sceneKey, site);
  };
  return found;
}

async function refusalOf(client: LiveClient): Promise<unknown> {
  const hopped = await client.next('hopped');
  return 'refused' in hopped ? hopped.refused : hopped;
}

function answer(stream: FrameStream<readonly GuestEvent[], readonly GuestCommand[]> | undefined, guest: number): void {
  stream?.send([{ kind: 'admitted', guest, edge: 'left', x: 0, visitor: 9 }]);
}

test('a hop without an answer is given up; an admission that comes later takes nobody away', async (context) => {
  const { square, ada, bo } = await startBesideBirch(context);
  ada.send({ type: 'hop', side: 'right' });
  await settled(ada);
  const commands = commandsOf(square);
  await settled(ada);
  const [asked] = commands;
  assert.equal(asked?.kind, 'admit');
  const refusal = refusalOf(ada);
  square.clock.advance(GIVEN_UP_MS);
  assert.equal(await refusal, 'unreachable');
  await settled(ada);
  assert.deepEqual(commands.slice(1), [{ kind: 'leave', guest: asked.guest, toward: null }]);

  answer(square.ring.visits[0]?.stream, asked.guest);
  await settled(ada, bo);
  assert.ok(!ada.take().some(({ type }) => type === 'hopped'), 'they stay where they were told they are');
  assert.ok(!bo.take().some(({ type }) => type === 'leave'));
  ada.send({ type: 'say', text: 'still here' });
  assert.equal((await bo.next('say')).text, 'still here');

  ada.send({ type: 'hop', side: 'right' });
  await settled(ada);
  const again = commands.at(-1);
  assert.equal(again?.kind, 'admit', 'and may ask again');
  answer(square.ring.visits[0]?.stream, again.guest);
  assert.ok('edge' in (await ada.next('hopped')));
  await bo.next('leave');
});

test('a ring that does not even say who the neighbour is, is given up as well', async (context) => {
  const { square, ada, bo } = await startBesideBirch(context);
  const found = delaySites(square);
  ada.send({ type: 'hop', side: 'right' });
  await settled(ada);
  square.clock.advance(1_500);
  ada.send({ type: 'hop', side: 'right' });
  assert.equal(await refusalOf(ada), 'too-fast', 'one at a time');
  square.clock.advance(GIVEN_UP_MS - 1_500);
  assert.equal(await refusalOf(ada), 'unreachable');
  found.resolve();
  await settled(ada, bo);
  assert.equal(square.ring.visits.length, 0, 'nobody is asked on behalf of somebody who was told no');
});

test('two tabs that ask at once bring their visitor there once', async (context) => {
  const { square, ada, secret } = await startBesideBirch(context);
  const other = await square.connect();
  await other.join({ ring: 1, browserId: 'ada', browserSecret: secret, displayName: 'Ada' });
  ada.send({ type: 'hop', side: 'right' });
  await settled(ada);
  const commands = commandsOf(square);
  await settled(ada, other);
  const [asked] = commands;
  assert.equal(asked?.kind, 'admit');
  const found = delaySites(square);
  other.send({ type: 'hop', side: 'right' });
  await settled(other);
  answer(square.ring.visits[0]?.stream, asked.guest);
  await other.next('hopped');
  found.resolve();
  assert.equal(await refusalOf(other), 'too-fast');
  assert.ok(!commands.slice(1).some(({ kind }) => kind === 'admit'));
});

test('whoever has a classic widget in another tab is told that it cannot come along, not that the gate is shut', async (context) => {
  const { square, ada, secret } = await startBesideBirch(context);
  const classic = await square.connect();
  await classic.join({ browserId: 'ada', browserSecret: secret });
  ada.send({ type: 'hop', side: 'right' });
  assert.equal(await refusalOf(ada), 'other-tab');
  for (const type of ['hop', 'gate', 'look', 'wave']) classic.send({ type, side: 'right' });
  await settled(classic);
  assert.deepEqual(classic.take(), [], 'and the classic tab hears nothing of gates at all');
  await classic.close();
  while (square.host.socketCount('default') > 2) await turn();
  square.clock.advance(1_000);
  ada.send({ type: 'hop', side: 'right' });
  await settled(ada);
  assert.equal(square.ring.visits.length, 1, 'without it the way is open');
});

test('a hop that is answered in time is not given up afterwards', async (context) => {
  const { square, ada, adaId, bo } = await startBesideBirch(context);
  ada.send({ type: 'hop', side: 'right' });
  await settled(ada);
  const commands = commandsOf(square);
  await settled(ada);
  const [asked] = commands;
  assert.equal(asked?.kind, 'admit');
  square.clock.advance(2_400);
  answer(square.ring.visits[0]?.stream, asked.guest);
  assert.ok('edge' in (await ada.next('hopped')));
  assert.equal((await bo.next('leave')).id, adaId);
  square.clock.advance(GIVEN_UP_MS);
  await settled(ada, bo);
  assert.deepEqual(ada.take(), []);
  assert.deepEqual(commands.slice(1), []);
});
