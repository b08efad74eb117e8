/** Publishes one local site: the cadence with a timer, a sequence number and a signature. */
import { randomFraction } from '../clock.ts';
import type { DocumentVersions } from '../documents/types.ts';
import type { Clock, RandomBytes, Timer } from '../types.ts';
import { INITIAL_CADENCE, nextSampleAtMs, sampled, touched } from './cadence.ts';
import { isSameShown, type Shown } from './figures.ts';
import { sealSummary, type Signer } from './summary.ts';

export interface PublisherDeps {
  readonly ring: string;
  readonly site: string;
  readonly epoch: number;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Never twice the same in a run of the square, and never less: a site that comes back to the list goes on counting. */
  nextSeq(): number;
  versions(): DocumentVersions;
  sample(): Shown;
  /** Never rejects; resolves when the bytes are on their way. */
  send(bytes: Uint8Array): Promise<void>;
  /** What the site shows has changed: local neighbours see it without the network. */
  onShown(): void;
}

export interface Publisher {
  start(): void;
  /** The site may have changed. */
  touch(): void;
  /** Publishes soon, changed or not: the documents' versions in the header are new. */
  announce(): void;
  /** What the site shows now; undefined before the first sample. */
  shown(): Shown | undefined;
  /** A fresh signed summary of what the site shows, for one asker. */
  seal(): Uint8Array | undefined;
  /** Publishes the last summary, with nobody on it, and ends. */
  bye(): Promise<void>;
  /** Ends without a word. */
  stop(): void;
}

export function createPublisher(deps: PublisherDeps): Publisher {
  const { clock } = deps;
  let cadence = INITIAL_CADENCE;
  let shown: Shown | undefined;
  let state: 'new' | 'running' | 'stopped' = 'new';
  let mustAnnounce = false;
  let timer: Timer | undefined;

  const seal = (content: Shown, bye: boolean): Uint8Array => {
    const ts = Math.floor(clock.now());
    const head = {
      ring: deps.ring,
      site: deps.site,
      epoch: deps.epoch,
      seq: deps.nextSeq(),
      ts,
      versions: deps.versions(),
    };
    return sealSummary({ ...head, ...content, bye }, deps.signer);
  };

  const sampleNow = (): void => {
    const next = deps.sample();
    const hasChanged = shown === undefined || !isSameShown(shown, next);
    const isMoving = next.figures.some((figure) => figure.walking);
    const outcome = sampled(
      cadence,
      clock.monotonic(),
      { hasChanged: hasChanged || mustAnnounce, isMoving },
      randomFraction(deps.random),
    );
    cadence = outcome.cadence;
    mustAnnounce = false;
    shown = next;
    if (outcome.publish) void deps.send(seal(next, false));
    if (hasChanged) deps.onShown();
  };

  const schedule = (): void => {
    timer?.cancel();
    timer = undefined;
    if (state !== 'running') return;
    const waitMs = nextSampleAtMs(cadence) - clock.monotonic();
    timer = clock.setTimer(run, Math.max(0, waitMs));
  };
  const run = (): void => {
    if (state !== 'running') return;
    // A timer may fire a little early on some clocks: then it is set again.
    if (nextSampleAtMs(cadence) <= clock.monotonic()) sampleNow();
    schedule();
  };

  return {
    start() {
      if (state !== 'new') return;
      state = 'running';
      run();
    },
    touch() {
      if (state !== 'running' || cadence.isTouched) return;
      cadence = touched(cadence);
      schedule();
    },
    announce() {
      mustAnnounce = true;
      cadence = touched(cadence);
      schedule();
    },
    shown: () => shown,
    seal: () => (state === 'running' && shown !== undefined ? seal(shown, false) : undefined),
    async bye() {
      const wasRunning = state === 'running';
      state = 'stopped';
      timer?.cancel();
      const sharing = shown?.sharing ?? 'nothing';
      if (wasRunning) await deps.send(seal({ sharing, count: sharing === 'nothing' ? null : 0, figures: [] }, true));
    },
    stop() {
      state = 'stopped';
      timer?.cancel();
    },
  };
}
