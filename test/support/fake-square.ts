/**
 * A square that follows a script: a real web server with the built widget and a host page, and a real `ws` socket that
 * says what the test tells it to. It judges nothing; the real square's tests do.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { bundleWidget, type WidgetFiles } from '../../scripts/build-widget.ts';
import { CLOSE } from '../../src/protocol/close-codes.ts';
import type { Gate, NeighboursFrame, PassageFrame, VisitorView } from '../../src/protocol/frames.ts';
import type { Side } from '../../src/protocol/limits.ts';
import { visitor } from './scene-frames.ts';

export { visitor };

export type Message = Readonly<Record<string, unknown>>;

export interface FakeSquareOptions {
  /** The host page; `__WIDGET__` stands for the element. */
  readonly page?: string;
  /** Attributes of `<town-square>`. */
  readonly attributes?: string;
  readonly peers?: readonly VisitorView[];
  /** Sent after each hello. */
  readonly neighbours?: NeighboursFrame;
  /** Own position at hello. */
  readonly x?: number;
  /** True: answers nothing to the offer of a subprotocol, as a classic server. */
  readonly isClassic?: boolean;
  /** True: nobody may only watch, as on a hosted site without a supporter. */
  readonly refusesSpectators?: boolean;
  /** Further keys of the hello. */
  readonly hello?: Message;
  /** What answers `gate`; undefined stays silent. */
  readonly passage?: (side: Side) => PassageFrame | undefined;
  /** Paths that are not served, as when the net or a blocker takes them. */
  readonly missing?: readonly string[];
  /** 0 takes a free port. */
  readonly port?: number;
}

export interface FakeSquare {
  readonly origin: string;
  readonly port: number;
  /** Everything that widgets said, in order, since the start. */
  readonly heard: readonly Message[];
  /** Paths that were asked for over HTTP, in order. */
  readonly requests: readonly string[];
  /** Sockets opened since the start. */
  readonly sockets: number;
  /** Changed between two visits by tests. */
  options: FakeSquareOptions;
  /** Waits for the next message of a type that was not waited for before. */
  next(type: string): Promise<Message>;
  /** To every socket: bytes as they are, anything else as JSON. */
  send(frame: object): void;
  /** Ends every socket. */
  hangUp(code?: number, reason?: string): void;
  close(): Promise<void>;
}

const OWN_ID = 1;
const WAIT_MS = 45_000;

export async function startFakeSquare(options: FakeSquareOptions = {}): Promise<FakeSquare> {
  const files = await builtWidget();
  const heard: Message[] = [];
  const requests: string[] = [];
  const cursors = new Map<string, number>();
  const waiting = new Set<() => void>();
  let sockets = 0;
  const square = { options };
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    serve(request, response, files, square.options);
  });
  const live = new WebSocketServer({
    server,
    path: '/live',
    handleProtocols: ([first]) => (square.options.isClassic === true ? false : (first ?? false)),
  });
  live.on('connection', (socket, request) => {
    const isWatching = request.url?.includes('watch=1') === true;
    sockets += 1;
    socket.on('error', () => undefined);
    if (isWatching && square.options.refusesSpectators === true) {
      socket.close(CLOSE.plusRequired.code, CLOSE.plusRequired.reason);
      return;
    }
    socket.on('message', (data) => {
      const message = parse(Buffer.isBuffer(data) ? data.toString() : '{}');
      heard.push(message);
      if (isWatching) watch(socket, message, square.options);
      else answer(socket, message, square.options);
      for (const wake of waiting) wake();
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    heard,
    requests,
    get sockets() {
      return sockets;
    },
    get options() {
      return square.options;
    },
    set options(next) {
      square.options = next;
    },
    next: (type) => nextMessage(type, heard, cursors, waiting),
    send: (frame) => {
      const message = frame instanceof Uint8Array ? frame : JSON.stringify(frame);
      for (const client of live.clients) if (client.readyState === WebSocket.OPEN) client.send(message);
    },
    hangUp: (code = 1011, reason = 'internal error') => {
      for (const client of live.clients) client.close(code, reason);
    },
    close: () => closeAll(server, live),
  };
}

/** A neighbour's gate; everything can be set. */
export function gate(name: string, url: string, more: Partial<Gate> = {}): Gate {
  return { site: name.toLowerCase(), name, url, state: 'live', count: 0, figures: [], ...more };
}

/** Greets somebody who only watches; what they say later is not answered. */
function watch(socket: WebSocket, message: Message, { peers = [], neighbours }: FakeSquareOptions): void {
  if (message['type'] !== 'init') return;
  socket.send(JSON.stringify({ type: 'hello', id: null, spectator: true, peers, birds: [], chatThrottleMs: 0 }));
  if (neighbours !== undefined) socket.send(JSON.stringify(neighbours));
}

function answer(socket: WebSocket, message: Message, options: FakeSquareOptions): void {
  const reply = (frame: object): void => socket.send(JSON.stringify(frame));
  if (message['type'] === 'init') {
    reply({
      type: 'hello',
      ...visitor(OWN_ID, options.x ?? 0.5, {
        displayName: typeof message['displayName'] === 'string' ? message['displayName'] : '',
      }),
      color: message['color'],
      ring: { look: message['look'] },
      browserSecret: 'ab'.repeat(32),
      peers: options.peers ?? [],
      birds: [],
      chatThrottleMs: 0,
      pluginModules: [],
      pluginEntities: {},
      ...options.hello,
    });
    if (options.neighbours !== undefined) reply(options.neighbours);
  }
  if (message['type'] === 'gate' && (message['side'] === 'left' || message['side'] === 'right')) {
    const passage = options.passage?.(message['side']);
    if (passage !== undefined) reply(passage);
  }
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  files: WidgetFiles,
  options: FakeSquareOptions,
): void {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const file = files.get(path.slice(1));
  if (file !== undefined && options.missing?.includes(path) !== true) {
    const type = path.endsWith('.json') ? 'application/json' : 'text/javascript';
    response.writeHead(200, { 'content-type': type, 'access-control-allow-origin': '*' }).end(file);
  } else if (path === '/' || path === '/elsewhere') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pageOf(options));
  } else {
    response.writeHead(404).end();
  }
}

function pageOf(options: FakeSquareOptions): string {
  const widget = `<town-square ${options.attributes ?? ''}>
<a href="http://127.0.0.1:1/moss">← Moss &amp; Ink</a> <a href="http://127.0.0.1:1/lantern">Lantern Diary →</a></town-square>
<script type="module" src="/townring.js"></script>`;
  return (options.page ?? PAGE).replace('__WIDGET__', widget);
}

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notes from a small garden</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>body{margin:0;font:17px/1.5 Georgia,serif;color:#222;background:#fdfcf8}
main{max-width:620px;margin:0 auto;padding:28px 20px}h1{font-size:26px}
town-square{display:block;min-height:148px}</style></head>
<body><main><h1>Notes from a small garden</h1><p>A page about tomatoes, rain barrels and the long way home.</p></main>
__WIDGET__</body></html>`;

let built: Promise<WidgetFiles> | undefined;

/** The widget's files, built once for each test process. */
function builtWidget(): Promise<WidgetFiles> {
  built ??= bundleWidget();
  return built;
}

function parse(text: string): Message {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

async function nextMessage(
  type: string,
  heard: readonly Message[],
  cursors: Map<string, number>,
  waiting: Set<() => void>,
): Promise<Message> {
  const deadline = AbortSignal.timeout(WAIT_MS);
  for (;;) {
    const from = cursors.get(type) ?? 0;
    const index = heard.findIndex((message, at) => at >= from && message['type'] === type);
    const found = heard[index];
    if (found !== undefined) {
      cursors.set(type, index + 1);
      return found;
    }
    await new Promise<void>((resolve, reject) => {
      const wake = (): void => {
        waiting.delete(wake);
        resolve();
      };
      waiting.add(wake);
      deadline.addEventListener('abort', () => reject(new Error(`no "${type}" within ${WAIT_MS} ms`)), { once: true });
    });
  }
}

async function closeAll(server: Server, live: WebSocketServer): Promise<void> {
  for (const client of live.clients) client.terminate();
  live.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
