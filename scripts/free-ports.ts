import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the range from which Linux takes ports for outgoing connections (32768 on), which come and go at any moment. */
const RANGE = { from: 10_000, to: 32_000 };
const TRIES = 200;

/**
 * Finds `count` TCP ports in a row that are free on loopback now, at a place chosen by chance, so that tests side by side do
 * not meet. Somebody may take one before it is used, which the user of it then reports.
 * @throws Error when there is no such run
 */
export async function freePorts(count: number): Promise<number[]> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const first = randomInt(RANGE.from, RANGE.to - count);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const held = await Promise.allSettled(ports.map(hold));
    const servers = held.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    if (servers.length === count) return ports;
  }
  throw new Error(`no ${count} free ports in a row between ${RANGE.from} and ${RANGE.to}`);
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
