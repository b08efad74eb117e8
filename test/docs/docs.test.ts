import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from '../../scripts/free-ports.ts';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { COMMANDS } from '../../src/cli/main.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = join(import.meta.dirname, '../..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

/** Fenced blocks with the words after their language. */
function blocksOf(page: string): { language: string; who: string; text: string }[] {
  return [...textOf(page).matchAll(/^```(\w+) ?(\w*)\n(.*?)^```$/gms)].map(
    ([, language = '', who = '', text = '']) => ({ language, who, text }),
  );
}

test('every command of "How do I start a ring" works as it stands, on two squares', (t) => {
  const folder = tempDir(t);
  const blocks = blocksOf('docs/start-a-ring.md').filter(({ language }) => language === 'sh');
  assert.ok(blocks.length >= 6 && blocks.every(({ who }) => who === 'moss' || who === 'lantern'));
  // One shell for both, so that what one operator told the other is still known; a data folder for each.
  const script = blocks.map(({ who, text }) => {
    const here = text.replaceAll(/small-hours/g, join(folder, 'small-hours'));
    const isFirst = here.includes('ring create');
    return `export DATA_DIR=${join(folder, who)}\n${isFirst ? keepPaper(here) : here}`;
  });
  const output = execFileSync('bash', ['-euo', 'pipefail', '-c', script.join('\n')], {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  assert.match(output, /Paper key/);
  assert.equal(output.match(/Adds Lantern Diary: Moss & Ink gets a new neighbour/g)?.length, 2);
  assert.match(output, /"Small Hours" version 2, 2 squares/);
  assert.match(output, /Takes in one admin key and takes one admin key out and takes in one online key/);
  assert.match(output, /Renames Lantern to Lantern Diary/);
  assert.match(output, /Signed by 1 of 2 squares, 2 are needed/);
  assert.match(output, /Signed by 2 of 2 squares: this square has gone over/);
});

/** The person who writes the paper key down. */
function keepPaper(command: string): string {
  return `CREATED=$(${command.trim()})\necho "$CREATED"\nPAPER_KEY=$(sed -n 's/^Paper key *//p' <<<"$CREATED")\n`;
}

test('"How do I join a ring" goes as the page says, on two running squares, answer by answer', async (t) => {
  const folder = tempDir(t);
  const [mossHttp = 0, mossTcp = 0, mossWs = 0, lanternHttp = 0, lanternTcp = 0, lanternWs = 0] = await freePorts(6);
  const machines = {
    moss: { http: mossHttp, tcp: mossTcp, ws: mossWs },
    lantern: { http: lanternHttp, tcp: lanternTcp, ws: lanternWs },
  };
  /** The page as it reads where both machines are this one. */
  const here = (text: string): string =>
    Object.entries(machines).reduce(
      (page, [name, { http, tcp }]) =>
        page
          .replaceAll(`https://${name}.example`, `http://127.0.0.1:${http}`)
          .replaceAll(`/dns4/${name}.example/tcp/4101`, `/ip4/127.0.0.1/tcp/${tcp}`),
      text.replaceAll('small-hours.txt', join(folder, 'small-hours.txt')),
    );
  for (const [name, { http, tcp, ws }] of Object.entries(machines)) {
    const dataDir = join(folder, name);
    mkdirSync(dataDir);
    const square = await startSquareProcess({
      DATA_DIR: dataDir,
      PORT: String(http),
      P2P_HOST: '127.0.0.1',
      P2P_TCP_PORT: String(tcp),
      P2P_WS_PORT: String(ws),
      ALLOW_PRIVATE_RING: '1',
      SHARDS: '0',
    });
    t.after(() => square.stop());
  }
  const blocks = blocksOf('docs/join-a-ring.md');
  let printed = '';
  for (const { language, who, text } of blocks) {
    if (language === 'text') {
      const lines = here(text).trimEnd().split('\n');
      const pattern = lines.map((line) => line.split('…').map(escaped).join('\\S.*')).join('\\n');
      assert.match(printed.trimEnd(), new RegExp(`^${pattern}$`), text);
      continue;
    }
    assert.ok(who === 'moss' || who === 'lantern', text);
    const env = { ...process.env, DATA_DIR: join(folder, who), ALLOW_PRIVATE_RING: '1' };
    const run = () =>
      execFileAsync('bash', ['-euo', 'pipefail', '-c', here(text)], { cwd: root, env, timeout: 60_000 });
    // A new ring is up, and a request looked at, a moment after it is made; people take longer than that to type.
    if (text.includes('ring invite')) await untilServed(`http://127.0.0.1:${mossHttp}/ring/list.json`, /"moss"/);
    if (text.includes('ring requests')) await untilPrinted(() => requestsOf(env), /good|not good/);
    printed = (await run()).stdout;
  }
});

const execFileAsync = promisify(execFile);

async function requestsOf(env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await execFileAsync(process.execPath, [join(root, 'src/cli/townring.ts'), 'ring', 'requests'], {
    env,
  });
  return stdout;
}

async function untilServed(url: string, pattern: RegExp): Promise<void> {
  await untilPrinted(async () => (await fetch(url)).text(), pattern);
}

async function untilPrinted(print: () => Promise<string>, pattern: RegExp): Promise<void> {
  for (let turn = 0; turn < 60; turn++) {
    if (pattern.test(await print())) return;
    await setTimeout(250);
  }
  assert.fail(`never printed ${String(pattern)}`);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

test('every npm script, townring command and file that the docs name is there', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(textOf('package.json'));
  for (const page of pages) {
    const text = textOf(page);
    for (const [, name = ''] of text.matchAll(/npm run (?:--silent )?([a-z:-]+)/g))
      assert.ok(name in scripts, `${page}: npm run ${name}`);
    for (const [, words = ''] of text.matchAll(/npm run (?:--silent )?townring -- ((?:ring |site )?[a-z]+)/g)) {
      assert.ok(
        COMMANDS.some(({ name }) => name === words),
        `${page}: townring ${words}`,
      );
    }
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      assert.ok(existsSync(join(root, dirname(page), target)), `${page}: ${target}`);
    }
  }
});

test('the two commands of the README are the ones that are tested', () => {
  const shell = blocksOf('README.md').filter(({ language }) => language === 'sh');
  const commands = new Set(shell.flatMap(({ text }) => text.trim().split('\n')));
  assert.ok(commands.has('npm ci && npm run demo'));
  assert.ok(commands.has('npm ci && npm test'));
  assert.match(readFileSync(join(root, '.ci/run'), 'utf8'), /^npm ci$[\s\S]*^npm test$/m);
});

test('the folders of the architecture page are the folders there are', () => {
  const named = [...textOf('docs/architecture.md').matchAll(/`((?:src|federation|public)\/[a-z]+)`/g)].map(
    ([, path = '']) => path,
  );
  for (const path of new Set(named)) assert.ok(existsSync(join(root, path)), `${path} is there`);
  for (const top of ['src', 'federation']) {
    for (const entry of readdirSync(join(root, top), { withFileTypes: true })) {
      if (entry.isDirectory()) assert.ok(named.includes(`${top}/${entry.name}`), `${top}/${entry.name} is on the page`);
    }
  }
});
