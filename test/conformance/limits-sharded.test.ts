import assert from 'node:assert/strict';
import test from 'node:test';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { LiveClient } from '../support/live-client.ts';
import { tempDir } from '../support/temp-dir.ts';

const RATE_LIMITED = { code: 1008, reason: 'rate limited' };

test('27, 29: a square with shards keeps the same limits, and its edge refuses who is quarantined', async (t) => {
  const square = await startSquareProcess({
    DATA_DIR: tempDir(t),
    PORT: '0',
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: '0',
    P2P_WS_PORT: '0',
    SHARDS: '2',
    IP_MAX_IDENTITIES: '2',
    IP_SYNC_ACTION_ROUNDS: '1',
  });
  t.after(() => square.stop());
  const connect = (address: string) => LiveClient.connect(square.socket, { headers: { 'x-real-ip': address } });
  const [ada, ben, cy] = [await connect('198.51.100.4'), await connect('198.51.100.4'), await connect('198.51.100.4')];
  await ada.join();
  await ben.join();
  cy.send({ type: 'init' });
  assert.deepEqual(await cy.closed, RATE_LIMITED);
  for (const puppet of [ada, ben]) puppet.send({ type: 'action', action: 'jump' });
  assert.deepEqual(await ada.closed, RATE_LIMITED);
  assert.deepEqual(await ben.closed, RATE_LIMITED);
  const again = await connect('198.51.100.4');
  assert.deepEqual(await again.closed, RATE_LIMITED);
  assert.deepEqual(again.take(), []);
  const metrics = await (await fetch(`${square.url}/metrics`)).text();
  assert.match(metrics, /^square_events_total\{part="realtime",event="socket-refused",reason="rate limited"\} 1$/m);
  const elsewhere = await connect('198.51.100.5');
  assert.equal((await elsewhere.join()).type, 'hello');
  await elsewhere.close();
});
