/** A web server of somebody else's pages, on an origin of its own, with a square's strip embedded in each. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { startSquareProcess, type SquareProcess } from '../../scripts/square-process.ts';
import { tempDir } from './temp-dir.ts';

export interface HostPage {
  /** What stands in the document; `__STRIP__` is the element, `__SCRIPT__` its script. */
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HostSite {
  readonly origin: string;
  readonly square: SquareProcess;
}

/**
 * Starts a square process and a site whose pages may show its shared scene. Both end with the test.
 * @param pages by path; given the square's origin, for content security policies
 */
export async function startHostSite(
  t: Pick<TestContext, 'after'>,
  pages: Readonly<Record<string, (squareUrl: string) => HostPage>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<HostSite> {
  let squareUrl = '';
  const server = createServer((request, response) => {
    const page = pages[new URL(request.url ?? '/', 'http://localhost').pathname]?.(squareUrl);
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers });
    response.end(
      page.html
        .replaceAll('__STRIP__', `<town-square href="${squareUrl}">${LINKS}</town-square>`)
        .replaceAll('__SCRIPT__', `<script type="module" src="${squareUrl}/townring.js"></script>`),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const square = await startSquareProcess({
    DATA_DIR: tempDir(t),
    SHARDS: '0',
    PORT: '0',
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: '0',
    P2P_WS_PORT: '0',
    ALLOWED_ORIGINS: origin,
    IP_MAX_IDENTITIES: '0',
    IP_JOIN_LIMIT: '0',
    ...settings,
  });
  t.after(() => square.stop());
  squareUrl = square.url;
  return { origin, square };
}

const LINKS =
  '<a href="http://127.0.0.1:1/moss">← Moss &amp; Ink</a> <a href="http://127.0.0.1:1/lantern">Lantern Diary →</a>';
