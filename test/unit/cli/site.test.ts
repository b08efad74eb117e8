import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isAdminToken } from '../../../src/admin/admin-token.ts';
import { openStore } from '../../../src/store/store.ts';
import { runCli, runCliJson } from '../../support/run-cli.ts';
import { tempDir } from '../../support/temp-dir.ts';

const env = { DATA_DIR: 'data', PUBLIC_ORIGIN: 'https://square.example' };
const add = (...more: string[]): string[] => [
  'site',
  'add',
  '--name',
  'Moss & Ink',
  '--origin',
  'https://Moss.example/',
  ...more,
];

describe('townring site', () => {
  it('adds a site and prints what goes into its pages', async (context) => {
    const { code, stdout } = await runCli(tempDir(context), add('--key', 'moss', '--ring-site', 'moss'), env);
    assert.equal(code, 0);
    assert.ok(stdout.includes('<script type="module" src="https://square.example/townring.js"></script>\n'));
    assert.ok(stdout.includes('<town-square href="https://square.example" site="moss">'));
    assert.ok(stdout.includes('for pages of https://moss.example.'));
  });

  it('makes up a key, and points at the square itself when it has no public origin', async (context) => {
    const { answer } = await runCliJson(tempDir(context), add(), { DATA_DIR: 'data', PORT: '9000' });
    assert.match(String(Object(answer['site']).key), /^site_[\w-]{16}$/);
    assert.match(String(answer['snippet']), /src="http:\/\/127\.0\.0\.1:9000\/townring\.js"/);
  });

  it('lists what it added, and removes it', async (context) => {
    const cwd = tempDir(context);
    assert.deepEqual((await runCliJson(cwd, ['site', 'list'], env)).answer, { ok: true, sites: [] });
    await runCli(cwd, add('--key', 'moss', '--allow', 'https://www.moss.example', '--sharing', 'count'), env);
    const { answer } = await runCliJson(cwd, ['site', 'list'], env);
    assert.deepEqual(answer['sites'], [
      {
        key: 'moss',
        name: 'Moss & Ink',
        origin: 'https://moss.example',
        allowedOrigins: ['https://moss.example', 'https://www.moss.example'],
        ringSite: null,
        sharing: 'count',
      },
    ]);
    assert.equal((await runCli(cwd, ['site', 'list'], env)).stdout, 'moss  Moss & Ink  https://moss.example\n');
    assert.equal((await runCli(cwd, ['site', 'remove', 'moss'], env)).code, 0);
    assert.equal((await runCli(cwd, ['site', 'remove', 'moss'], env)).code, 1);
    assert.deepEqual((await runCliJson(cwd, ['site', 'list'], env)).answer['sites'], []);
  });

  it('gives an owner a token, of which only a hash is kept', async (context) => {
    const cwd = tempDir(context);
    await runCli(cwd, add('--key', 'moss'), env);
    const { answer } = await runCliJson(cwd, ['site', 'token', 'moss'], env);
    const token = String(answer['adminToken']);
    assert.match(token, /^admin_[\w-]{32}$/);
    assert.match(String(answer['adminUrl']), /\/admin#adminToken=admin_/);
    const { stdout } = await runCli(cwd, ['site', 'token', 'moss'], env);
    const store = openStore(join(cwd, env.DATA_DIR));
    context.after(() => store.close());
    const hash = store.find('moss')?.adminTokenHash ?? null;
    assert.ok(!isAdminToken(token, hash) && isAdminToken(stdout.trim().split('\n').at(-1) ?? '', hash), 'the newest');
    assert.match((await runCli(cwd, ['site', 'token', 'none'], env)).stderr, /there is no site "none"/);
  });

  it('lets lonely visitors leave notes, and takes all of them down', async (context) => {
    const cwd = tempDir(context);
    await runCli(cwd, add('--key', 'moss'), env);
    assert.equal((await runCli(cwd, ['site', 'notes', 'moss', 'on'], env)).code, 0);
    const notes = [{ id: '0a1b2c3d', text: 'the moss is early', at: Date.now() }];
    const running = openStore(join(cwd, env.DATA_DIR));
    assert.equal(running.find('moss')?.hasNotes, true);
    running.changeSite('moss', { notes });
    running.close();
    const { answer } = await runCliJson(cwd, ['site', 'notes', 'moss', 'off'], env);
    assert.deepEqual([answer['key'], answer['notes']], ['moss', false]);
    const store = openStore(join(cwd, env.DATA_DIR));
    context.after(() => store.close());
    assert.deepEqual([store.find('moss')?.hasNotes, store.find('moss')?.notes], [false, []]);
    assert.match((await runCli(cwd, ['site', 'notes', 'moss', 'maybe'], env)).stderr, /on or off/);
    assert.match((await runCli(cwd, ['site', 'notes', 'none', 'on'], env)).stderr, /there is no site "none"/);
  });

  it('takes no key and no ring site twice', async (context) => {
    const cwd = tempDir(context);
    await runCli(cwd, add('--key', 'moss', '--ring-site', 'moss'), env);
    assert.match((await runCli(cwd, add('--key', 'moss'), env)).stderr, /the key moss is taken/);
    assert.match((await runCli(cwd, add('--ring-site', 'moss'), env)).stderr, /the ring site moss is moss already/);
    assert.match((await runCli(cwd, add('--key', 'default'), env)).stderr, /shared scene/);
  });

  it('names everything that is wrong at once', async (context) => {
    const { code, answer } = await runCliJson(
      tempDir(context),
      [
        'site',
        'add',
        '--name',
        ' ',
        '--origin',
        'moss.example/a',
        '--allow',
        'ftp://x',
        '--key',
        'a b',
        '--ring-site',
        'A',
      ],
      env,
    );
    assert.equal(code, 1);
    const { problems } = answer;
    assert.ok(Array.isArray(problems));
    assert.deepEqual(
      problems.map((line) => String(line).split(':')[0]),
      ['name', 'origin', 'allow', 'key', 'ring-site'],
    );
  });

  it('asks newcomers for proof of work, unless told not to', async (context) => {
    const cwd = tempDir(context);
    await runCli(cwd, add('--key', 'moss'), env);
    await runCli(cwd, add('--key', 'open', '--no-bot-protection'), env);
    const store = openStore(join(cwd, env.DATA_DIR));
    context.after(() => store.close());
    assert.equal(store.find('moss')?.isBotProtected, true);
    assert.equal(store.find('open')?.isBotProtected, false);
  });

  it('knows four levels of sharing', async (context) => {
    const { code, stderr } = await runCli(tempDir(context), add('--sharing', 'everything'), env);
    assert.equal(code, 2);
    assert.match(stderr, /nothing, count, figures, live/);
  });
});
