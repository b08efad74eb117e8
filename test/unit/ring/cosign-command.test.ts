/** Two keys sign a charter, and they lie on two machines. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { signDocument } from '../../../federation/documents/dsse.ts';
import type { Charter } from '../../../federation/documents/types.ts';
import { encodePaperKey } from '../../../federation/governance/paper-key.ts';
import { formRing } from '../../../scripts/form-ring.ts';
import { addAdmin, prepareAdmin, rotateKeys } from '../../../src/ring/charter-command.ts';
import type { CommandOutcome } from '../../../src/ring/command-outcome.ts';
import { cosignProposal } from '../../../src/ring/cosign-command.ts';
import { installRing } from '../../../src/ring/install-command.ts';
import { changeRing, exportRing, showRing } from '../../../src/ring/list-command.ts';
import { writeRingKeys } from '../../../src/ring/ring-keys.ts';
import { proposeSuccession } from '../../../src/ring/succession-command.ts';
import { seededBytes } from '../../support/ring-documents.ts';
import { tempDir } from '../../support/temp-dir.ts';

function textOf(outcome: CommandOutcome): string {
  return outcome.ok ? outcome.lines.join('\n') : `refused: ${outcome.problems.join('\n')}`;
}

/** Moss has made a ring of three squares and holds its keys but for the paper. */
async function rig(context: TestContext) {
  const cwd = tempDir(context);
  const squares = ['moss', 'lantern', 'quay'].map((id) => {
    const dataDir = join(cwd, id);
    mkdirSync(dataDir, { mode: 0o700 });
    const origin = `https://${id}.example`;
    const sites = [{ id, name: `Site ${id}`, entry: `${origin}/` }];
    return { dataDir, origin, addrs: [`/dns4/${id}.example/tcp/4101`], sites };
  });
  const ring = await formRing('Hedgerow', squares);
  const { admin1, admin2, paper } = ring.keys;
  writeRingKeys(join(cwd, 'moss'), ring.ringId, { admin: admin1, spare: admin2 });
  let bytes = 0;
  const contextOf = (
    id: string,
    { paper: typed = undefined as string | undefined, to = '', isDryRun = false } = {},
  ) => ({
    dataDir: join(cwd, id),
    now: Date.now(),
    allowPrivate: true,
    ring: undefined,
    isDryRun,
    isInstead: false,
    paper: typed,
    proposeTo: to === '' ? undefined : join(cwd, to),
    random: seededBytes(`${id} ${bytes++}`),
  });
  const charterOf = async (id: string): Promise<{ version: number; admins: readonly string[] }> => {
    const shown = await showRing(contextOf(id));
    assert.ok(shown.ok);
    const { version, roles } = Object(shown.json['charter']);
    return { version, admins: roles.admin.keyids };
  };
  return {
    cwd,
    ring,
    paperKey: encodePaperKey(paper),
    contextOf,
    charterOf,
    /** As gossip does it between squares that run. */
    pass: async (from: string, ...to: readonly string[]) => {
      const folder = join(cwd, `from ${from}`);
      await exportRing(contextOf(from), folder);
      for (const id of to) {
        const outcome = await installRing(contextOf(id), { source: folder, ringId: undefined, isSuccession: false });
        assert.ok(outcome.ok, textOf(outcome));
      }
    },
    cosign: (id: string, file: string, isDryRun = false) =>
      cosignProposal(contextOf(id, { isDryRun }), join(cwd, file)),
    tokenOf: async (id: string) => textOf(await prepareAdmin(contextOf(id))),
    rename: (id: string, name: string) =>
      changeRing(contextOf(id), () => ({ ok: true, value: { kind: 'rename', site: 'quay', name } })),
  };
}

test('admins on machines of their own take in a third one, rotate, and replace a lost key without any paper', async (t) => {
  const { ring, paperKey, contextOf, charterOf, pass, cosign, tokenOf, rename, cwd } = await rig(t);
  const first = await addAdmin(contextOf('moss', { paper: paperKey }), await tokenOf('lantern'));
  assert.ok(first.ok, textOf(first));
  await pass('moss', 'lantern', 'quay');

  // The paper is lost: quay takes its place.
  const { keyid } = ring.keys.paper;
  const token = await tokenOf('quay');
  const alone = await addAdmin(contextOf('moss'), token, [keyid]);
  assert.match(textOf(alone), /^refused: one more admin key must sign .*another admin \(--propose FILE, ring cosign\)/);
  const proposed = await addAdmin(contextOf('moss', { to: 'third' }), token, [keyid]);
  const sentence = /Takes in one admin key and takes one admin key out and takes in one online key: nobody's/;
  assert.match(textOf(proposed), sentence);
  assert.match(textOf(proposed), /Signed with 1 of 2 keys\. Hand on to another admin: townring ring cosign .*third/);
  assert.equal((await charterOf('moss')).version, 2, 'a proposal changes nothing');
  assert.match(textOf(await cosign('quay', 'third')), /Signed with 2 of 2 keys\. Hand on/, 'it is no admin yet');
  assert.match(textOf(await cosign('lantern', 'third', true)), sentence);
  const published = textOf(await cosign('lantern', 'third'));
  assert.match(published, sentence);
  assert.match(published, /^Charter 3, /m);
  await pass('lantern', 'moss', 'quay');
  assert.match(textOf(await rename('quay', 'The Quay')), /^Renames Site quay to The Quay/);
  await pass('quay', 'moss', 'lantern');

  const rotated = await rotateKeys(contextOf('lantern', { to: 'online' }), { isOnline: true, drop: [] });
  assert.match(textOf(rotated), /^Takes in one online key and takes one online key out: nobody's/);
  assert.match(textOf(await cosign('moss', 'online')), /^Charter 4, /m);
  await pass('moss', 'lantern', 'quay');

  // Quay's disk is gone; the two others give its new keys the place of the lost ones.
  const { admins } = await charterOf('moss');
  const lost = admins.at(-1) ?? '';
  rmSync(join(cwd, 'quay', 'ring-keys'), { recursive: true });
  assert.match(textOf(await rename('quay', 'Quay')), /holds no admin key/);
  await addAdmin(contextOf('moss', { to: 'lost' }), await tokenOf('quay'), [lost.slice(0, 12)]);
  assert.match(textOf(await cosign('lantern', 'lost')), /^Charter 5, /m);
  await pass('lantern', 'moss', 'quay');
  assert.match(textOf(await rename('quay', 'Quay')), /^Renames The Quay to Quay/);
});

test('with as many keys left as a charter takes none can be dropped, with fewer the squares go on themselves', async (t) => {
  const { ring, paperKey, contextOf, pass, tokenOf, cosign, cwd } = await rig(t);
  await addAdmin(contextOf('moss', { paper: paperKey }), await tokenOf('lantern'));
  await pass('moss', 'lantern', 'quay');
  const { keyid } = ring.keys.paper;
  const admins = ring.keys.admin1.keyid;
  const brittle = await rotateKeys(contextOf('lantern', { to: 'brittle' }), { isOnline: false, drop: [keyid, admins] });
  assert.match(textOf(brittle), /^refused: every square would refuse this charter: (no-spare-key|bad-document)/);
  // The paper burnt, and Moss with its keys is gone: Lantern's signature alone changes nothing.
  const stuck = await rotateKeys(contextOf('lantern'), { isOnline: false, drop: [] });
  assert.match(textOf(stuck), /^refused: one more admin key must sign for the present charter/);
  const succession = { file: join(cwd, 'next'), isInstead: false, random: seededBytes('next') };
  assert.match(textOf(await proposeSuccession(contextOf('lantern'), succession)), /Signed by 1 of 3 squares/);
  assert.match(textOf(await cosign('quay', 'next')), /Signed by 2 of 3 squares: this square has gone over/);
});

test('a proposal that is forged, altered, old or somebody else’s is refused, and the list stays as it is', async (t) => {
  const { ring, paperKey, contextOf, charterOf, pass, cosign, tokenOf, cwd } = await rig(t);
  await addAdmin(contextOf('moss', { paper: paperKey }), await tokenOf('lantern'));
  await pass('moss', 'lantern', 'quay');
  await rotateKeys(contextOf('moss', { to: 'good' }), { isOnline: true, drop: [] });
  const good: { charters: { type: string; payload: string; signatures: unknown[] }[] } = JSON.parse(
    readFileSync(join(cwd, 'good'), 'utf8'),
  );
  const last = good.charters.at(-1);
  assert.ok(last !== undefined);
  const charter: Charter = JSON.parse(Buffer.from(last.payload, 'base64').toString());
  const put = (envelope: object | undefined, chain: readonly object[] = good.charters.slice(0, -1)) => {
    const charters = envelope === undefined ? chain : [...chain, envelope];
    writeFileSync(join(cwd, 'bad'), JSON.stringify({ ...good, charters }));
  };
  const stolen = { ...charter, roles: { ...charter.roles, admin: { ...charter.roles.admin, threshold: 1 } } };
  const refusals: readonly (readonly [object | undefined, RegExp, (readonly object[])?])[] = [
    [undefined, /not for the charter after version 2/],
    [last, /not for the charter after version 2/, [...good.charters]],
    [{ ...last, payload: Buffer.from(JSON.stringify(stolen)).toString('base64') }, /a signature does not hold/],
    [signDocument('charter', charter, [ring.keys.online]), /no admin of the ring has signed/],
    [signDocument('members', charter, [ring.keys.admin1]), /damaged/],
    [signDocument('charter', { ...charter, version: 9 }, [ring.keys.admin1]), /every square would refuse .*wrong-prev/],
    [signDocument('charter', { ...charter, follows: 'f'.repeat(64) }, [ring.keys.admin1]), /wrong-prev/],
    [signDocument('charter', { charter }, [ring.keys.admin1]), /is no charter/],
    [signDocument('charter', charter, [ring.keys.admin1, ring.keys.admin2]), /a signature does not hold/],
  ];
  for (const [envelope, line, chain] of refusals) {
    put(envelope, chain);
    assert.match(textOf(await cosign('lantern', 'bad')), line);
  }
  put(signDocument('charter', { ...stolen, name: 'Mine' }, [ring.keys.admin1]));
  const shown = textOf(await cosign('lantern', 'bad', true));
  assert.match(shown, /has 1 admins sign a charter and names the ring "Mine"/, 'what changes is said, all of it');
  assert.match(textOf(await cosign('quay', 'good')), /^refused: this square holds no admin key that could sign it/);
  assert.equal((await charterOf('lantern')).version, 2);

  assert.match(textOf(await cosign('lantern', 'good')), /^Charter 3, /m);
  assert.match(textOf(await cosign('lantern', 'good')), /not for the charter after version 3/, 'once is enough');
});
