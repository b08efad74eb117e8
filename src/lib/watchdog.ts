import { Worker } from 'node:worker_threads';

/** How often this process's loop shows that it turns. */
const BEAT_MS = 100;

/** A loop that shows nothing for so many beats is stuck. The edge counts to ten; this is for when it cannot count. */
const BEATS_MISSED_MAX = 13;

/** What the process must have computed meanwhile: one that was given less on a crowded machine is late, not stuck. */
const STUCK_CPU_SECONDS = 0.7;

/**
 * What the thread runs, as plain JavaScript in a string so that it needs neither a loader nor its memory. Nobody ever
 * writes the second number: waiting for it only sleeps. It counts its own turns, so a stopped process is not a stuck one.
 */
const THREAD = `
const { writeSync } = require('node:fs');
const { workerData: { beat, beatMs, missedMax, stuckCpu } } = require('node:worker_threads');
const counter = new Int32Array(beat);
const cpu = () => { const { user, system } = process.cpuUsage(); return user + system; };
for (let seen = -1, missed = 0, cpuSeen = 0; ; ) {
  Atomics.wait(counter, 1, 0, beatMs);
  const count = Atomics.load(counter, 0);
  missed = count === seen ? missed + 1 : 0;
  if (missed === 0) cpuSeen = cpu();
  seen = count;
  if (missed < missedMax || cpu() - cpuSeen < stuckCpu) continue;
  writeSync(2, JSON.stringify({ level: 'fatal', pid: process.pid, msg: 'stuck: ended by its watchdog' }) + '\\n');
  process.kill(process.pid, 'SIGKILL');
}`;

/**
 * Starts the thread that ends this process, by SIGKILL, when its loop is stuck for 1.3 s and computes. It lives as long as the process.
 * @returns to be called whenever something else shows that the loop turns: while thousands of sockets have something to say
 * at once, libuv hands them on one after the other, up to 48 × 1,024, before it looks at any timer
 */
export function startWatchdog(): () => void {
  const beat = new SharedArrayBuffer(8);
  const counter = new Int32Array(beat);
  const thread = new Worker(THREAD, {
    eval: true,
    workerData: { beat, beatMs: BEAT_MS, missedMax: BEATS_MISSED_MAX, stuckCpu: STUCK_CPU_SECONDS * 1e6 },
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  thread.unref();
  const showLife = (): void => void Atomics.add(counter, 0, 1);
  setInterval(showLife, BEAT_MS).unref();
  return showLife;
}
