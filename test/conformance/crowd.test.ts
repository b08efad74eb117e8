/** A full scene on real sockets: what is gathered, what is thinned, and that nobody hears anything out of order. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { GATHER_MAX_MS } from '../../src/realtime/write-pace.ts';
import { settled, type LiveClient } from '../support/live-client.ts';
import { startLiveSquare, type LiveSquare } from '../support/live-square.ts';

const CROWD = 40;

/** Everybody has joined and the scene has used up what it may write at once: a `typing` waits. Time stands still. */
async function tiredCrowd(square: LiveSquare): Promise<LiveClient[]> {
  const clients: LiveClient[] = [];
  for (let index = 0; index < CROWD; index += 1) {
    const client = await square.connect();
    await client.join({ x: 0.5, browserId: `crowd${index}` });
    clients.push(client);
  }
  await settled(...clients);
  square.clock.advance(1_000);
  const [talker, listener] = clients;
  if (talker === undefined || listener === undefined) throw new Error('a crowd has two');
  const type = async (isTyping: boolean): Promise<boolean> => {
    talker.send({ type: 'typing', typing: isTyping });
    await settled(talker, listener);
    return listener.take().length > 0;
  };
  let isTyping = true;
  while (await type(isTyping)) isTyping = !isTyping;
  await settled(...clients);
  for (const client of clients) client.take();
  return clients;
}

/** What a client heard since the last take, but for what tired the crowd: positions of moves, types of others. */
function heard(client: LiveClient): (number | string)[] {
  const frames = client.take().filter(({ type }) => type !== 'typing');
  return frames.map((frame) => (frame.type === 'move' ? frame.x : frame.type));
}

test('15: in a crowd steps are gathered for 50 ms at most, in order, and the walker hears none of their own', async (t) => {
  const square = await startLiveSquare(t);
  const [ada, bob, cy] = await tiredCrowd(square);
  if (ada === undefined || bob === undefined || cy === undefined) throw new Error('a crowd has three');
  ada.send({ type: 'move', x: 0.4 });
  await ada.roundTrip();
  bob.send({ type: 'move', x: 0.6 });
  await bob.roundTrip();
  await settled(ada, bob, cy);
  assert.deepEqual([ada.take(), bob.take(), cy.take()], [[], [], []]);
  square.clock.advance(GATHER_MAX_MS);
  await settled(ada, bob, cy);
  assert.deepEqual(heard(ada), [0.6]);
  assert.deepEqual(heard(bob), [0.4]);
  assert.deepEqual(heard(cy), [0.4, 0.6]);
});

test('10: who joins a crowd while it gathers hears the hello first, and nothing that the hello knew', async (t) => {
  const square = await startLiveSquare(t);
  const [ada, bob] = await tiredCrowd(square);
  if (ada === undefined || bob === undefined) throw new Error('a crowd has two');
  ada.send({ type: 'move', x: 0.4 });
  await ada.roundTrip();
  const late = await square.connect();
  late.send({ type: 'init', x: 0.7 });
  await late.roundTrip();
  bob.send({ type: 'move', x: 0.6 });
  await bob.roundTrip();
  square.clock.advance(GATHER_MAX_MS);
  await settled(late, ada, bob);
  const hello = await late.next('hello');
  assert.ok(hello.peers.some(({ x }) => x === 0.4));
  assert.deepEqual(
    late.take().map((frame) => (frame.type === 'move' ? frame.x : frame.type)),
    [0.6],
  );
  assert.deepEqual(heard(ada), ['join', 0.6]);
});

test('a crowd that comes to an end has told everything before it closes', async (t) => {
  const square = await startLiveSquare(t);
  const [ada, bob] = await tiredCrowd(square);
  if (ada === undefined || bob === undefined) throw new Error('a crowd has two');
  ada.send({ type: 'move', x: 0.4 });
  await ada.roundTrip();
  const stopped = square.host.stop();
  assert.equal((await bob.closed).code, 1001);
  assert.deepEqual(heard(bob), [0.4]);
  square.clock.advance(1_000);
  await stopped;
});
