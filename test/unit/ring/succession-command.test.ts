/** A ring that lost its admins, as the commands of its squares go on with it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { formRing } from '../../../scripts/form-ring.ts';
import type { CommandOutcome } from '../../../src/ring/command-outcome.ts';
import { cosignProposal } from '../../../src/ring/cosign-command.ts';
import { installRing } from '../../../src/ring/install-command.ts';
import { changeRing, exportRing, showRing } from '../../../src/ring/list-command.ts';
import { writeRingKeys } from '../../../src/ring/ring-keys.ts';
import { proposeSuccession } from '../../../src/ring/succession-command.ts';
import { DAY_MS, seededBytes } from '../../support/ring-documents.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NAMES = ['moss', 'lantern', 'quay'] as const;

/** Three squares in a ring whose admin keys nobody has, and a command line at each. */
async function orphaned(context: TestContext, names: readonly string[] = NAMES) {
  const cwd = tempDir(context);
  const squares = names.map((id) => {
    const dataDir = join(cwd, id);
    mkdirSync(dataDir, { mode: 0o700 });
    const origin = `https://${id}.example`;
    const name = `Site ${id}`;
    return { dataDir, origin, addrs: [`/dns4/${id}.example/tcp/4101`], sites: [{ id, name, entry: `${origin}/` }] };
  });
  const ring = await formRing('Hedgerow', squares);
  const contextOf = (id: string, isDryRun = false) => ({
    dataDir: join(cwd, id),
    now: Date.now(),
    allowPrivate: true,
    ring: undefined,
    isDryRun,
  });
  const file = join(cwd, 'next.json');
  return {
    cwd,
    ring,
    file,
    contextOf,
    succeed: (id: string, { to = file, isDryRun = false, isInstead = false } = {}) =>
      proposeSuccession(contextOf(id, isDryRun), { file: to, isInstead, random: seededBytes(`${id} ${to}`) }),
    cosign: (id: string, { of = file, isDryRun = false, isInstead = false } = {}) =>
      cosignProposal({ ...contextOf(id, isDryRun), isInstead }, of),
    install: (id: string, source: string, isSuccession = false) =>
      installRing(contextOf(id), { source, ringId: undefined, isSuccession }),
    ringOf: async (id: string) => jsonOf(await showRing(contextOf(id)))['ring'],
  };
}

function textOf(outcome: CommandOutcome): string {
  return outcome.ok ? outcome.lines.join('\n') : `refused: ${outcome.problems.join('\n')}`;
}

function jsonOf(outcome: CommandOutcome): Readonly<Record<string, unknown>> {
  assert.ok(outcome.ok, textOf(outcome));
  return outcome.json;
}

describe('townring ring succeed and cosign', () => {
  it('go from square to square until more than half have signed; then the ring goes on, also for who was only shown', async (t) => {
    const { succeed, cosign, install, ringOf, contextOf, file, ring, cwd } = await orphaned(t);
    const dry = textOf(await succeed('moss', { isDryRun: true }));
    assert.match(
      dry,
      /^"Hedgerow" goes on with its 3 squares, under new keys that this square signed: nobody's neighbours change\.\nDry run/,
    );
    assert.equal(existsSync(file), false);

    const proposed = textOf(await succeed('moss'));
    assert.match(proposed, /Signed by 1 of 3 squares, 2 are needed\. Hand on: townring ring cosign .*next\.json/);
    assert.match(proposed, /^Paper key +\S+$/m);
    assert.match(textOf(await succeed('moss')), /^refused: .* has signed another successor/);
    assert.match(textOf(await succeed('moss', { isInstead: true })), /^refused: .* is there already/);
    assert.equal(await ringOf('moss'), ring.ringId, 'one of three changes nothing');

    const read = textOf(await cosign('lantern', { isDryRun: true }));
    assert.match(read, /under new keys that Site moss signed: nobody's neighbours change/);
    const signed = jsonOf(await cosign('lantern'));
    assert.deepEqual([signed['signed'], signed['needed'], signed['isTaken']], [2, 2, true]);
    const next = signed['ring'];
    assert.equal(await ringOf('lantern'), next);

    await exportRing(contextOf('lantern'), join(cwd, 'ring'));
    for (const square of ['moss', 'quay']) {
      assert.match(textOf(await install(square, join(cwd, 'ring'))), /^Installed "Hedgerow" version 1, 3 squares/);
      assert.equal(await ringOf(square), next);
    }
    const rename = { kind: 'rename', site: 'quay', name: 'The Quay' } as const;
    const renamed = await changeRing(contextOf('moss'), () => ({ ok: true, value: rename }));
    assert.match(textOf(renamed), /^Renames Site quay to The Quay/, 'who proposed it keeps it');
    assert.match(textOf(await cosign('quay')), /^refused: .*gone over already/);
  });

  it('refuse whoever has nothing to say, and every file that is no proposal, and change nothing', async (t) => {
    const { succeed, cosign, ringOf, file, ring, cwd } = await orphaned(t);
    const stranger = await orphaned(t, ['thicket']);
    assert.match(textOf(await cosign('moss')), /is not there: is this what/);
    for (const text of ['', '{', '[]', '{"charters":[]}', '"x"', 'x'.repeat(4_000_000)]) {
      writeFileSync(file, text);
      assert.match(textOf(await cosign('moss')), /^refused: .*(is not a proposal|is too large)/);
    }
    const other = join(cwd, 'moss.json');
    await succeed('moss', { to: other });
    assert.match(textOf(await stranger.cosign('thicket', { of: other })), /for no ring of this square/);

    const proposal: { charters: { signatures: { keyid: string; sig: string }[] }[] } = JSON.parse(
      readFileSync(other, 'utf8'),
    );
    const [first] = proposal.charters;
    assert.ok(first !== undefined);
    first.signatures = first.signatures.map(({ keyid, sig }) => ({ keyid, sig: sig.replace(/^..../, 'AAAA') }));
    writeFileSync(file, JSON.stringify(proposal));
    assert.match(textOf(await cosign('lantern')), /a signature does not hold/);

    await succeed('lantern', { to: join(cwd, 'lantern.json') });
    const second = textOf(await cosign('lantern', { of: other }));
    assert.match(second, /has signed another successor \([0-9a-f]{12}\): only when that is given up, --instead/);
    assert.equal(await ringOf('quay'), ring.ringId);
    assert.match(textOf(await cosign('lantern', { of: other, isInstead: true })), /Signed by 2 of 3 squares/);
  });

  it('leave a ring alone that is not lost, and let an operator go over on their own word', async (t) => {
    const { succeed, install, ringOf, file, ring, cwd } = await orphaned(t);
    const { admin1, paper } = ring.keys;
    writeRingKeys(join(cwd, 'quay'), ring.ringId, { admin: admin1, spare: paper });
    assert.match(textOf(await succeed('quay')), /^refused: the ring is not lost/);

    const { ring: next } = jsonOf(await succeed('moss'));
    const { charters, members, beat }: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
    const folder = join(cwd, 'ring');
    mkdirSync(folder);
    for (const [name, value] of Object.entries({ charter: charters, members, beat })) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(value));
    }
    assert.match(textOf(await install('quay', folder)), /^refused: .*fewer than half .*\(no-majority\)/);
    assert.equal(await ringOf('quay'), ring.ringId);
    assert.match(textOf(await install('quay', folder, true)), /^Installed/);
    assert.equal(await ringOf('quay'), next);
  });

  it('have a beat that ran out while people gathered renewed by the one who proposed it', async (t) => {
    const { succeed, file, contextOf, ringOf } = await orphaned(t);
    const { ring: next } = jsonOf(await succeed('moss'));
    const later = (id: string) => ({ ...contextOf(id), now: Date.now() + 5 * DAY_MS, isInstead: false });
    assert.match(textOf(await cosignProposal(later('lantern'), file)), /beat has run out meanwhile: have the one who/);
    assert.equal(jsonOf(await cosignProposal(later('moss'), file))['isTaken'], true);
    assert.equal(await ringOf('moss'), next);
  });
});
