/** A square as a process of its own, and what one asks of its HTTP API. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startSquareProcess, type SquareProcess } from '../../scripts/square-process.ts';
import { LiveClient, type LiveClientOptions } from './live-client.ts';
import { tempDir } from './temp-dir.ts';

// What comes back is whatever the square says; tests look into it.
// oxlint-disable-next-line typescript/no-explicit-any
export type Answered = any;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed on reading. @throws when it is no JSON */
  readonly json: Answered;
}

export interface Registered {
  readonly siteKey: string;
  readonly adminToken: string;
  readonly origin: string;
  readonly answer: Answered;
}

export interface HttpSquare {
  readonly process: SquareProcess;
  readonly url: string;
  readonly dataDir: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  /** Sends an object as JSON, a text as it is. */
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  register(input?: Readonly<Record<string, unknown>>): Promise<Registered>;
  /** An owner's action, signed in by token. */
  act(site: Registered, action: string, fields?: Readonly<Record<string, unknown>>): Promise<HttpAnswer>;
  /** A socket into a site, from a page of its origin; answers a challenge. */
  enter(site: Registered, init?: object, options?: LiveClientOptions): Promise<LiveClient>;
  /** A socket into the shared scene. */
  enterShared(init?: object, options?: LiveClientOptions): Promise<LiveClient>;
  /** A file of the data folder. */
  file(name: string): string;
}

/** The operator's password in tests. */
export const PASSWORD = 'correct horse';

/** Starts it with scenes in its own process unless told otherwise. Stopped when the test ends. */
export async function startHttpSquare(
  context: TestContext,
  env: Readonly<Record<string, string>> = {},
): Promise<HttpSquare> {
  const dataDir = env['DATA_DIR'] ?? tempDir(context);
  const square = await startSquareProcess({
    DATA_DIR: dataDir,
    PORT: '0',
    SHARDS: '0',
    MIN_HUMAN_SAY_MS: '0',
    POW_DIFFICULTY_BITS: '0',
    MIN_VISIT_DURATION_MS: '0',
    SERVICE_ADMIN_PASSWORD: PASSWORD,
    ...env,
  });
  context.after(() => square.stop());
  const clients: LiveClient[] = [];
  context.after(() => {
    for (const { socket } of clients) socket.terminate();
  });
  const ask = async (method: string, path: string, init: RequestInit): Promise<HttpAnswer> => {
    const answer = await fetch(`${square.url}${path}`, { method, redirect: 'manual', ...init });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      get json() {
        return JSON.parse(text);
      },
    };
  };
  const post: HttpSquare['post'] = (path, body = {}, headers = {}) =>
    ask('POST', path, { body: typeof body === 'string' ? body : JSON.stringify(body), headers });
  const open = async (url: string, init: object, options: LiveClientOptions): Promise<LiveClient> => {
    const client = await LiveClient.connect(url, options);
    clients.push(client);
    client.send({ type: 'init', ...init });
    return client;
  };
  return {
    process: square,
    url: square.url,
    dataDir,
    get: (path, headers = {}) => ask('GET', path, { headers }),
    post,
    async register(input = {}) {
      const origin = typeof input['origin'] === 'string' ? input['origin'] : 'https://moss.example';
      const { status, json } = await post('/api/sites', { origin, ...input });
      if (status !== 201) throw new Error(`not registered: ${status} ${JSON.stringify(json)}`);
      return { siteKey: json.site.siteKey, adminToken: json.adminToken, origin, answer: json };
    },
    act: ({ siteKey, adminToken }, action, fields = {}) =>
      post('/api/admin/action', { siteKey, adminToken, action, ...fields }),
    enter: ({ siteKey, origin }, init = {}, options = {}) =>
      open(`${square.socket}?siteKey=${siteKey}`, init, { origin, ...options }),
    enterShared: (init = {}, options = {}) => open(square.socket, init, options),
    file: (name) => readFileSync(join(dataDir, name), 'utf8'),
  };
}
