/**
 * A Chromium as people have it, spoken to by its own protocol: playwright switches the cache of pages off that the back
 * button uses.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { ensureChromium } from '../../scripts/find-chromium.ts';
import { tempDir } from './temp-dir.ts';

/** One tab. */
export interface Tab {
  /** One command of the browser's protocol. @throws what the browser answers instead of a result */
  ask(method: string, params?: object): Promise<Record<string, unknown>>;
  /** The value of an expression in the page that the tab shows now. */
  value(expression: string): Promise<unknown>;
  /** Waits until an expression is true in whatever page the tab shows. */
  until(expression: string): Promise<void>;
}

const GUARD_MS = 45_000;
const LOOK_MS = 100;

/** Starts a browser with one tab. Both end with the test. */
export async function openTab(t: TestContext): Promise<Tab> {
  const profile = tempDir(t);
  const browser = spawn(
    ensureChromium(),
    ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${profile}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(browser, 'exit');
  t.after(async () => {
    browser.kill('SIGKILL');
    await ended;
  });
  const socket = new WebSocket(await addressFrom(browser.stderr));
  await once(socket, 'open');
  t.after(() => socket.close());
  const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  socket.addEventListener('message', ({ data }) => {
    const answer: { id?: number; result?: Record<string, unknown>; error?: { message: string } } = JSON.parse(
      typeof data === 'string' ? data : '{}',
    );
    const asked = waiting.get(answer.id ?? -1);
    waiting.delete(answer.id ?? -1);
    if (answer.error !== undefined) asked?.reject(new Error(answer.error.message));
    else asked?.resolve(answer.result ?? {});
  });
  let lastId = 0;
  const ask = (method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> => {
    const id = (lastId += 1);
    const asked = Promise.withResolvers<Record<string, unknown>>();
    waiting.set(id, asked);
    socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }));
    return asked.promise;
  };
  const { targetId } = await ask('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true });
  const inTab: Tab['ask'] = (method, params) => ask(method, params, String(sessionId));
  const value: Tab['value'] = async (expression) => {
    const { result } = await inTab('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    return typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined;
  };
  return {
    ask: inTab,
    value,
    async until(expression) {
      const deadline = performance.now() + GUARD_MS;
      // Between two pages there is nothing to ask.
      while ((await value(`Boolean(${expression})`).catch(() => false)) !== true) {
        if (performance.now() > deadline) throw new Error(`not within ${GUARD_MS} ms: ${expression}`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
  };
}

async function addressFrom(lines: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: lines })) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the browser ended before it could be spoken to');
}
