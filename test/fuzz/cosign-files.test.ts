/** Proposals go from hand to hand as files: whatever became of one on its way, nothing else is signed than what was proposed. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { decodeDocuments } from '../../federation/documents/document-set.ts';
import { formRing } from '../../scripts/form-ring.ts';
import { rotateKeys } from '../../src/ring/charter-command.ts';
import { cosignProposal } from '../../src/ring/cosign-command.ts';
import { showRing } from '../../src/ring/list-command.ts';
import { writeRingKeys } from '../../src/ring/ring-keys.ts';
import { proposeSuccession } from '../../src/ring/succession-command.ts';
import { fuzzRuns, spoilt } from '../support/fuzzing.ts';
import { seededBytes } from '../support/ring-documents.ts';
import { tempDir } from '../support/temp-dir.ts';

const options = fuzzRuns(150);

/** Five squares: two of them are no majority. Moss and Lantern hold an admin key each. */
async function rig(context: TestContext) {
  const cwd = tempDir(context);
  const squares = ['moss', 'lantern', 'quay', 'fern', 'dell'].map((id) => {
    const dataDir = join(cwd, id);
    mkdirSync(dataDir, { mode: 0o700 });
    const origin = `https://${id}.example`;
    const sites = [{ id, name: `Site ${id}`, entry: `${origin}/` }];
    return { dataDir, origin, addrs: [`/dns4/${id}.example/tcp/4101`], sites };
  });
  const ring = await formRing('Hedgerow', squares);
  writeRingKeys(join(cwd, 'moss'), ring.ringId, { admin: ring.keys.admin1, online: ring.keys.online });
  writeRingKeys(join(cwd, 'lantern'), ring.ringId, { admin: ring.keys.admin2 });
  const contextOf = (id: string) => ({
    dataDir: join(cwd, id),
    now: Date.now(),
    allowPrivate: true,
    ring: undefined,
    isDryRun: false,
    isInstead: false,
  });
  return { cwd, ring, contextOf };
}

const payloadsOf = (bytes: Uint8Array): readonly string[] => {
  const read = decodeDocuments(bytes);
  assert.ok(read.ok);
  return [...read.value.charters, read.value.members, read.value.beat].map(({ payload }) => payload);
};

test('a successor whose file was spoilt is signed as it was proposed or not at all, and nobody goes over', async (t) => {
  const { cwd, ring, contextOf } = await rig(t);
  const file = join(cwd, 'next');
  const random = seededBytes('successor');
  const proposed = await proposeSuccession(contextOf('moss'), { file, isInstead: false, random });
  assert.ok(proposed.ok);
  const genuine = readFileSync(file);
  const handed = join(cwd, 'handed');
  await fc.assert(
    fc.asyncProperty(spoilt(genuine), async (bytes) => {
      writeFileSync(handed, bytes);
      const outcome = await cosignProposal(contextOf('lantern'), handed);
      if (outcome.ok) assert.deepEqual(payloadsOf(readFileSync(handed)), payloadsOf(genuine));
      else assert.deepEqual(readFileSync(handed), Buffer.from(bytes), 'a file that is refused stays as it came');
    }),
    options,
  );
  const shown = await showRing(contextOf('lantern'));
  assert.ok(shown.ok && shown.json['ring'] === ring.ringId);
  writeFileSync(handed, genuine);
  assert.ok((await cosignProposal(contextOf('lantern'), handed)).ok, 'and the one that came whole is signed');
});

test('a next charter whose file was spoilt is what was proposed or nothing', async (t) => {
  const { cwd, contextOf } = await rig(t);
  const file = join(cwd, 'charter');
  const proposal = { ...contextOf('moss'), paper: undefined, proposeTo: file, random: seededBytes('charter') };
  const proposed = await rotateKeys(proposal, { isOnline: true, drop: [] });
  assert.ok(proposed.ok, JSON.stringify(proposed));
  const genuine = readFileSync(file);
  const handed = join(cwd, 'handed');
  const look = async (bytes: Uint8Array): Promise<string | undefined> => {
    writeFileSync(handed, bytes);
    const outcome = await cosignProposal({ ...contextOf('lantern'), isDryRun: true }, handed);
    return outcome.ok ? outcome.lines.join('\n') : undefined;
  };
  const says = await look(genuine);
  assert.match(says ?? '', /Takes in one online key/);
  await fc.assert(
    fc.asyncProperty(spoilt(genuine), async (bytes) => {
      const read = await look(bytes);
      assert.ok(read === undefined || read === says);
    }),
    options,
  );
});
