import type { Duplex } from 'node:stream';
import { resumeReading } from './socket-handle.ts';

/** How long a refused socket may take to read its answer. */
const READ_WITHIN_MS = 1_000;

/**
 * Answers an upgrade that nobody can take now with 503 and when to come again, and ends the socket.
 * @param retryAfterMs told in whole seconds, at least 1
 * @param why one sentence for people
 */
export function answerBusy(socket: Duplex, retryAfterMs: number, why: string): void {
  if (socket.destroyed) return;
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  const body = `${why}\n`;
  // What the client still sends is read and dropped: closing with bytes unread would reset the answer away.
  resumeReading(socket);
  const timer = setTimeout(() => socket.destroy(), READ_WITHIN_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(
    `HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${seconds}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
