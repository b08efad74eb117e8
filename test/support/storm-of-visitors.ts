/**
 * A program: so many visitors come and go, in every way there is; then nothing of them may be left. By itself, since the
 * test runner follows every promise, and a heap is measured best where nothing else lives. Ends with 1 and a stack if not.
 * Usage: node storm-of-visitors.ts COUNT
 */
import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { identitySecrets } from '../../src/realtime/identity-secret.ts';
import { LiveConnection } from '../../src/realtime/live-connection.ts';
import { LiveScene } from '../../src/realtime/live-scene.ts';
import { SceneHost } from '../../src/realtime/scene-host.ts';
import type { AdmissionTicket } from '../../src/realtime/ticket.ts';
import { Scene } from '../../src/scene/scene.ts';
import { buildSite } from './site-builder.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryRing } from './memory-ring.ts';
import { seededRandom } from './seeded-random.ts';
import { collectionSizes } from './walk-collections.ts';

const VISITORS = Number(process.argv[2]);
const AT_ONCE = 1_000;
const SCENES = 200;
/** Addresses remembered; far fewer than come. */
const ENTRIES_MAX = 2_000;
/** What caches and compiled code may still have grown after the warm-up. A leaked socket costs 5 kB: 250 MB in all. */
const HEAP_GROWTH_MAX_BYTES = 8 * 2 ** 20;

const CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

async function main(): Promise<void> {
  const clock = new ManualClock();
  const ring = new MemoryRing();
  const sites = new Map(Array.from({ length: SCENES }, (_, nth) => [`site_${nth}`, buildSite({ key: `site_${nth}` })]));
  const host = new SceneHost(
    {
      sites: { find: (key) => sites.get(key) },
      ring,
      clock,
      random: seededRandom(7),
      secretFor: identitySecrets(new Uint8Array(32).fill(1)),
      log: { warn: () => undefined, error: (fields) => assert.fail(JSON.stringify(fields)) },
      metrics: { count: () => undefined },
    },
    {
      maxPayloadBytes: 4_096,
      minHumanSayMs: 0,
      socketMessageLimit: 60,
      limits: {
        maxIdentities: 8,
        joinLimit: 120,
        stateEventLimit: 2_400,
        chatEventLimit: 80,
        lockStep: { rounds: 3, windowMs: 10_000, toleranceMs: 250, quarantineMs: 600_000 },
        flood: { limit: 30, windowMs: 10_000, isEnforced: false },
        maxEntries: ENTRIES_MAX,
      },
    },
  );
  const atFirst = collectionSizes(host);
  assert.ok(atFirst.size >= 8, `the walk finds the host's collections: ${[...atFirst.keys()].join(', ')}`);

  let came = 0;
  const storm = async (visitors: number): Promise<void> => {
    for (const until = came + visitors; came < until;) {
      const clients = Array.from({ length: AT_ONCE }, (_, nth) => visit(host, came + nth));
      came += AT_ONCE;
      await Promise.all(clients.map(({ welcomed }) => welcomed));
      assert.ok(host.sizes().activity <= ENTRIES_MAX);
      for (const [nth, client] of clients.entries()) client.leave(nth % 4);
      await untilTrue(() => host.sizes().sockets === 0);
      clock.advance(2_000);
      ring.touched.length = 0;
    }
    // The longest that anything is remembered: footprints.
    clock.advance(3_600_000);
    await new Promise((resolve) => void setImmediate(resolve));
  };

  await storm(2 * AT_ONCE);
  const heapBefore = heapAfterCollection();
  await storm(VISITORS);
  const heapAfter = heapAfterCollection();

  const { scenes, sockets, refused, waitingMessages, lanes, activity, quarantines } = host.sizes();
  assert.deepEqual([scenes, sockets, refused, waitingMessages, lanes, activity, quarantines], [0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(collectionSizes(host), atFirst);
  assert.equal(clock.pendingTimers, 0);
  for (const kind of [LiveConnection, LiveScene, Scene]) {
    assert.equal(queryObjects(kind, { format: 'count' }), 0, `a ${kind.name} is left`);
  }
  assert.ok(
    heapAfter - heapBefore < HEAP_GROWTH_MAX_BYTES,
    `the heap grew by ${Math.round((heapAfter - heapBefore) / 1024)} KiB`,
  );
  await host.stop();
  process.stdout.write(`${came} came and went, the heap grew by ${Math.round((heapAfter - heapBefore) / 1024)} KiB\n`);
}

interface Visit {
  readonly welcomed: Promise<void>;
  /** @param manner 0: a proper goodbye, 1: the end of the stream, 2: a reset, 3: a proper goodbye after some noise */
  leave(manner: number): void;
}

function visit(host: SceneHost, nth: number): Visit {
  const [server, client] = duplexPair();
  const ticket: AdmissionTicket = {
    sceneKey: `site_${nth % SCENES}`,
    isHosted: true,
    origin: 'https://moss.example',
    clientIp: `10.${(nth >> 16) & 255}.${(nth >> 8) & 255}.${nth & 255}`,
    connectionLimit: 100,
  };
  client.on('error', () => undefined);
  client.on('end', () => client.end());
  const welcomed = new Promise<void>((resolve) => {
    let heard = '';
    client.on('data', (bytes: Buffer) => {
      if (heard.includes('"hello"')) return;
      heard += bytes.toString('latin1');
      if (heard.includes('"hello"')) resolve();
    });
  });
  host.admit(ticket, handshake(), server, Buffer.alloc(0));
  say(client, { type: 'init', browserId: nth % 5 === 0 ? '' : `browser${nth}`, displayName: 'Ada' });
  return {
    welcomed,
    leave(manner) {
      if (manner === 3) {
        say(client, { type: 'move', x: 0.5 });
        say(client, { type: 'settle', propId: 'bench' });
        say(client, { type: 'typing', typing: true });
        say(client, { type: 'say', text: 'goodbye' });
        say(client, { type: 'action', action: 'jump' });
      }
      if (manner === 2) server.destroy(new Error('reset'));
      else if (manner === 1) client.end();
      else client.write(CLOSE_FRAME);
    },
  };
}

function handshake(): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.method = 'GET';
  request.url = '/live';
  request.headers = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  return request;
}

/** A text frame of less than 126 bytes, masked with zeros as a client may. */
function say(client: Duplex, message: object): void {
  const payload = Buffer.from(JSON.stringify(message));
  client.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

async function untilTrue(isTrue: () => boolean): Promise<void> {
  const until = performance.now() + 20_000;
  while (!isTrue()) {
    assert.ok(performance.now() < until, 'waited 20 s');
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

await main();
