/** Firefox without a window, spoken to by Marionette: WebDriver's commands over TCP, each with its length before it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executable, type Engine, type Setup } from './engine.ts';
import { Tab, until, valueIn } from './webdriver.ts';

/** Errors only, of pages only. 0: nothing but an error has no flag. */
const ERRORS = `return Services.console.getMessageArray()
  .filter((line) => line instanceof Ci.nsIScriptError && (line.flags & 9) === 0 && /^http/.test(line.sourceName))
  .map((line) => line.errorMessage + ' (' + line.sourceName + ':' + line.lineNumber + ')')`;

/** @returns undefined when there is none on this machine */
export function findFirefox(): Engine | undefined {
  const path = executable(
    ...(process.env['FIREFOX_PATH'] === undefined ? [] : [process.env['FIREFOX_PATH']]),
    'firefox-esr',
    'firefox',
  );
  if (path === undefined) return undefined;
  return {
    name: 'Firefox',
    version: () => spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    async open(setup = {}) {
      const profile = mkdtempSync(join(tmpdir(), 'townring-firefox-'));
      writeFileSync(join(profile, 'user.js'), preferences(setup));
      const browser = spawn(
        path,
        ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote', '--profile', profile],
        { stdio: 'ignore', env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' } },
      );
      const ended = once(browser, 'exit');
      const close = async (): Promise<void> => {
        browser.kill('SIGKILL');
        await ended;
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      };
      try {
        const port = await portOf(profile);
        const { socket, ask } = await marionette(port);
        await ask('WebDriver:NewSession', { capabilities: { alwaysMatch: {} } });
        return {
          tab: new Tab((command, params) => ask(`WebDriver:${command}`, params)),
          async errors() {
            await ask('Marionette:SetContext', { value: 'chrome' });
            const lines = await ask('WebDriver:ExecuteScript', { script: ERRORS, args: [] });
            await ask('Marionette:SetContext', { value: 'content' });
            return Array.isArray(lines) ? lines.map(String) : [];
          },
          async close() {
            socket.destroy();
            await close();
          },
        };
      } catch (err) {
        await close();
        throw err;
      }
    },
  };
}

function preferences({
  isDark = false,
  isCalm = false,
  isForced = false,
  isSharp = false,
  isCoarse = false,
}: Setup): string {
  const wanted: Record<string, number | boolean | string> = {
    'marionette.port': 0,
    'layout.css.prefers-color-scheme.content-override': isDark ? 0 : 1,
    'ui.prefersReducedMotion': isCalm ? 1 : 0,
    ...(isForced && { 'browser.display.document_color_use': 2, 'ui.useAccessibilityTheme': 1 }),
    'layout.css.devPixelsPerPx': isSharp ? '2.0' : '1.0',
    ...(isCoarse && {
      'ui.primaryPointerCapabilities': 1,
      'ui.allPointerCapabilities': 1,
      'dom.w3c_touch_events.enabled': 1,
    }),
    // No traffic of the browser's own.
    'app.normandy.enabled': false,
    'app.update.auto': false,
    'browser.safebrowsing.malware.enabled': false,
    'browser.safebrowsing.phishing.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'extensions.update.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'services.settings.server': 'data:,#',
    'toolkit.telemetry.enabled': false,
  };
  return Object.entries(wanted)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('');
}

/** It listens where it likes, and writes down where. */
async function portOf(profile: string): Promise<number> {
  let port = 0;
  await until('Firefox listens', () => {
    try {
      port = Number(readFileSync(join(profile, 'MarionetteActivePort'), 'utf8'));
    } catch {
      // Not yet.
    }
    return port > 0;
  });
  return port;
}

type AskMarionette = (command: string, params?: object) => Promise<unknown>;

async function marionette(port: number): Promise<{ readonly socket: Socket; readonly ask: AskMarionette }> {
  const socket = connect(port, '127.0.0.1');
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const colon = rest.indexOf(':');
      const length = Number(rest.subarray(0, colon).toString());
      if (colon < 0 || rest.length < colon + 1 + length) return;
      const message: unknown = JSON.parse(rest.subarray(colon + 1, colon + 1 + length).toString());
      rest = rest.subarray(colon + 1 + length);
      // The greeting is no list.
      if (Array.isArray(message)) settle(waiting, message);
    }
  });
  socket.on('close', () => {
    for (const asked of waiting.values()) asked.reject(new Error('Firefox has ended'));
  });
  await once(socket, 'connect');
  let lastId = 0;
  return {
    socket,
    ask: (command, params = {}) => {
      const id = (lastId += 1);
      const asked = Promise.withResolvers<unknown>();
      waiting.set(id, asked);
      const text = JSON.stringify([0, id, command, params]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
      return asked.promise;
    },
  };
}

function settle(waiting: Map<number, PromiseWithResolvers<unknown>>, message: readonly unknown[]): void {
  const [, id, error, result] = message;
  const asked = waiting.get(Number(id));
  waiting.delete(Number(id));
  if (typeof error === 'object' && error !== null && 'message' in error)
    asked?.reject(new Error(String(error.message)));
  else asked?.resolve(valueIn(result));
}
