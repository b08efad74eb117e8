/**
 * A server of the classic protocol and nothing more: no ring, no subprotocol, 512 bytes a message, silence for whatever it
 * does not know. Written from the wire protocol's description alone; not one line of ours runs in it, so that the widget
 * meets a stranger. One shared scene, a page with the widget, sockets on /live.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';

const PAYLOAD_MAX = 512;
const MOVE_MS = 40;
const ACTION_MS = 560;
const GRACE_MS = 1_500;
const KNOWN = new Set([
  'init',
  'move',
  'settle',
  'action',
  'profile',
  'reading',
  'say',
  'typing',
  'sceneConfig',
  'solve',
]);
const COLORS = ['#5f6b73', '#c8641f', '#3f7f63', '#3f6fb5', '#8a5fb1', '#b44f6f'];
/** Default scene: seats by prop. */
const PROPS = [
  { id: 'bench', pose: 'sitting', x: 0.2, half: 26 / 743, seats: [0.19, 0.21] },
  { id: 'bench-2', pose: 'sitting', x: 0.72, half: 26 / 743, seats: [0.71, 0.73] },
  { id: 'tree', pose: 'resting', x: 0.8, half: 28 / 743, seats: [0.792, 0.808] },
];

type Message = Readonly<Record<string, unknown>>;

interface Visitor {
  readonly id: number;
  readonly secret: string;
  readonly sockets: Set<WebSocket>;
  view: Record<string, unknown> & { x: number };
  leaving: NodeJS.Timeout | undefined;
}

export interface ClassicServer {
  readonly origin: string;
  /** Sizes of all messages so far, bytes. */
  readonly sizes: readonly number[];
  /** Types that the classic protocol does not know, in the order in which they came. */
  readonly unknown: readonly string[];
  readonly inits: readonly Message[];
  readonly visitors: readonly { readonly id: number; readonly view: Readonly<Record<string, unknown>> }[];
  /** Ends all sockets. */
  hangUp(code: number, reason: string): void;
}

/** Starts one; it ends with the test. @param attributes of the element on its page */
export async function startClassicServer(t: Pick<TestContext, 'after'>, attributes = ''): Promise<ClassicServer> {
  const visitors = new Map<string, Visitor>();
  const sizes: number[] = [];
  const unknown: string[] = [];
  const inits: Message[] = [];
  let lastId = 0;

  const http = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = join(import.meta.dirname, '../../dist/public', path);
    if (/^\/townring[\w.-]*\.(js|json)$/.test(path) && existsSync(file)) {
      response.writeHead(200, { 'content-type': path.endsWith('.js') ? 'text/javascript' : 'application/json' });
      response.end(readFileSync(file));
    } else if (/^\/(notes\/.*)?$/.test(path)) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<!doctype html><html lang="en"><title>Notes</title><link rel="icon" href="data:,">
<style>town-square{display:block;min-height:148px}</style><h1>Notes</h1><town-square ${attributes}></town-square>
<script type="module" src="/townring.js"></script>`);
    } else response.writeHead(404).end();
  });
  const live = new WebSocketServer({
    server: http,
    path: '/live',
    maxPayload: PAYLOAD_MAX,
    handleProtocols: () => false,
  });
  const tell = (frame: object, but?: WebSocket): void => {
    for (const { sockets } of visitors.values()) {
      for (const socket of sockets) if (socket !== but && socket.readyState === WebSocket.OPEN) say(socket, frame);
    }
  };

  live.on('connection', (socket) => {
    let self: Visitor | undefined;
    let movedAt = -Infinity;
    let actedAt = -Infinity;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      sizes.push(data.length);
      const message = parsed(data);
      const { type } = message;
      if (typeof type !== 'string') return;
      if (!KNOWN.has(type)) unknown.push(type);
      if (type === 'init' && self === undefined) {
        inits.push(message);
        self = joinAs(socket, message);
      }
      if (self === undefined) return;
      const { view } = self;
      if (type === 'move' && isPlace(message['x']) && Date.now() - movedAt >= MOVE_MS) {
        movedAt = Date.now();
        Object.assign(view, { x: message['x'], pose: null, propId: null });
        tell({ type, ...movement(view) }, socket);
      } else if (type === 'settle') {
        const prop = PROPS.find(({ id }) => id === message['propId']);
        if (prop === undefined || Math.abs(view.x - prop.x) >= prop.half) return;
        const taken = new Set(
          [...visitors.values()].filter((one) => one.view['propId'] === prop.id).map((one) => one.view.x),
        );
        const [seat] = prop.seats
          .filter((x) => !taken.has(x))
          .sort((a, b) => Math.abs(a - view.x) - Math.abs(b - view.x));
        if (seat === undefined) return;
        Object.assign(view, { x: seat, pose: prop.pose, propId: prop.id });
        tell({ type: 'move', ...movement(view) });
      } else if (type === 'action' && Date.now() - actedAt >= ACTION_MS) {
        actedAt = Date.now();
        view['pose'] = null;
        tell({ type, id: self.id, action: message['action'] }, socket);
      } else if (type === 'profile') {
        Object.assign(view, plateOf(message));
        const { id, x, pose, propId, displayName, color, isOwner } = view;
        tell({ type, id, x, pose, propId, displayName, color, isOwner });
      } else if (type === 'say' && typeof message['text'] === 'string' && message['text'].trim() !== '') {
        tell({ type, id: self.id, text: message['text'].trim().slice(0, 140), at: Date.now() }, socket);
      } else if (type === 'typing' && typeof message['typing'] === 'boolean') {
        tell({ type, id: self.id, typing: message['typing'] });
      } else if (type === 'reading') {
        const { readingActive, widgetVisible } = message;
        Object.assign(view, { readingActive: readingActive !== false, widgetVisible: widgetVisible !== false });
        const { id, readingLabel, readingUrl } = view;
        tell({
          type,
          id,
          readingLabel,
          readingUrl,
          readingActive: view['readingActive'],
          widgetVisible: view['widgetVisible'],
        });
      }
    });
    socket.on('close', () => {
      if (self === undefined) return;
      const gone = self;
      gone.sockets.delete(socket);
      if (gone.sockets.size > 0) return;
      gone.leaving = setTimeout(() => {
        for (const [key, one] of visitors) if (one === gone) visitors.delete(key);
        tell({ type: 'leave', id: gone.id });
      }, GRACE_MS);
    });
  });

  function joinAs(socket: WebSocket, message: Message): Visitor {
    const { browserId } = message;
    const key = typeof browserId === 'string' && browserId !== '' ? browserId : `connection-${lastId + 1}`;
    const known = visitors.get(key);
    if (known !== undefined && known.secret === message['browserSecret']) {
      clearTimeout(known.leaving);
      known.sockets.add(socket);
      greet(socket, known);
      return known;
    }
    const id = (lastId += 1);
    // Anywhere will do; side by side is easiest to look at.
    const x = isPlace(message['x']) ? message['x'] : 0.4 + 0.1 * (id % 2);
    const view = {
      id,
      x,
      pose: null,
      propId: null,
      ...plateOf(message),
      readingLabel: '',
      readingUrl: '',
      readingActive: true,
      widgetVisible: true,
      isOwner: false,
      messages: [],
    };
    const visitor: Visitor = {
      id,
      secret: randomBytes(32).toString('hex'),
      sockets: new Set([socket]),
      view,
      leaving: undefined,
    };
    greet(socket, visitor);
    tell({ type: 'join', peer: view });
    visitors.set(known === undefined ? key : `connection-${id}`, visitor);
    return visitor;
  }

  function greet(socket: WebSocket, visitor: Visitor): void {
    const peers = [...visitors.values()].filter((one) => one !== visitor).map(({ view }) => view);
    const { view, secret } = visitor;
    const empty = { pluginModules: [], pluginEntities: {} };
    say(socket, { type: 'hello', ...view, browserSecret: secret, peers, birds: [], chatThrottleMs: 500, ...empty });
  }

  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(async () => {
    for (const { leaving } of visitors.values()) clearTimeout(leaving);
    for (const client of live.clients) client.terminate();
    live.close();
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  });
  const address = http.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    sizes,
    unknown,
    inits,
    get visitors() {
      return [...visitors.values()];
    },
    hangUp: (code, reason) => {
      for (const client of live.clients) client.close(code, reason);
    },
  };
}

function plateOf({ displayName, color }: Message): { displayName: string; color: string } {
  return {
    displayName: typeof displayName === 'string' ? displayName.trim().slice(0, 18) : '',
    color: COLORS.find((known) => known === color) ?? '#5f6b73',
  };
}

function movement(view: Readonly<Record<string, unknown>>): object {
  const { messages: _messages, isOwner: _isOwner, ...rest } = view;
  return rest;
}

function isPlace(x: unknown): x is number {
  return typeof x === 'number' && x >= 0 && x <= 1;
}

function say(socket: WebSocket, frame: object): void {
  socket.send(JSON.stringify(frame));
}

function parsed(data: Buffer): Message {
  try {
    const value: unknown = JSON.parse(data.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
