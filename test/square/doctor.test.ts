import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examineSquare, type Finding } from '../../src/ring/doctor.ts';
import { startRing } from '../support/ring-of-processes.ts';
import { runCli, runCliJson } from '../support/run-cli.ts';
import { DAY_MS } from '../support/ring-documents.ts';
import { tempDir } from '../support/temp-dir.ts';

const about = (findings: readonly Finding[], subject: string) => findings.find((finding) => finding.about === subject);

test('the doctor finds a healthy square healthy, and says what to do about a sick one', async (context) => {
  const [moss, lantern] = await startRing(context, ['moss', 'lantern']);
  assert.ok(moss !== undefined && lantern !== undefined);
  const env = { DATA_DIR: moss.dataDir, ALLOW_PRIVATE_RING: '1' };
  const healthy = await runCli(moss.dataDir, ['doctor'], env);
  assert.equal(healthy.code, 0, healthy.stdout);
  assert.doesNotMatch(healthy.stdout, /^bad/m);
  for (const subject of ['disk', 'key', 'freshness', 'reachability', 'address', 'link back', 'clock', 'neighbour']) {
    assert.match(healthy.stdout, new RegExp(`^good +${subject}: `, 'm'));
  }

  const examine = async (now: number): Promise<readonly Finding[]> => {
    const outcome = await examineSquare({ dataDir: moss.dataDir, now, allowPrivate: true });
    assert.ok(outcome.ok);
    const { findings } = outcome.json;
    assert.ok(Array.isArray(findings));
    return findings;
  };
  const later = await examine(Date.now() + 4 * DAY_MS);
  assert.match(about(later, 'freshness')?.says ?? '', /^the beat of "Test ring" ran out on/);
  assert.match(about(later, 'freshness')?.remedy ?? '', /ring beat/);
  assert.match(about(later, 'clock')?.says ?? '', /\d+ s ahead of the neighbours/);

  await lantern.process().stop();
  assert.equal(about(await examine(Date.now()), 'neighbour')?.state, 'watch');
  await moss.process().stop();
  const { code, answer } = await runCliJson(moss.dataDir, ['doctor'], env);
  assert.equal(code, 1);
  const findings: unknown = answer['findings'];
  assert.ok(Array.isArray(findings));
  assert.match(JSON.stringify(findings), /"about":"reachability","state":"bad".*see that the square runs/);
});

test('the doctor of a square without a ring says how to come to one', async (context) => {
  const { code, stdout } = await runCli(tempDir(context), ['doctor'], { DATA_DIR: 'data' });
  assert.equal(code, 0);
  assert.match(stdout, /^watch +ring: this square is in no ring\n +→ townring ring create, or townring join$/m);
});
