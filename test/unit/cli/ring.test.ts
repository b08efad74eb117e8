import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { decodePaperKey } from '../../../federation/governance/paper-key.ts';
import { helpOf } from '../../../src/cli/help.ts';
import { COMMANDS } from '../../../src/cli/main.ts';
import { trustedStateStore } from '../../../src/ring/trusted-state-store.ts';
import { openStore } from '../../../src/store/store.ts';
import { runCli, runCliJson } from '../../support/run-cli.ts';
import { squareId } from '../../support/ring-documents.ts';
import { tempDir } from '../../support/temp-dir.ts';

const memberOf = (id: string, square = squareId(id)): string[] => [
  '--square',
  square,
  '--origin',
  `https://square.${id}.example`,
  '--addr',
  `/dns4/square.${id}.example/tcp/4101`,
  '--site',
  `${id},Site ${id},https://${id}.example/`,
];
const create = (...member: string[]): string[] => ['ring', 'create', '--name', 'Hedgerow', ...member];

/** A square that has made a ring of its own, and an exported folder of it. */
async function squareWithRing(context: TestContext, ...member: string[]) {
  const cwd = tempDir(context);
  const env = { DATA_DIR: join(cwd, 'data'), ALLOW_PRIVATE_RING: '1' };
  const made = await runCliJson(cwd, create(...(member.length > 0 ? member : memberOf('moss').slice(2))), env);
  assert.equal(made.code, 0, JSON.stringify(made.answer));
  await runCli(cwd, ['ring', 'export', 'ring'], env);
  return { cwd, env, ringId: String(made.answer['ring']), paperKey: String(made.answer['paperKey']) };
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Serves the public files of a ring folder as a square does. */
async function serveRing(
  context: TestContext,
  dir: string,
  rings: readonly { id: string; name: string }[],
): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const about = url === '/.well-known/townring.json' ? JSON.stringify({ square: 'x', rings }) : undefined;
    const [, id, name] = /^\/\.well-known\/townring\/([0-9a-f]{64})\/(charter|members|beat)\.json$/.exec(url) ?? [];
    const isOurs = rings.some((ring) => ring.id === id);
    const body = about ?? (isOurs ? readFileSync(join(dir, `${name}.json`)) : undefined);
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}`;
}

describe('townring', () => {
  it('explains itself', async (context) => {
    const { code, stdout } = await runCli(tempDir(context), ['--help']);
    assert.equal(code, 0);
    for (const { name, summary } of COMMANDS)
      assert.ok(
        stdout.split('\n').some((line) => line.startsWith(`  ${name} `) && line.endsWith(` ${summary}`)),
        name,
      );
  });

  it('explains each command', async (context) => {
    const { code, stdout } = await runCli(tempDir(context), ['ring', 'install', '--help']);
    assert.equal(code, 0);
    assert.ok(stdout.startsWith('townring ring install: put verified ring documents into this square\n'));
    for (const command of COMMANDS) {
      const help = helpOf(command);
      for (const option of Object.keys(command.options))
        assert.ok(help.includes(`--${option}`), `${command.name} ${option}`);
      for (const line of help.split('\n')) assert.ok(line.length <= 120, line);
    }
  });

  const misuse: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown command', ['ring', 'burn'], /no command "ring burn"/],
    ['an unknown option', ['ring', 'show', '--dri', 'x'], /Unknown option '--dri'/],
    ['a missing option', create(), /--origin is missing/],
    ['a missing word', ['ring', 'install'], /a word is missing/],
    ['a word too many', ['ring', 'show', 'y'], /"y" is one word too many/],
    ['an option without its value', ['ring', 'show', '--ring'], /--ring/],
    ['a move to nowhere', ['ring', 'move', 'moss'], /either --to/],
    ['a move to two places', ['ring', 'move', 'moss', '--to', '1', '--origin', 'https://x.example'], /either --to/],
    ['an entry that is none', ['ring', 'move', 'moss', '--entry', 'https://x.example'], /SITE,URL/],
    ['a site that is none', create(...memberOf('moss').slice(0, -1), 'moss'), /ID,NAME,URL/],
    [
      'no address',
      create(...memberOf('moss').filter((word) => word !== '--addr' && !word.startsWith('/dns4'))),
      /--addr is missing/,
    ],
  ];
  for (const [what, args, line] of misuse) {
    it(`answers ${what} with one line and exit code 2`, async (context) => {
      const run = await runCli(tempDir(context), args);
      assert.equal(run.code, 2);
      assert.match(run.stderr, line);
      assert.equal(run.stderr.trimEnd().split('\n').length, 1);
      assert.equal(run.stdout, '');
    });
  }

  it('says all problems of the settings at once, with exit code 2', async (context) => {
    const run = await runCli(tempDir(context), ['key'], { PORT: 'high', LOG_LEVEL: 'loud' });
    assert.equal(run.code, 2);
    assert.match(run.stderr, /PORT.*\n.*LOG_LEVEL/);
  });
});

describe('townring ring create', () => {
  it('puts the ring into the square, with its keys for nobody else to read', async (context) => {
    const { cwd, env, ringId } = await squareWithRing(context);
    const dir = join(env.DATA_DIR, 'ring-keys', ringId);
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    const keys = filesUnder(dir);
    assert.deepEqual(keys.map((file) => basename(file).split('-')[0] ?? '').toSorted(), ['admin', 'online', 'spare']);
    for (const file of keys) assert.equal(statSync(file).mode & 0o777, 0o600);
    const { answer } = await runCliJson(cwd, ['ring', 'show'], env);
    assert.equal(answer['ring'], ringId);
    assert.deepEqual(answer['holds'], ['admin', 'online']);
    const { answer: own } = await runCliJson(cwd, ['key'], env);
    assert.equal(Object(answer['list'])[0].square, own['square']);
  });

  it('prints the paper key once and writes it nowhere', async (context) => {
    const cwd = tempDir(context);
    const { stdout } = await runCli(cwd, create(...memberOf('moss')), { DATA_DIR: 'data' });
    const [, letters] = /^Paper key +(\S+)$/m.exec(stdout) ?? [];
    const paper = decodePaperKey(letters ?? '');
    assert.ok(paper !== undefined && letters !== undefined);
    assert.equal(stdout.split(letters).length, 2);
    const shown = await runCli(cwd, ['ring', 'show'], { DATA_DIR: 'data' });
    assert.ok(shown.stdout.includes(paper.keyid), 'the charter knows it');
    const seed = Buffer.from(paper.seed);
    for (const file of filesUnder(cwd)) {
      const bytes = readFileSync(file);
      for (const form of [seed, seed.toString('base64'), seed.toString('hex'), letters]) {
        assert.equal(bytes.includes(form), false, file);
      }
    }
  });

  it('says on a dry run what it would do, and writes no key', async (context) => {
    const cwd = tempDir(context);
    const { answer } = await runCliJson(cwd, create(...memberOf('moss'), '--dry-run'), { DATA_DIR: 'data' });
    assert.match(String(answer['change']), /^Makes the ring "Hedgerow" with 12D3KooW\w+ as its only square\.$/);
    assert.equal(answer['paperKey'], undefined);
    assert.equal(existsSync(join(cwd, 'data', 'ring-keys')), false);
  });

  it('names everything that is wrong with a member, and writes nothing', async (context) => {
    const cwd = tempDir(context);
    const { code, answer } = await runCliJson(
      cwd,
      [
        ...create('--square', 'me', '--origin', 'http://x.example', '--addr', 'here'),
        '--site',
        'A B,,http://x.example/',
      ],
      { DATA_DIR: 'data' },
    );
    assert.equal(code, 1);
    assert.equal(answer['ok'], false);
    const { problems } = answer;
    assert.ok(Array.isArray(problems));
    assert.deepEqual(
      problems.map((line) => String(line).split(':')[0]),
      ['square', 'origin', 'addr', 'site', 'site "A B"', 'site "A B"'],
    );
    assert.equal(existsSync(join(cwd, 'data', 'ring-keys')), false);
  });

  it('takes loopback pages only in development', async (context) => {
    const cwd = tempDir(context);
    const local = memberOf('moss').map((word) =>
      word.replace('https://', 'http://').replace('moss.example/', 'localhost/'),
    );
    local[3] = 'http://127.0.0.1:8787';
    const env = { DATA_DIR: 'data' };
    assert.equal((await runCli(cwd, create(...local), env)).code, 1);
    assert.equal((await runCli(cwd, create(...local), { ...env, ALLOW_PRIVATE_RING: '1' })).code, 0);
  });
});

describe('the commands of an admin', () => {
  it('say on a dry run what changes for whom, do it, and take it back', async (context) => {
    const { cwd, env } = await squareWithRing(context);
    const dry = await runCliJson(cwd, ['ring', 'add', ...memberOf('lantern'), '--dry-run'], env);
    assert.equal(dry.answer['change'], 'Adds Site lantern: Site moss gets a new neighbour.');
    assert.equal(dry.answer['isDryRun'], true);
    assert.equal(Object((await runCliJson(cwd, ['ring', 'show'], env)).answer['members']).version, 1);

    const added = await runCliJson(cwd, ['ring', 'add', ...memberOf('lantern')], env);
    assert.deepEqual([added.answer['change'], added.answer['members']], [dry.answer['change'], 2]);
    const undone = await runCliJson(cwd, ['ring', 'undo'], env);
    assert.equal(undone.answer['change'], 'Takes out Site lantern: Site moss gets a new neighbour.');
    const again = await runCli(cwd, ['ring', 'undo'], env);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /no change of this square/);
  });

  it('refuse what is not there, and what has no key here', async (context) => {
    const { cwd, env, ringId } = await squareWithRing(context);
    const refusals: readonly (readonly [readonly string[], RegExp])[] = [
      [['ring', 'revoke', 'quay'], /no square and no site "quay"/],
      [['ring', 'revoke', 'moss'], /never empty/],
      [['ring', 'rename', 'quay', 'The Quay'], /has no quay/],
      [['ring', 'move', 'moss', '--to', '2'], /places 1 to 1/],
      [['ring', 'show', '--ring', 'Thicket'], /in no ring "Thicket"/],
      [['ring', 'add-admin', 'abc'], /not what "townring key --admin" prints/],
      [['ring', 'rotate', '--drop', 'ffffffff'], /has no key/],
    ];
    for (const [args, line] of refusals) {
      const { code, stderr } = await runCli(cwd, args, env);
      assert.equal(code, 1);
      assert.match(stderr, line);
    }
    rmSync(join(env.DATA_DIR, 'ring-keys', ringId), { recursive: true });
    const keyless = await runCli(cwd, ['ring', 'rename', 'moss', 'Moss'], env);
    assert.match(keyless.stderr, /holds no admin key of the ring "Hedgerow": only its admins/);
  });

  it('refuse keys that others can read', async (context) => {
    const { cwd, env, ringId } = await squareWithRing(context);
    const [key] = filesUnder(join(env.DATA_DIR, 'ring-keys', ringId));
    chmodSync(key ?? '', 0o644);
    const { code, stderr } = await runCli(cwd, ['ring', 'rename', 'moss', 'Moss'], env);
    assert.equal(code, 1);
    assert.match(stderr, /can be read by other users \(mode 644\)/);
  });

  it('take in a second admin with the paper key, who survives the first one', async (context) => {
    const { cwd, env, ringId, paperKey } = await squareWithRing(context);
    const other = { ...env, DATA_DIR: join(cwd, 'other') };
    const { answer: own } = await runCliJson(cwd, ['key'], other);
    await runCli(cwd, ['ring', 'add', ...memberOf('lantern', String(own['square']))], env);
    const third = await runCli(cwd, ['ring', 'add', ...memberOf('quay')], env);
    assert.match(third.stderr, /needs a second admin/);

    await runCli(cwd, ['ring', 'export', 'ring'], env);
    await runCli(cwd, ['ring', 'install', 'ring'], other);
    const token = (await runCli(cwd, ['key', '--admin'], other)).stdout.trim();
    assert.equal((await runCli(cwd, ['key', '--admin'], other)).stdout.trim(), token, 'asked again, the same keys');
    const alone = await runCli(cwd, ['ring', 'add-admin', token], env);
    assert.match(alone.stderr, /one more admin key must sign.*--paper/);
    const slip = await runCli(cwd, ['ring', 'add-admin', token, '--paper'], env, `${paperKey.slice(0, -1)}1\n`);
    assert.match(slip.stderr, /a letter of the paper key is wrong/);
    const taken = await runCli(cwd, ['ring', 'add-admin', token, '--paper'], env, `${paperKey.toLowerCase()}\n`);
    assert.equal(taken.code, 0, taken.stderr);
    assert.equal((await runCli(cwd, ['ring', 'add', ...memberOf('quay')], env)).code, 0);

    // The first admin's machine is gone: the second one and the paper replace its keys.
    await runCli(cwd, ['ring', 'export', 'ring'], env);
    await runCli(cwd, ['ring', 'install', 'ring'], other);
    const { answer } = await runCliJson(cwd, ['ring', 'show'], other);
    const lost = String(Object(answer['charter']).roles.admin.keyids[0]).slice(0, 12);
    const rotated = await runCli(cwd, ['ring', 'rotate', '--drop', lost, '--paper'], other, `${paperKey}\n`);
    assert.equal(rotated.code, 0, rotated.stderr);
    assert.match(rotated.stdout, /Charter 3, members 4/);
    assert.equal((await runCli(cwd, ['ring', 'rename', 'quay', 'The Quay'], other)).code, 0);

    await runCli(cwd, ['ring', 'export', 'ring'], other);
    assert.equal((await runCli(cwd, ['ring', 'install', 'ring'], env)).code, 0);
    const shutOut = await runCli(cwd, ['ring', 'rename', 'quay', 'Mine'], env);
    assert.match(shutOut.stderr, /holds no admin key/);
    assert.equal(filesUnder(join(env.DATA_DIR, 'ring-keys', ringId)).length, 3);
  });
});

describe('townring key and ring install', () => {
  async function squareAndRing(context: TestContext) {
    const { cwd, env: admin, ringId } = await squareWithRing(context);
    const env = { ...admin, DATA_DIR: join(cwd, 'other') };
    const { answer } = await runCliJson(cwd, ['key'], env);
    const square = String(answer['square']);
    await runCli(cwd, ['ring', 'add', ...memberOf('lantern', square)], admin);
    await runCli(cwd, ['ring', 'export', 'ring'], admin);
    return { cwd, admin, env, square, ringId };
  }

  const stored = (dataDir: string) => {
    const store = openStore(dataDir);
    try {
      return trustedStateStore(store).load();
    } finally {
      store.close();
    }
  };

  it('make one key for a square, for nobody else to read, and keep it', async (context) => {
    const cwd = tempDir(context);
    const first = await runCli(cwd, ['key', '--data-dir', 'data']);
    assert.match(first.stdout, /^12D3KooW\w{44}\n$/);
    assert.equal(statSync(join(cwd, 'data', 'square.key')).mode & 0o777, 0o600);
    assert.equal((await runCli(cwd, ['key'], { DATA_DIR: 'data' })).stdout, first.stdout);
    chmodSync(join(cwd, 'data', 'square.key'), 0o640);
    const exposed = await runCli(cwd, ['key', '--data-dir', 'data']);
    assert.equal(exposed.code, 1);
    assert.match(exposed.stderr, /chmod 600/);
  });

  it('put a ring from a folder into the store, and newer versions after it, and never an older one', async (context) => {
    const { cwd, admin, env, ringId } = await squareAndRing(context);
    cpSync(join(cwd, 'ring'), join(cwd, 'old'), { recursive: true });
    const first = await runCliJson(cwd, ['ring', 'install', 'ring'], env);
    assert.deepEqual(first, {
      code: 0,
      answer: { ok: true, ring: ringId, name: 'Hedgerow', changed: true, members: 2, revoked: null },
    });
    assert.equal((await runCliJson(cwd, ['ring', 'install', 'ring'], env)).answer['changed'], false);

    await runCli(cwd, ['ring', 'rename', 'lantern', 'Lantern Diary'], admin);
    await runCli(cwd, ['ring', 'export', 'ring'], admin);
    assert.equal((await runCliJson(cwd, ['ring', 'install', 'ring'], env)).answer['members'], 3);
    const rollback = await runCli(cwd, ['ring', 'install', 'old'], env);
    assert.equal(rollback.code, 1);
    assert.match(rollback.stderr, /\(beat-rollback\)/);
    assert.deepEqual(
      stored(env.DATA_DIR).map((ring) => [ring.ringId, ring.members]),
      [[ringId, JSON.parse(readFileSync(join(cwd, 'ring', 'members.json'), 'utf8'))]],
    );
  });

  it('take a ring from any square over HTTP', async (context) => {
    const { cwd, env, ringId } = await squareAndRing(context);
    const url = await serveRing(context, join(cwd, 'ring'), [{ id: ringId, name: 'Hedgerow' }]);
    const { code, answer } = await runCliJson(cwd, ['ring', 'install', `${url}/some/page`], env);
    assert.equal(code, 0, JSON.stringify(answer));
    assert.equal(answer['ring'], ringId);
    assert.equal(stored(env.DATA_DIR).length, 1);
  });

  it('want to know which ring when a square is in several', async (context) => {
    const { cwd, env, ringId } = await squareAndRing(context);
    const rings = [
      { id: ringId, name: 'Hedgerow' },
      { id: 'b'.repeat(64), name: 'Thicket' },
    ];
    const url = await serveRing(context, join(cwd, 'ring'), rings);
    const vague = await runCli(cwd, ['ring', 'install', url], env);
    assert.equal(vague.code, 1);
    assert.match(vague.stderr, /several rings/);
    assert.equal((await runCli(cwd, ['ring', 'install', url, '--ring', ringId], env)).code, 0);
  });

  it('refuse another ring than the one named, even when a square serves it under that name', async (context) => {
    const { cwd, env } = await squareAndRing(context);
    const wanted = 'a'.repeat(64);
    const url = await serveRing(context, join(cwd, 'ring'), [{ id: wanted, name: 'Hedgerow' }]);
    for (const source of [url, 'ring']) {
      const { code, stderr } = await runCli(cwd, ['ring', 'install', source, '--ring', wanted], env);
      assert.equal(code, 1);
      assert.match(stderr, /\(wrong-ring\)/);
    }
    assert.deepEqual(stored(env.DATA_DIR), []);
  });

  it('refuse plain http, a square that serves no ring, and one that is not there', async (context) => {
    const { cwd, env } = await squareAndRing(context);
    const url = await serveRing(context, join(cwd, 'ring'), []);
    const refusals: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
      [url, { DATA_DIR: env.DATA_DIR }, /over https/],
      ['http://square.example', env, /over https/],
      [url, env, /is in no ring/],
      ['http://127.0.0.1:1', env, /could not be read/],
      ['nowhere', env, /is not a folder/],
    ];
    for (const [source, environment, line] of refusals) {
      const { code, stderr } = await runCli(cwd, ['ring', 'install', source], environment);
      assert.equal(code, 1);
      assert.match(stderr, line);
    }
  });

  it('refuse a ring whose list does not name this square, and say what to do', async (context) => {
    const { cwd } = await squareWithRing(context);
    const { code, stderr } = await runCli(cwd, ['ring', 'install', 'ring'], { DATA_DIR: 'other' });
    assert.equal(code, 1);
    assert.match(stderr, /ask its admin to add 12D3KooW\w{44} \(not-a-member\)/);
  });

  it('refuse a folder whose documents were touched, and one that is none', async (context) => {
    const { cwd, env } = await squareAndRing(context);
    const path = join(cwd, 'ring', 'members.json');
    const touched = Buffer.from('{"ring":"mine"}').toString('base64');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"payload": "[^"]+"/, `"payload": "${touched}"`));
    const broken = await runCli(cwd, ['ring', 'install', 'ring'], env);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /members refused: .*\(bad-signature\)/);
    mkdirSync(join(cwd, 'empty'));
    const none = await runCli(cwd, ['ring', 'install', 'empty'], env);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /is not there/);
  });

  it('tell a square that it was shown out', async (context) => {
    const { cwd, admin, env } = await squareAndRing(context);
    await runCli(cwd, ['ring', 'install', 'ring'], env);
    await runCli(cwd, ['ring', 'revoke', 'lantern', '--reason', 'moved house'], admin);
    await runCli(cwd, ['ring', 'export', 'ring'], admin);
    const { code, answer } = await runCliJson(cwd, ['ring', 'install', 'ring'], env);
    assert.equal(code, 0);
    assert.equal(answer['revoked'], 'moved house');
  });
});
