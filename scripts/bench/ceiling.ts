/**
 * The ceiling of what `ws` sockets can do: a broadcast server without logic, limits or care. Every move goes to everybody
 * else in the room of its URL, as a frame of the real size, and writes are gathered for 10 ms.
 */
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

const GATHER_MS = 10;

interface Member {
  readonly id: number;
  readonly webSocket: WebSocket;
  readonly socket: Duplex;
}

/** @returns the port it listens on, 127.0.0.1 only */
export async function startCeiling(port: number): Promise<number> {
  const rooms = new Map<string, Set<Member>>();
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
  let lastId = 0;
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const name = request.url ?? '';
      const room = rooms.get(name) ?? new Set();
      rooms.set(name, room);
      lastId += 1;
      const member = { id: lastId, webSocket, socket };
      webSocket.on('error', () => undefined);
      webSocket.on('close', () => {
        room.delete(member);
        if (room.size === 0) rooms.delete(name);
      });
      webSocket.on('message', (data) => hear(room, member, Buffer.isBuffer(data) ? data.toString() : ''));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function hear(room: Set<Member>, member: Member, text: string): void {
  const message: unknown = text === '' ? undefined : JSON.parse(text);
  if (typeof message !== 'object' || message === null || !('type' in message)) return;
  if (message.type === 'init') {
    room.add(member);
    member.webSocket.send(JSON.stringify({ type: 'hello', id: member.id, peers: [] }));
  } else if (message.type === 'move' && 'x' in message) {
    const frame = Buffer.from(moveText(member.id, Number(message.x)));
    for (const other of room) if (other !== member) sendGathered(other, frame);
  }
}

const gathering = new Set<Duplex>();

function sendGathered({ webSocket, socket }: Member, frame: Buffer): void {
  if (webSocket.readyState !== WebSocket.OPEN) return;
  if (gathering.size === 0) setTimeout(release, GATHER_MS);
  if (!gathering.has(socket)) {
    gathering.add(socket);
    socket.cork();
  }
  webSocket.send(frame, { binary: false });
}

function release(): void {
  for (const socket of gathering) socket.uncork();
  gathering.clear();
}

function moveText(id: number, x: number): string {
  return JSON.stringify({
    type: 'move',
    id,
    x,
    pose: null,
    propId: null,
    displayName: `Walker ${id}`,
    color: '#3f7f63',
    readingLabel: 'launch',
    readingUrl: 'http://127.0.0.1/notes/launch',
    readingActive: true,
    widgetVisible: true,
  });
}
