import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Batch } from '../../../src/store/batch.ts';

test('what could not be written is kept, all of it, and written the next time', (t) => {
  const db = new DatabaseSync(':memory:');
  t.after(() => db.close());
  db.exec('CREATE TABLE words (word TEXT)');
  const batch = new Batch(db, 60_000, () => undefined);
  t.after(() => batch.stop());
  const pending = ['one'];
  let isDiskFull = true;
  batch.add({
    write() {
      for (const word of pending) db.prepare('INSERT INTO words VALUES (?)').run(word);
    },
    written: () => void pending.splice(0),
  });
  batch.add({
    write() {
      if (isDiskFull) throw new Error('disk full');
    },
    written: () => undefined,
  });
  const words = () =>
    db
      .prepare('SELECT word FROM words')
      .all()
      .map(({ word }) => word);
  batch.flush();
  assert.deepEqual(words(), [], 'nothing changed yet');
  batch.touch();
  assert.throws(() => batch.flush(), /disk full/);
  assert.deepEqual([words(), pending], [[], ['one']], 'taken back as a whole');
  pending.push('two');
  isDiskFull = false;
  batch.flush();
  assert.deepEqual([words(), pending], [['one', 'two'], []]);
  batch.flush();
  assert.deepEqual(words(), ['one', 'two'], 'once');
});
