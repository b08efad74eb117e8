import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RingBirdFrame, ServerFrame } from '../../src/protocol/frames.ts';
import { LiveClient, settled } from '../support/live-client.ts';
import { startLiveSquare } from '../support/live-square.ts';
import { startRing } from '../support/ring-of-processes.ts';

const COMES: RingBirdFrame = { type: 'ringBird', action: 'come', from: 'left', x: 0.4, at: 1_700_000_000_000 };
const GOES: RingBirdFrame = { type: 'ringBird', action: 'go', toward: 'right', at: 1_700_000_030_000 };

test('the bird is seen to come and to go by every ring client, newcomers hear that it is here, classic ones nothing', async (t) => {
  const square = await startLiveSquare(t);
  const classic = await square.connect();
  await classic.join({ browserId: 'classic' });
  const ada = await square.connect();
  await ada.join({ ring: 1, browserId: 'ada' });
  await settled(classic, ada);
  square.ring.birds.show('default', COMES);
  square.ring.birds.show('site_none', COMES);
  assert.deepEqual(await ada.next('ringBird'), COMES);
  const bo = await square.connect();
  await bo.join({ ring: 1, browserId: 'bo' });
  assert.deepEqual(await bo.next('ringBird'), COMES);
  square.ring.birds.show('default', GOES);
  for (const client of [ada, bo]) assert.deepEqual(await client.next('ringBird'), GOES);
  const cy = await square.connect();
  await cy.join({ ring: 1, browserId: 'cy' });
  await settled(classic, ada, bo, cy);
  for (const client of [classic, cy]) assert.ok(!client.take().some(({ type }) => type === 'ringBird'));
});

interface Stay {
  readonly square: number;
  readonly come: Extract<RingBirdFrame, { action: 'come' }>;
  go: Extract<RingBirdFrame, { action: 'go' }> | undefined;
}

test('on three squares the bird is seen at one, then at the next on the side it left by, and never at two', async (t) => {
  const squares = await startRing(t, ['alder', 'birch', 'cedar'], { SHARDS: '0', RING_BIRD_STAY_MS: '1000' });
  const stays: Stay[] = [];
  const seen = Promise.withResolvers<void>();
  let allLookAt = Infinity;
  for (const [square, { socket }] of squares.entries()) {
    const client = await LiveClient.connect(socket);
    t.after(() => client.socket.terminate());
    client.socket.on('message', (data: Buffer) => {
      const frame: ServerFrame = JSON.parse(String(data));
      if (frame.type !== 'ringBird') return;
      // What it did before everybody looked was seen in part.
      if (frame.action === 'come' && frame.at >= allLookAt) stays.push({ square, come: frame, go: undefined });
      else if (frame.action === 'go') for (const stay of stays) if (stay.square === square) stay.go ??= frame;
      if (stays.length === 3) seen.resolve();
    });
    await client.join({ ring: 1, browserId: `browser-${square}` });
  }
  allLookAt = Date.now();
  const guard = setTimeout(() => seen.reject(new Error(`seen only: ${JSON.stringify(stays)}`)), 60_000);
  await seen.promise.finally(() => clearTimeout(guard));
  for (const [index, stay] of stays.slice(0, 2).entries()) {
    const next = stays[index + 1];
    assert.ok(stay.go !== undefined && next !== undefined);
    // Stamped by the squares themselves, which share one clock here.
    assert.ok(stay.go.at <= next.come.at, `${JSON.stringify(stay)} and ${JSON.stringify(next)}`);
    const step = stay.go.toward === 'left' ? 2 : 1;
    assert.equal(next.square, (stay.square + step) % 3);
    assert.equal(next.come.from, stay.go.toward === 'left' ? 'right' : 'left');
  }
});
