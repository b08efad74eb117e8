/** A shard: scenes and their sockets, in a process of its own. Started by the edge, which it does not outlive. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Channel } from '../lib/channel.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../log/log.ts';
import { identitySecrets } from '../realtime/identity-secret.ts';
import { SceneHost, type Lines } from '../realtime/scene-host.ts';
import { systemRandom } from '../realtime/system-random.ts';
import { RemoteRing, type RingSpeech, type ScenesChannel, type ScenesSpeech } from '../ring/ring-channel.ts';
import type { Site } from '../scene/site.ts';
import { withCrashDoor } from './crash-door.ts';
import { Gathering } from '../lib/gathering.ts';
import { isToShard, type Beginning, type FromShard, type HandOver, type ToShard } from './messages.ts';
import { startWatchdog } from './watchdog.ts';

/** Samples of a scene for the ring and the edge: at most two a second. */
const SAMPLE_MS = 500;
const COUNT_MS = 1_000;

/** Every so many beats, what this process holds. */
const LOAD_EVERY_BEATS = 10;

/** How long the last words may take. */
const LAST_WORDS_MS = 200;
const EXIT_CRASHED = 70;

// The edge decides when a shard ends; a Ctrl-C at a terminal reaches both.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

let shard: Shard | undefined;
process.on('message', (message: unknown, handle: unknown) => {
  const socket = handle instanceof Socket ? handle : undefined;
  // First of all: whoever reset their connection on the way is an `error` event here, and nobody else listens.
  socket?.on('error', () => socket.destroy());
  if (!isToShard(message)) return;
  if (message.kind === 'begin') shard = begin(message);
  else shard?.hear(message, socket);
});
process.on('disconnect', () => void leave());

interface Shard {
  hear(message: Exclude<ToShard, Beginning>, socket: Socket | undefined): void;
  stop(): Promise<void>;
}

async function leave(): Promise<void> {
  await shard?.stop();
  process.exit(0);
}

function send(message: FromShard): void {
  // Without an edge there is nobody to tell; `disconnect` ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function begin({ shard: index, logLevel, visitorKey, settings, sites, neighbours, snapshots }: Beginning): Shard {
  const log = createLog(logLevel).child({ part: 'shard', shard: index });
  const crash = (err: unknown): void => {
    log.fatal({ err }, 'shard failed');
    const reason = err instanceof Error ? (err.stack ?? err.message) : String(err);
    process.send?.({ kind: 'crash', reason } satisfies FromShard, undefined, undefined, () =>
      process.exit(EXIT_CRASHED),
    );
    setTimeout(() => process.exit(EXIT_CRASHED), LAST_WORDS_MS);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);

  const siteByKey = new Map<string, Site>(sites.map((site) => [site.key, site]));
  const counted = new Map<string, number>();
  const counts = new Gathering(systemClock, COUNT_MS, () => {
    const all = Array.from(counted, ([key, times]) => {
      const [event = '', reason = ''] = key.split('\0');
      return [event, reason, times] as const;
    });
    counted.clear();
    send({ kind: 'counts', counts: all });
  });
  const samples = new Gathering(systemClock, SAMPLE_MS, (keys) => {
    for (const key of keys) {
      send({ kind: 'scene', key, sockets: host.socketCount(key), presence: host.presence(key) });
    }
  });
  const ring = new RemoteRing(
    () => channel,
    (sceneKey) => samples.add(sceneKey),
  );
  const channel: ScenesChannel = new Channel<ScenesSpeech, RingSpeech>({
    clock: systemClock,
    send: (message) => send({ kind: 'ring', message }),
    hearing: ring.hearing,
  });
  for (const [sceneKey, frame] of neighbours) ring.hearing.news.neighbours({ sceneKey, frame });
  const host = new SceneHost(
    withCrashDoor(
      {
        sites: { find: (key) => siteByKey.get(key) },
        ring,
        clock: systemClock,
        random: systemRandom,
        secretFor: identitySecrets(Buffer.from(visitorKey, 'hex')),
        changeSite(key, patch) {
          const site = siteByKey.get(key);
          if (site !== undefined) siteByKey.set(key, { ...site, ...patch });
          send({ kind: 'patch', key, patch });
        },
        log,
        onQuarantined: (key, address, forMs) => send({ kind: 'quarantined', key, address, forMs }),
        metrics: {
          count(event, reason) {
            const key = `${event}\0${reason}`;
            counted.set(key, (counted.get(key) ?? 0) + 1);
            counts.add('');
          },
        },
      },
      process.env,
    ),
    settings,
  );
  host.onSnapshot((snapshot) => send({ kind: 'snapshot', snapshot }));
  const said = new Map<string, Lines>();
  const lines = new Gathering(systemClock, SAMPLE_MS, (keys) => {
    for (const key of keys) {
      const heard = said.get(key);
      if (heard !== undefined) send({ kind: 'said', key, lines: heard });
    }
    said.clear();
  });
  host.onSaid((key, { count, lastAt }) => {
    said.set(key, { count: (said.get(key)?.count ?? 0) + count, lastAt });
    lines.add(key);
  });
  host.onVisit((key, visit) => send({ kind: 'visit', key, visit }));
  for (const snapshot of snapshots) host.resume(snapshot);

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= host.stop());
  let beats = 0;
  startWatchdog();
  send({ kind: 'ready' });
  return {
    stop,
    hear(message, socket) {
      switch (message.kind) {
        case 'beat':
          beats += 1;
          return send({ kind: 'beat', ...(beats % LOAD_EVERY_BEATS === 1 && { load: loadOf(host) }) });
        case 'hand':
          return take(host, message, socket, () => samples.add(message.ticket.sceneKey));
        case 'site':
          if (message.site === null) siteByKey.delete(message.key);
          else siteByKey.set(message.key, message.site);
          return host.siteChanged(message.key);
        case 'ring':
          return channel.hear(message.message);
        case 'act':
          return send({ kind: 'acted', id: message.id, problem: host.act(message.key, message.action) ?? null });
        case 'askVisitors':
          return send({ kind: 'visitors', id: message.id, visitors: host.visitors(message.key) });
        case 'askCensus':
          lines.flush();
          return send({ kind: 'census', id: message.id, counts: [...host.census()] });
        case 'stop':
          counts.flush();
          lines.flush();
          void leave();
          return undefined;
      }
    },
  };
}

/** Takes one socket over. It may have closed on its way; that is acknowledged as well. */
function take(
  host: SceneHost,
  { id, ticket, url, headers, head }: HandOver,
  socket: Socket | undefined,
  onChange: () => void,
): void {
  send({ kind: 'taken', id });
  if (socket === undefined) return;
  const request = new IncomingMessage(socket);
  request.method = 'GET';
  request.url = url;
  request.headers = { ...headers };
  socket.once('close', onChange);
  host.admit(ticket, request, socket, Buffer.from(head, 'base64'));
  onChange();
}

function loadOf(host: SceneHost): Extract<FromShard, { kind: 'beat' }>['load'] & object {
  const { user, system } = process.cpuUsage();
  return { ...host.stats(), residentBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 };
}
