/** A site of somebody's own with a square beside it, in a ring of one: pages that are hard on a strip, and the pages of a square. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startClassicServer } from '../../test/support/classic-server.ts';
import { startHostSite, type HostPage } from '../../test/support/host-pages.ts';
import { runCli, runCliJson } from '../../test/support/run-cli.ts';
import { freePorts } from '../free-ports.ts';
import { startSquareProcess } from '../square-process.ts';

export interface OwnSite {
  /** Of the pages: `/`, `/strict`, `/ar`, `/narrow`, `/count`, `/watch`. */
  readonly origin: string;
  /** A page with the strip on a server that knows the classic protocol only. */
  readonly classic: string;
  readonly square: { readonly url: string; readonly socket: string };
  /** Links that sign the operator in, and the owner of the site. Each works once. */
  operatorLink(): Promise<string>;
  ownerLink(): Promise<string>;
  /** The square dies at once. */
  kill(): Promise<void>;
  /** It is there again, on its port and with its memory. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A square that runs looks once a second what commands have changed. */
const STORE_LOOK_MS = 2_000;

const STRIP_STYLE =
  '<style>body{margin:0}main{min-height:420px;padding:1rem}town-square{display:block;min-height:148px}</style>';

const page = (body: string, html = 'lang="en"', head = STRIP_STYLE): HostPage => ({
  html: `<!doctype html><html ${html}><head><meta charset="utf-8"><title>A garden</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`,
});
const withStrip = (html?: string): HostPage =>
  page('<main><h1>A garden</h1></main>__STRIP__<a href="#top">to the top</a>__SCRIPT__', html);

const PAGES: Readonly<Record<string, (squareUrl: string) => HostPage>> = {
  '/': () => withStrip(),
  '/ar': () => withStrip('lang="ar" dir="rtl"'),
  // Wide windows alone can be opened everywhere; in a frame a page is as narrow as on a phone.
  '/narrow': () => page('<iframe title="a phone" src="/" width="320" height="640" style="border:0"></iframe>'),
  '/narrow-ar': () => page('<iframe title="a phone" src="/ar" width="320" height="640" style="border:0"></iframe>'),
  '/strict': (squareUrl) => ({
    ...page('<main><h1>A garden</h1></main>__STRIP____SCRIPT__', 'lang="en"', ''),
    headers: {
      'content-security-policy': [
        "default-src 'none'",
        `script-src ${squareUrl}`,
        `connect-src ${squareUrl} ${squareUrl.replace('http', 'ws')}`,
        "img-src data:; style-src 'none'; base-uri 'none'; form-action 'none'",
        "require-trusted-types-for 'script'; trusted-types 'none'",
      ].join('; '),
    },
  }),
  '/count': (squareUrl) =>
    page(
      `<p>By the gate: <town-square-count href="${squareUrl}">see who is there</town-square-count></p>
<script type="module" src="${squareUrl}/townring-count.js"></script>`,
    ),
  '/watch': (squareUrl) => page(`<main></main><town-square href="${squareUrl}" watch></town-square>__SCRIPT__`),
};

/** @throws when the square does not start or its commands are refused */
export async function startOwnSite(): Promise<OwnSite> {
  const ends: (() => unknown)[] = [];
  const context = { after: (end: () => unknown): void => void ends.unshift(end) };
  const folder = mkdtempSync(join(tmpdir(), 'townring-own-site-'));
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const [http = 0, tcp = 0, ws = 0] = await freePorts(3);
  const url = `http://127.0.0.1:${http}`;
  const env = {
    DATA_DIR: join(folder, 'data'),
    ALLOW_PRIVATE_RING: '1',
    SHARDS: '0',
    PORT: String(http),
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: String(tcp),
    P2P_WS_PORT: String(ws),
    IP_MAX_IDENTITIES: '0',
    IP_JOIN_LIMIT: '0',
    MIN_HUMAN_SAY_MS: '0',
  };
  const told = async (...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> =>
    (await runCliJson(folder, args, env)).answer;
  await told('site', 'add', '--name', 'Moss', '--origin', url, '--key', 'moss_site', '--ring-site', 'moss');
  const member = ['--origin', url, '--addr', `/ip4/127.0.0.1/tcp/${tcp}`, '--site', `moss,Moss,${url}/`];
  const made = await runCli(folder, ['ring', 'create', '--name', 'Hedgerow', ...member], env);
  assert.equal(made.code, 0, made.stderr);
  const site = await startHostSite(context, PAGES, env);
  const classic = await startClassicServer(context);
  let running = site.square;
  context.after(() => running.stop());
  return {
    origin: site.origin,
    classic: classic.origin,
    square: { url, socket: running.socket },
    operatorLink: async () => String((await told('admin'))['link']),
    async ownerLink() {
      const { adminUrl } = await told('site', 'token', 'moss_site');
      await sleep(STORE_LOOK_MS);
      return String(adminUrl);
    },
    async kill() {
      running.kill('SIGKILL');
      await running.exited;
    },
    async restart() {
      running = await startSquareProcess({ ...env, ALLOWED_ORIGINS: site.origin });
    },
    async stop() {
      for (const end of ends) await end();
    },
  };
}
