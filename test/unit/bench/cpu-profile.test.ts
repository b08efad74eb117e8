import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { summarizeProfile } from '../../../scripts/bench/cpu-profile.ts';
import { tempDir } from '../../support/temp-dir.ts';

const frame = (functionName: string, url = '', lineNumber = -1) => ({ functionName, url, lineNumber });

test('a profile is summed up by function, idle time left out', (t) => {
  const file = join(tempDir(t), 'a.cpuprofile');
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('flush', 'file:///x/src/realtime/outbox.ts', 9) },
      { id: 3, callFrame: frame('writeBuffer') },
      { id: 4, callFrame: frame('flush', 'file:///x/src/realtime/outbox.ts', 9) },
    ],
    samples: [1, 2, 3, 3, 4, 9],
    timeDeltas: [1_000, 10, 30, 30, 20, 10],
  };
  writeFileSync(file, JSON.stringify(profile));
  assert.deepEqual(summarizeProfile(file, 2), [
    { where: 'writeBuffer', share: 0.6 },
    { where: 'flush realtime/outbox.ts:10', share: 0.3 },
  ]);
});

test('a file that is no profile is named', (t) => {
  const file = join(tempDir(t), 'b.cpuprofile');
  writeFileSync(file, '{"nodes":[]}');
  assert.throws(() => summarizeProfile(file, 5), /no CPU profile/);
});
