import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys';
import { loadSquareKey } from '../../../federation/node/identity.ts';
import { createPeerKeys, squareOfPublicKey } from '../../../federation/node/peer-keys.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('the first start makes a key that only its owner can read, and every later start finds it', async (context) => {
  const folder = tempDir(context);
  const path = join(folder, 'square.key');
  const first = await loadSquareKey(path);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const again = await loadSquareKey(path);
  assert.equal(again.square, first.square);
  assert.deepEqual(readdirSync(folder), ['square.key'], 'no draft is left');
});

test('two processes that start at once end up with one key', async (context) => {
  const path = join(tempDir(context), 'square.key');
  const keys = await Promise.all(Array.from({ length: 8 }, async () => loadSquareKey(path)));
  assert.equal(new Set(keys.map(({ square }) => square)).size, 1);
});

test('a key that others may read is refused, and left as it is', async (context) => {
  const path = join(tempDir(context), 'square.key');
  await loadSquareKey(path);
  const before = readFileSync(path);
  chmodSync(path, 0o640);
  await assert.rejects(loadSquareKey(path), { name: 'SquareKeyError', code: 'KEY_EXPOSED', message: /chmod 600/ });
  assert.deepEqual(readFileSync(path), before);
});

test('a file that holds no square key is refused and never replaced', async (context) => {
  const folder = tempDir(context);
  const ecdsa = privateKeyToProtobuf(await generateKeyPair('ECDSA'));
  const contents = { empty: '', text: 'not a key', long: 'x'.repeat(2_000), ecdsa };
  for (const [name, content] of Object.entries(contents)) {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    await assert.rejects(loadSquareKey(path), { code: 'KEY_CORRUPT' }, name);
    assert.deepEqual(readFileSync(path), Buffer.from(content));
  }
});

test('a folder that does not exist is a fault, not a new key elsewhere', async (context) => {
  const path = join(tempDir(context), 'missing', 'square.key');
  await assert.rejects(loadSquareKey(path), { code: 'ENOENT' });
  assert.equal(existsSync(path), false);
});

test('what a square signs verifies under its peer id, and under no other', async (context) => {
  const folder = tempDir(context);
  const [one, other] = await Promise.all([loadSquareKey(join(folder, 'a')), loadSquareKey(join(folder, 'b'))]);
  const peerKeys = createPeerKeys();
  const bytes = Buffer.from('who is there');
  const signature = one.sign(bytes);
  assert.equal(squareOfPublicKey(one.publicKey), one.square);
  assert.equal(peerKeys.verify(one.square, bytes, signature), true);
  assert.equal(peerKeys.verify(other.square, bytes, signature), false);
  assert.equal(peerKeys.verify(one.square, Buffer.from('who is here'), signature), false);
  assert.equal(peerKeys.verify(one.square, bytes, signature.subarray(1)), false);
  assert.equal(peerKeys.verify('no peer id', bytes, signature), false);
});
