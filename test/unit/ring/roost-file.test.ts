import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog } from '../../../src/log/log.ts';
import { roostFile } from '../../../src/ring/roost-file.ts';
import { tempDir } from '../../support/temp-dir.ts';

const log = createLog('silent');

test('who lets the bird out, and until when, is known after a restart; of another ring nothing', (t) => {
  const path = join(tempDir(t), 'bird.json');
  const first = roostFile(path, log);
  assert.equal(first.read('ring'), undefined, 'this square never ran');
  assert.ok(first.save('ring', { roost: 'square', until: 0 }));
  assert.ok(first.save('ring', { roost: 'square', until: 1_700_000_000_000 }));
  const second = roostFile(path, log);
  assert.deepEqual(second.read('ring'), { roost: 'square', until: 1_700_000_000_000 });
  assert.equal(second.read('other'), undefined);
});

test('a damaged file is no fresh start: somebody else may have let a bird out', (t) => {
  const path = join(tempDir(t), 'bird.json');
  for (const text of ['', '{"ring": {"roost": 7}}', '[1]', 'null', '{"ring": {"roost": "a", "until": 1.5}}']) {
    writeFileSync(path, text);
    const book = roostFile(path, log);
    assert.deepEqual(book.read('ring'), { roost: '', until: 0 }, text);
    assert.ok(book.save('ring', { roost: 'square', until: 5 }));
    assert.deepEqual(roostFile(path, log).read('ring'), { roost: 'square', until: 5 });
  }
});

test('what cannot be saved is not taken for saved', (t) => {
  const folder = tempDir(t);
  const path = join(folder, 'bird.json');
  const book = roostFile(path, log);
  assert.ok(book.save('ring', { roost: 'square', until: 1 }));
  const lost = roostFile(join(folder, 'nowhere', 'bird.json'), log);
  assert.equal(lost.save('ring', { roost: 'square', until: 2 }), false);
  assert.equal(lost.read('ring'), undefined);
  assert.match(readFileSync(path, 'utf8'), /"until": 1/);
});
