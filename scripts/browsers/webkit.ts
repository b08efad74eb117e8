/** WebKitGTK's MiniBrowser on a screen of its own, spoken to by WebKitWebDriver over HTTP. It is Safari's engine, not Safari. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../free-ports.ts';
import { executable, type Engine, type Setup } from './engine.ts';
import { COMMANDS, Tab, until, valueIn, type Ask, type Command } from './webdriver.ts';

/** How long a page's console is listened to. */
const CONSOLE_MS = 4_000;

/** @returns undefined when it, its driver or Xvfb is not on this machine */
export function findWebKit(): Engine | undefined {
  const driver = executable('WebKitWebDriver');
  const xvfb = executable('Xvfb');
  const browser = executable(...globSync('/usr/{lib,libexec}/{,*/}webkit2gtk-4.*/MiniBrowser'));
  if (driver === undefined || xvfb === undefined || browser === undefined) return undefined;
  return {
    name: 'WebKitGTK',
    version: () => {
      const { stdout } = spawnSync('xvfb-run', ['-a', browser, '--version'], { encoding: 'utf8' });
      return stdout.trim();
    },
    async open(setup = {}) {
      const desk = await startDesk(xvfb, setup);
      try {
        const [port = 0] = await freePorts(1);
        desk.run(driver, [`--port=${port}`]);
        const opened = new Set<string>();
        const driverAsks = overHttp(`http://127.0.0.1:${port}`);
        const ask: Ask = (command, params) => {
          // A link that signs somebody in works once.
          if (params !== undefined && 'url' in params) opened.add(String(params.url).replace(/#.*/, ''));
          return driverAsks(command, params);
        };
        await until('WebKitWebDriver listens', () =>
          fetch(`http://127.0.0.1:${port}/status`).then(
            ({ ok }) => ok,
            () => false,
          ),
        );
        const options = { binary: browser, args: ['--automation'] };
        await ask('NewSession', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } });
        return {
          tab: new Tab(ask),
          // Under automation it keeps its consoles to itself, so each page is opened once more without.
          async errors() {
            const lines: string[] = [];
            for (const url of opened) lines.push(...(await consoleOf(desk, browser, url)));
            return lines;
          },
          async close() {
            await ask('DeleteSession');
            await desk.clear();
          },
        };
      } catch (err) {
        await desk.clear();
        throw err;
      }
    },
  };
}

async function consoleOf(desk: Desk, browser: string, url: string): Promise<readonly string[]> {
  const page = desk.run(browser, ['--private', '--enable-write-console-messages-to-stdout=true', url]);
  const lines: string[] = [];
  for (const stream of [page.stdout, page.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  await sleep(CONSOLE_MS);
  const ended = once(page, 'exit');
  page.kill();
  await ended;
  return lines.filter((line) => /CONSOLE (\w+ )?ERROR/.test(line));
}

interface Desk {
  run(command: string, args: readonly string[]): ChildProcess;
  clear(): Promise<void>;
}

/** A screen of its own and an empty home. Dark and calm are what GTK says they are. */
async function startDesk(xvfb: string, { isDark = false, isCalm = false, isSharp = false }: Setup): Promise<Desk> {
  const home = mkdtempSync(join(tmpdir(), 'townring-webkit-'));
  mkdirSync(join(home, 'gtk-3.0'));
  writeFileSync(join(home, 'gtk-3.0/settings.ini'), `[Settings]\ngtk-enable-animations=${isCalm ? 0 : 1}\n`);
  const running: ChildProcess[] = [];
  const screen = spawn(xvfb, ['-displayfd', '1', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  running.push(screen);
  const [display] = await once(createInterface({ input: screen.stdout }), 'line');
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_CONFIG_HOME: home,
    DISPLAY: `:${String(display)}`,
    LANG: 'C.UTF-8',
    GDK_SCALE: isSharp ? '2' : '1',
    GTK_THEME: isDark ? 'Adwaita:dark' : 'Adwaita',
  };
  return {
    run(command, args) {
      const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr]) stream.resume();
      running.push(child);
      return child;
    },
    async clear() {
      for (const child of running.reverse()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function overHttp(driver: string): Ask {
  let session = '';
  return async (command: Command, params) => {
    const [method = '', path = ''] = COMMANDS[command].split(' ');
    const answer = await fetch(driver + path.replace(':id', session), {
      method,
      ...(method === 'POST' && { body: JSON.stringify(params ?? {}), headers: { 'content-type': 'application/json' } }),
    });
    const value = valueIn(await answer.json());
    if (typeof value === 'object' && value !== null && 'error' in value) {
      throw new Error(`${String(value.error)}: ${'message' in value ? String(value.message) : ''}`);
    }
    if (command === 'NewSession' && typeof value === 'object' && value !== null && 'sessionId' in value) {
      session = String(value.sessionId);
    }
    return value;
  };
}
