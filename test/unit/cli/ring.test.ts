import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
const create = (...member: string[]): string[] => ['ring', 'create', '--name', 'Hedgerow', '--out', 'ring', ...member];

async function ringFolder(context: TestContext, ...member: string[]): Promise<string> {
  const cwd = tempDir(context);
  const { code, stderr } = await runCli(cwd, create(...(member.length > 0 ? member : memberOf('moss'))));
  assert.equal(code, 0, stderr);
  return cwd;
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
    for (const { name, summary } of COMMANDS) assert.ok(stdout.includes(`  ${name.padEnd(14)}${summary}\n`), name);
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
    ['a missing option', ['ring', 'show'], /--dir is missing/],
    ['a missing word', ['ring', 'install'], /a word is missing/],
    ['a word too many', ['ring', 'show', '--dir', 'x', 'y'], /"y" is one word too many/],
    ['an option without its value', ['ring', 'show', '--dir'], /--dir/],
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
  it('makes the documents and the keys, private ones for nobody else', async (context) => {
    const cwd = await ringFolder(context);
    const dir = join(cwd, 'ring');
    assert.deepEqual(readdirSync(dir).toSorted(), ['beat.json', 'charter.json', 'keys', 'members.json']);
    assert.deepEqual(readdirSync(join(dir, 'keys')).toSorted(), ['admin-1.key', 'admin-2.key', 'online.key']);
    assert.equal(statSync(join(dir, 'keys')).mode & 0o777, 0o700);
    for (const file of filesUnder(join(dir, 'keys'))) assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('prints the paper key once and writes it nowhere', async (context) => {
    const cwd = tempDir(context);
    const { stdout } = await runCli(cwd, create(...memberOf('moss')));
    const [, letters] = /^Paper key +(\S+)$/m.exec(stdout) ?? [];
    const paper = decodePaperKey(letters ?? '');
    assert.ok(paper !== undefined && letters !== undefined);
    assert.equal(stdout.split(letters).length, 2);
    const charter = readFileSync(join(cwd, 'ring', 'charter.json'), 'utf8');
    const payload = Buffer.from(/"payload": "([^"]+)"/.exec(charter)?.[1] ?? '', 'base64').toString();
    assert.ok(payload.includes(paper.keyid), 'the charter knows it');
    const seed = Buffer.from(paper.seed);
    for (const file of filesUnder(cwd)) {
      const bytes = readFileSync(file);
      for (const form of [seed, seed.toString('base64'), seed.toString('hex'), letters]) {
        assert.equal(bytes.includes(form), false, file);
      }
    }
  });

  it('never touches a folder that holds a ring', async (context) => {
    const cwd = await ringFolder(context);
    const before = filesUnder(cwd).map((file) => readFileSync(file, 'utf8'));
    const { code, stderr } = await runCli(cwd, create(...memberOf('lantern')));
    assert.equal(code, 1);
    assert.match(stderr, /holds a ring already/);
    assert.deepEqual(
      filesUnder(cwd).map((file) => readFileSync(file, 'utf8')),
      before,
    );
  });

  it('names everything that is wrong with a member, and writes nothing', async (context) => {
    const cwd = tempDir(context);
    const { code, answer } = await runCliJson(cwd, [
      ...create('--square', 'me', '--origin', 'http://x.example', '--addr', 'here'),
      '--site',
      'A B,,http://x.example/',
    ]);
    assert.equal(code, 1);
    assert.equal(answer['ok'], false);
    const { problems } = answer;
    assert.ok(Array.isArray(problems));
    assert.deepEqual(
      problems.map((line) => String(line).split(':')[0]),
      ['square', 'origin', 'addr', 'site', 'site "A B"', 'site "A B"'],
    );
    assert.equal(existsSync(join(cwd, 'ring')), false);
  });

  it('takes loopback pages only in development', async (context) => {
    const cwd = tempDir(context);
    const local = memberOf('moss').map((word) =>
      word.replace('https://', 'http://').replace('moss.example/', 'localhost/'),
    );
    local[3] = 'http://127.0.0.1:8787';
    assert.equal((await runCli(cwd, create(...local))).code, 1);
    assert.equal((await runCli(cwd, create(...local), { ALLOW_PRIVATE_RING: '1' })).code, 0);
  });
});

describe('townring ring add, remove and publish', () => {
  it('stage first and sign then, saying what changes for whom', async (context) => {
    const cwd = await ringFolder(context);
    const list = (): string => readFileSync(join(cwd, 'ring', 'members.json'), 'utf8');
    const first = list();
    const added = await runCli(cwd, ['ring', 'add', '--dir', 'ring', ...memberOf('lantern')]);
    assert.match(added.stdout, /^Staged: Adds Site lantern: Site moss gets a new neighbour\.$/m);
    assert.equal(list(), first, 'nothing is signed yet');
    await runCli(cwd, ['ring', 'add', '--dir', 'ring', ...memberOf('quay')]);

    const dry = await runCliJson(cwd, ['ring', 'publish', '--dir', 'ring', '--dry-run']);
    assert.equal(dry.answer['change'], 'Adds Site lantern and Site quay: Site moss gets a new neighbour.');
    assert.equal(dry.answer['isDryRun'], true);
    assert.equal(list(), first, 'a dry run writes nothing');

    const published = await runCliJson(cwd, ['ring', 'publish', '--dir', 'ring']);
    assert.equal(published.code, 0);
    assert.deepEqual([published.answer['members'], published.answer['beat']], [2, 2]);
    assert.notEqual(list(), first);
    assert.equal(existsSync(join(cwd, 'ring', 'staged.json')), false);

    await runCli(cwd, ['ring', 'remove', '--dir', 'ring', '--square', squareId('lantern'), '--reason', 'gone fishing']);
    const third = await runCliJson(cwd, ['ring', 'publish', '--dir', 'ring']);
    assert.equal(third.answer['change'], 'Takes out Site lantern: Site moss and Site quay get a new neighbour.');
    const { answer } = await runCliJson(cwd, ['ring', 'show', '--dir', 'ring']);
    assert.deepEqual(answer['members'], { version: 3, expires: Object(answer['members']).expires });
    assert.equal(Object(answer['revoked'])[0].reason, 'gone fishing');
    assert.equal(answer['staged'], null);
  });

  it('publish nothing when nothing is staged and nothing is due', async (context) => {
    const cwd = await ringFolder(context);
    const before = filesUnder(cwd).map((file) => readFileSync(file, 'utf8'));
    const { code, answer } = await runCliJson(cwd, ['ring', 'publish', '--dir', 'ring']);
    assert.equal(code, 0);
    assert.match(String(answer['change']), /nothing changes/);
    assert.deepEqual(
      filesUnder(cwd).map((file) => readFileSync(file, 'utf8')),
      before,
    );
  });

  it('refuse a square that is there, one that is not, and the last one', async (context) => {
    const cwd = await ringFolder(context);
    const refusals: readonly (readonly [readonly string[], RegExp])[] = [
      [['ring', 'add', '--dir', 'ring', ...memberOf('moss')], /in the ring already/],
      [['ring', 'remove', '--dir', 'ring', '--square', squareId('quay')], /not in the ring/],
      [['ring', 'remove', '--dir', 'ring', '--square', squareId('moss')], /never empty/],
    ];
    for (const [args, line] of refusals) {
      const { code, stderr } = await runCli(cwd, args);
      assert.equal(code, 1);
      assert.match(stderr, line);
    }
    assert.equal(existsSync(join(cwd, 'ring', 'staged.json')), false);
  });

  it('refuse what was staged on another version of the list', async (context) => {
    const cwd = await ringFolder(context);
    await runCli(cwd, ['ring', 'add', '--dir', 'ring', ...memberOf('lantern')]);
    const staged = readFileSync(join(cwd, 'ring', 'staged.json'));
    await runCli(cwd, ['ring', 'publish', '--dir', 'ring']);
    writeFileSync(join(cwd, 'ring', 'staged.json'), staged);
    const { code, stderr } = await runCli(cwd, ['ring', 'publish', '--dir', 'ring']);
    assert.equal(code, 1);
    assert.match(stderr, /another version/);
  });

  it('finish a publish that was cut off between its two files', async (context) => {
    const cwd = await ringFolder(context);
    const dir = join(cwd, 'ring');
    cpSync(dir, join(cwd, 'before'), { recursive: true });
    await runCli(cwd, ['ring', 'add', '--dir', 'ring', ...memberOf('lantern')]);
    await runCli(cwd, ['ring', 'publish', '--dir', 'ring']);
    // As the power left it: the journal and the new list are there, the beat is the old one.
    const read = (name: string): unknown => JSON.parse(readFileSync(join(dir, name), 'utf8'));
    writeFileSync(
      join(dir, 'publishing.json'),
      JSON.stringify({ members: read('members.json'), beat: read('beat.json') }),
    );
    cpSync(join(cwd, 'before', 'beat.json'), join(dir, 'beat.json'));
    const { code, answer } = await runCliJson(cwd, ['ring', 'show', '--dir', 'ring']);
    assert.equal(code, 0);
    assert.equal(Object(answer['beat']).version, 2);
    assert.equal(existsSync(join(dir, 'publishing.json')), false);
  });

  it('refuse a folder whose documents were touched, and one that is none', async (context) => {
    const cwd = await ringFolder(context);
    const path = join(cwd, 'ring', 'members.json');
    const touched = Buffer.from('{"ring":"mine"}').toString('base64');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"payload": "[^"]+"/, `"payload": "${touched}"`));
    const broken = await runCli(cwd, ['ring', 'show', '--dir', 'ring']);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /members refused: .*\(bad-signature\)/);
    const none = await runCli(cwd, ['ring', 'show', '--dir', 'elsewhere']);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /is not there/);
  });

  it('refuse keys that others can read', async (context) => {
    const cwd = await ringFolder(context);
    chmodSync(join(cwd, 'ring', 'keys', 'admin-1.key'), 0o644);
    await runCli(cwd, ['ring', 'add', '--dir', 'ring', ...memberOf('lantern')]);
    const { code, stderr } = await runCli(cwd, ['ring', 'publish', '--dir', 'ring']);
    assert.equal(code, 1);
    assert.match(stderr, /can be read by other users \(mode 644\)/);
  });
});

describe('townring key and ring install', () => {
  async function squareAndRing(context: TestContext) {
    const cwd = tempDir(context);
    const env = { DATA_DIR: join(cwd, 'data'), ALLOW_PRIVATE_RING: '1' };
    const { answer } = await runCliJson(cwd, ['key'], env);
    const square = String(answer['square']);
    await runCli(cwd, create(...memberOf('moss', square)));
    const shown = await runCliJson(cwd, ['ring', 'show', '--dir', 'ring']);
    return { cwd, env, square, ringId: String(shown.answer['ring']) };
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
    const { cwd, env, ringId } = await squareAndRing(context);
    cpSync(join(cwd, 'ring'), join(cwd, 'old'), { recursive: true });
    const first = await runCliJson(cwd, ['ring', 'install', 'ring'], env);
    assert.deepEqual(first, {
      code: 0,
      answer: { ok: true, ring: ringId, name: 'Hedgerow', changed: true, renews: true, members: 1, revoked: null },
    });
    assert.equal((await runCliJson(cwd, ['ring', 'install', 'ring'], env)).answer['changed'], false);

    await runCli(cwd, ['ring', 'add', '--dir', 'ring', ...memberOf('lantern')]);
    await runCli(cwd, ['ring', 'publish', '--dir', 'ring']);
    assert.equal((await runCliJson(cwd, ['ring', 'install', 'ring'], env)).answer['members'], 2);
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
    const cwd = await ringFolder(context);
    const { code, stderr } = await runCli(cwd, ['ring', 'install', 'ring'], { DATA_DIR: 'data' });
    assert.equal(code, 1);
    assert.match(stderr, /ask its admin to add 12D3KooW\w{44} \(not-a-member\)/);
  });

  it('tell a square that it was shown out', async (context) => {
    const { cwd, env, square } = await squareAndRing(context);
    await runCli(cwd, ['ring', 'install', 'ring'], env);
    await runCli(cwd, ['ring', 'add', '--dir', 'ring', ...memberOf('lantern')]);
    await runCli(cwd, ['ring', 'remove', '--dir', 'ring', '--square', square, '--reason', 'moved house']);
    await runCli(cwd, ['ring', 'publish', '--dir', 'ring']);
    const { code, answer } = await runCliJson(cwd, ['ring', 'install', 'ring'], env);
    assert.equal(code, 0);
    assert.equal(answer['revoked'], 'moved house');
  });
});
