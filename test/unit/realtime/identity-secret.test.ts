import assert from 'node:assert/strict';
import test from 'node:test';
import { identitySecrets } from '../../../src/realtime/identity-secret.ts';

const key = new Uint8Array(32).fill(7);

test('a browser has the same secret after a restart of its square', () => {
  assert.equal(identitySecrets(key)('default', 'ada'), identitySecrets(Uint8Array.from(key))('default', 'ada'));
  assert.match(identitySecrets(key)('default', 'ada'), /^[0-9a-f]{64}$/);
});

test('another browser, another scene or another square has another secret', () => {
  const secrets = new Set([
    identitySecrets(key)('default', 'ada'),
    identitySecrets(key)('default', 'ben'),
    identitySecrets(key)('site_moss', 'ada'),
    identitySecrets(key)('defaulta', 'da'),
    identitySecrets(new Uint8Array(32).fill(8))('default', 'ada'),
  ]);
  assert.equal(secrets.size, 5);
});
