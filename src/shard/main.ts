/** A shard: scenes and their sockets, in a process of its own. Started by the edge, which it does not outlive. */
import { IncomingMessage } from 'node:http';
import { flushCompileCache } from 'node:module';
import { Socket } from 'node:net';
import { Channel } from '../lib/channel.ts';
import { systemClock } from '../lib/clock.ts';
import { GatheredCounts } from '../lib/gathered-counts.ts';
import { Gathering } from '../lib/gathering.ts';
import { ignoreSignals, liveUnderEdge, sendToEdge } from '../lib/supervised-life.ts';
import { createLog, type Log } from '../log/log.ts';
import { loadPlugins } from '../plugins/load.ts';
import { identitySecrets } from '../realtime/identity-secret.ts';
import { SceneHost, type Lines } from '../realtime/scene-host.ts';
import { systemRandom } from '../realtime/system-random.ts';
import { RemoteRing, type RingSpeech, type ScenesChannel, type ScenesSpeech } from '../ring/ring-channel.ts';
import type { Plugins } from '../scene/scene-plugins.ts';
import type { Site } from '../scene/site.ts';
import { withCrashDoor } from './crash-door.ts';
import { isToShard, type Beginning, type FromShard, type HandOver, type ShardLoad, type ToShard } from './messages.ts';

/** Samples of a scene for the ring and the edge: at most two a second. */
const SAMPLE_MS = 500;
const COUNT_MS = 1_000;

ignoreSignals();

const counts = new GatheredCounts(systemClock, COUNT_MS, (all) => send({ kind: 'counts', counts: all }));
let shard: Shard | undefined;
process.on('message', (message: unknown, handle: unknown) => {
  const socket = handle instanceof Socket ? handle : undefined;
  // First of all: whoever reset their connection on the way is an `error` event here, and nobody else listens.
  socket?.on('error', () => socket.destroy());
  if (!isToShard(message)) return;
  if (message.kind === 'begin') void prepare(message).then((prepared) => (shard = prepared));
  else shard?.hear(message, socket);
});

interface Shard {
  hear(message: Exclude<ToShard, Beginning>, socket: Socket | undefined): void;
}

function send(message: FromShard): boolean {
  return sendToEdge(message);
}

/** A module that cannot be used ends this process; the edge has loaded it before and would have said so. */
async function prepare(beginning: Beginning): Promise<Shard> {
  const log = createLog(beginning.logLevel).child({ part: 'shard', shard: beginning.shard });
  const countFault = (where: string): void => counts.count('plugin-fault', where);
  return begin(beginning, log, await loadPlugins(beginning.pluginModules, { log, countFault }));
}

function begin(
  { visitorKey, settings, sites, neighbours, birds, snapshots }: Beginning,
  log: Log,
  plugins: Plugins,
): Shard {
  liveUnderEdge({
    load: () => loadOf(host),
    onCrash: (err) => log.fatal({ err }, 'shard failed'),
    async stop() {
      counts.flush();
      lines.flush();
      await host.stop();
    },
  });
  const siteByKey = new Map<string, Site>(sites.map((site) => [site.key, site]));
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
  for (const [sceneKey, frame] of birds) ring.birds.show(sceneKey, frame);
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
        metrics: { count: (event, reason) => counts.count(event, reason) },
        plugins,
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

  send({ kind: 'ready' });
  // Before there are visitors: Node by itself keeps what it compiled when a process ends, and a lost one never does.
  flushCompileCache();
  return {
    hear(message, socket) {
      switch (message.kind) {
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
        case 'beat':
        case 'stop':
          return undefined; // of its life
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

function loadOf(host: SceneHost): ShardLoad {
  const { user, system } = process.cpuUsage();
  return { ...host.stats(), residentBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 };
}
