/** Three real squares, two admins who publish at the same moment, and one of them who then loses the keys. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodePaperKey } from '../../federation/governance/paper-key.ts';
import { rotateKeys } from '../../src/ring/charter-command.ts';
import type { CommandOutcome } from '../../src/ring/command-outcome.ts';
import { changeRing, showRing } from '../../src/ring/list-command.ts';
import { writeRingKeys } from '../../src/ring/ring-keys.ts';
import { startOwnRing, type RingMember } from '../support/ring-of-processes.ts';
import { seededBytes } from '../support/ring-documents.ts';
import { eventually } from '../support/sharded-square.ts';

const WITHIN_MS = 60_000;

const contextOf = ({ dataDir }: RingMember, paper?: string) => ({
  dataDir,
  now: Date.now(),
  allowPrivate: true,
  ring: undefined,
  isDryRun: false,
  paper,
  proposeTo: undefined,
  random: seededBytes(dataDir),
});

const rename = (member: RingMember, name: string): Promise<CommandOutcome> =>
  changeRing(contextOf(member), () => ({ ok: true, value: { kind: 'rename', site: 'cedar', name } }));

const linesOf = (outcome: CommandOutcome): string => (outcome.ok ? outcome.lines : outcome.problems).join('\n');

test('two lists of one version end as one everywhere, the contradiction is kept, and whoever lost does it again', async (t) => {
  const { ring, members } = await startOwnRing(t, ['alder', 'birch', 'cedar'], { SHARDS: '0' });
  const [alder, birch] = members;
  assert.ok(alder !== undefined && birch !== undefined);
  const { admin1, admin2, paper, online } = ring.keys;
  writeRingKeys(alder.dataDir, ring.ringId, { admin: admin1 });
  writeRingKeys(birch.dataDir, ring.ringId, { admin: admin2, online });
  const served = (document: 'members' | 'charter') =>
    Promise.all(
      members.map(async ({ url }) => {
        const answer = await fetch(`${url}/.well-known/townring/${ring.ringId}/${document}.json`);
        return JSON.stringify(await answer.json());
      }),
    );
  const listOf = (envelope: string): { version: number } & Record<string, unknown> =>
    JSON.parse(Buffer.from(String(JSON.parse(envelope).payload), 'base64').toString());
  const untilAll = (what: string, document: 'members' | 'charter', fits: (text: string) => boolean) =>
    eventually(
      what,
      async () => {
        const texts = await served(document);
        return texts.every((text) => text === texts[0] && fits(text));
      },
      WITHIN_MS,
    );

  // Neither hears of the other's list before both are made, however slow this machine is.
  for (const { process } of [alder, birch]) process().kill('SIGSTOP');
  const names = ['Cedar of Alder', 'Cedar of Birch'] as const;
  const both = await Promise.all([rename(alder, names[0]), rename(birch, names[1])]);
  for (const { process } of [alder, birch]) process().kill('SIGCONT');
  for (const outcome of both) assert.match(linesOf(outcome), /^Charter 1, members 2 /m);
  await untilAll('one list everywhere', 'members', (text) => listOf(text).version === 2);
  const [list = ''] = await served('members');
  const winner = JSON.stringify(listOf(list)).includes(names[0]) ? 0 : 1;
  const [won, lost] = winner === 0 ? [alder, birch] : [birch, alder];
  t.diagnostic(`the list of ${won.id} stands`);

  // The square whose list went has both, and its operator is told.
  const kept = await showRing(contextOf(lost));
  assert.ok(kept.ok);
  const { contradictions } = kept.json;
  assert.ok(Array.isArray(contradictions) && contradictions.length === 1);
  const proof = JSON.stringify(contradictions[0]);
  assert.ok(proof.includes(String(JSON.parse(list).payload)), 'the list that stands is in the proof');
  const isTold = () =>
    lost
      .process()
      .lines()
      .some((line) => line.includes('contradict each other'));
  await eventually('the log says so', isTold, WITHIN_MS);
  assert.match(linesOf(await rename(lost, 'Cedar of both')), /^Charter 1, members 3 /m);
  await untilAll('the repair', 'members', (text) => JSON.stringify(listOf(text)).includes('Cedar of both'));

  // Alder's keys are lost, perhaps stolen: Birch and the paper show them out, and what a thief signs counts nowhere.
  const shownOut = { isOnline: false, drop: [admin1.keyid] };
  const rotated = await rotateKeys(contextOf(birch, encodePaperKey(paper)), shownOut);
  assert.match(linesOf(rotated), /^Charter 2, /m);
  await untilAll('the new charter', 'charter', (text) => JSON.parse(text).length === 2);
  assert.match(linesOf(await rename(alder, 'Stolen')), /holds no admin key of the ring/);
  rmSync(join(alder.dataDir, 'ring-keys'), { recursive: true });
  assert.match(linesOf(await rename(birch, 'Cedar')), /^Renames Cedar of both to Cedar/);
  await untilAll('a list of the admin who is left', 'members', (text) =>
    JSON.stringify(listOf(text)).includes('"Cedar"'),
  );
});
