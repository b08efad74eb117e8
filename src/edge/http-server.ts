import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Log } from '../log/log.ts';
import type { EdgeEnv } from './json.ts';

/** Where widgets open their sockets. */
export const LIVE_PATH = '/live';

export interface HttpServerDeps {
  readonly app: Hono<EdgeEnv>;
  /** Takes every upgrade on {@link LIVE_PATH}; its socket already has an `error` listener. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Takes every upgrade on `/`, from other squares; the same. */
  readonly onRingUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly log: Log;
}

/** The listening side of a square: routes requests to the app and upgrades to the scenes. */
export class HttpServer {
  readonly #server: Server;

  constructor({ app, onUpgrade, onRingUpgrade, log }: HttpServerDeps) {
    const listener = getRequestListener(app.fetch, {
      errorHandler: (err) => {
        log.error({ err }, 'request failed');
        return new Response('server error', { status: 500 });
      },
    });
    this.#server = createServer((request, response) => void listener(request, response));
    this.#server.on('upgrade', (request, socket, head) => {
      // First of all: after an upgrade nobody else listens, and a reset would end the process.
      socket.on('error', () => socket.destroy());
      const path = request.url?.split('?', 1)[0];
      if (path === LIVE_PATH) return onUpgrade(request, socket, head);
      if (path === '/' && request.headers.upgrade?.toLowerCase() === 'websocket') {
        return onRingUpgrade(request, socket, head);
      }
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
  }

  /** @throws Error when the address is taken, in words an operator can act on */
  async listen(host: string, port: number): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      const fail = (err: NodeJS.ErrnoException): void => {
        const reason =
          err.code === 'EADDRINUSE' ? `port ${port} on ${host} is taken: choose another PORT` : err.message;
        reject(new Error(`cannot listen: ${reason}`, { cause: err }));
      };
      this.#server.once('error', fail);
      this.#server.listen(port, host, () => {
        this.#server.off('error', fail);
        resolve();
      });
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the HTTP server has no TCP address');
    return address;
  }

  /** Takes no more connections and ends the idle ones; does not wait for sockets that were upgraded. Idempotent. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
