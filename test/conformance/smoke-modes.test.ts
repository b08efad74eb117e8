/** The special runs of the classic project's smoke test, each with its environment (wire protocol section 15). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSocket, visit } from '../support/classic-client.ts';
import { startClassically } from '../support/classic-start.ts';

const OUT = { code: 1008, reason: 'rate limited' };

test('15 IP limits: identities, joins, state events and lines of one address end as its environment says', async (t) => {
  const { url } = await startClassically(t, {
    SHARDS: '0',
    MIN_HUMAN_SAY_MS: '0',
    IP_MAX_IDENTITIES: '2',
    IP_JOIN_LIMIT: '2',
    IP_STATE_EVENT_LIMIT: '3',
    IP_CHAT_EVENT_LIMIT: '2',
  });
  const from = (ip: string) => ({ url, ip });
  const first = await visit(from('203.0.113.1'), { browserId: 'a' });
  await visit(from('203.0.113.1'), { browserId: 'b' });
  const third = await openSocket(from('203.0.113.1'));
  third.send({ type: 'init', browserId: 'c' });
  assert.deepEqual(await third.closed, OUT);
  const tab = await visit(from('203.0.113.1'), { browserId: 'a', browserSecret: first.hello.browserSecret });
  assert.equal(tab.hello.id, first.hello.id, 'a further tab is no further identity');

  for (let visits = 0; visits < 2; visits += 1) {
    const { client } = await visit(from('203.0.113.2'), {});
    await client.close();
  }
  const again = await openSocket(from('203.0.113.2'));
  again.send({ type: 'init' });
  assert.deepEqual(await again.closed, OUT, 'a third join');

  const walker = await visit(from('203.0.113.3'), { browserId: 'walker', x: 0.5 });
  for (const name of ['one', 'two', 'three', 'four']) {
    walker.client.send({ type: 'profile', displayName: name, color: '#3f7f63' });
  }
  assert.deepEqual(await walker.client.closed, OUT);
  const talker = await visit(from('203.0.113.4'), { browserId: 'talker' });
  for (let line = 0; line < 3; line += 1) {
    talker.client.send({ type: 'say', text: `line ${line}` });
    await new Promise((resolve) => setTimeout(resolve, 510));
  }
  assert.deepEqual(await talker.client.closed, OUT);
});

test('15 IP quarantine: two who act in lock-step are out, and stay out', async (t) => {
  const { url } = await startClassically(t, { SHARDS: '0', IP_MAX_IDENTITIES: '2', IP_SYNC_ACTION_ROUNDS: '2' });
  const from = { url, ip: '203.0.113.5' };
  const pair = [await visit(from, { browserId: 'a' }), await visit(from, { browserId: 'b' })];
  const bystander = await visit({ url, ip: '203.0.113.6' }, { browserId: 'c' });
  for (let round = 0; round < 2; round += 1) {
    for (const { client } of pair) client.send({ type: 'action', action: 'jump' });
    await new Promise((resolve) => setTimeout(resolve, 650));
  }
  for (const { client } of pair) assert.deepEqual(await client.closed, OUT);
  const back = await openSocket(from);
  assert.deepEqual(await back.closed, OUT);
  await bystander.client.roundTrip();
});

test('15 inactivity: who does nothing is sent away by the times of the environment', async (t) => {
  const { url } = await startClassically(t, {
    SHARDS: '0',
    INACTIVE_DISCONNECT_MS: '600',
    INACTIVE_CHECK_INTERVAL_MS: '100',
  });
  const { client } = await visit({ url }, { browserId: 'idle' });
  assert.deepEqual(await client.closed, { code: 4001, reason: 'inactive' });
});
