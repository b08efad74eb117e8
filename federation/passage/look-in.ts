/** One stream of a neighbour that looks at a site here. */
import { createTokenBucket, type Rate } from '../node/token-bucket.ts';
import type { Wire, WireListener } from '../node/wire.ts';
import type { Clock, Count, SceneSight, SightStream, Timer } from '../types.ts';
import { changeOf, type Shown, type ViewTerms } from './view-change.ts';
import { decodeLookerMessage, encodeViewMessage, VIEW_LINES_MAX, type ViewEnd } from './view-messages.ts';

/** Shortest time between two changes: ten a second. */
const CHANGE_INTERVAL_MS = 100;

/** What one stream may carry in the long run. */
const BYTES_PER_SECOND = 32 * 1_024;

/** Messages of a looking square, which says twice a second at most how many look. */
const MESSAGE_RATE: Rate = { perSecond: 4, burst: 16 };

/** A looking square says how many look every 5 s at least; one that is silent for so long is gone. */
const LOOKER_LOST_MS = 15_000;

export interface LookInDeps {
  readonly clock: Clock;
  readonly count: Count;
  readonly wire: Wire;
  readonly scene: SightStream;
  /** What the owner shows now; undefined: nothing any more. */
  terms(): ViewTerms | undefined;
  onLookers(count: number): void;
  blame(): void;
  onEnd(): void;
}

export interface LookIn {
  readonly listener: WireListener;
  end(reason: ViewEnd | 'closed-there' | 'lost' | 'broken'): void;
}

export function runLookIn({ clock, count, wire, scene, ...deps }: LookInDeps): LookIn {
  let shown: Shown | undefined;
  /** The newest, with all that was said since the last change. */
  let latest: SceneSight | undefined;
  let nextAtMs = Number.NEGATIVE_INFINITY;
  let sending: Timer | undefined;
  let silence: Timer | undefined;
  let isOver = false;
  const rate = createTokenBucket(MESSAGE_RATE);

  const end: LookIn['end'] = (reason) => {
    if (isOver) return;
    isOver = true;
    sending?.cancel();
    silence?.cancel();
    count('view-in', reason);
    if (reason === 'closed' || reason === 'busy' || reason === 'unknown') {
      wire.send([encodeViewMessage({ kind: 'end', reason })]);
    }
    wire.close();
    scene.end(reason);
    deps.onLookers(0);
    deps.onEnd();
  };
  const listen = (): void => {
    silence?.cancel();
    silence = clock.setTimer(() => end('lost'), LOOKER_LOST_MS);
  };

  const send = (): void => {
    sending = undefined;
    const terms = deps.terms();
    if (isOver || latest === undefined) return;
    if (terms === undefined) return end('closed');
    // A neighbour that does not read is told less often, not later.
    if (wire.isFull) return;
    const next = changeOf(shown, latest, terms);
    latest = undefined;
    shown = next.shown;
    if (next.change === undefined) return;
    const bytes = encodeViewMessage({ kind: 'change', ...next.change });
    wire.send([bytes]);
    nextAtMs = clock.monotonic() + Math.max(CHANGE_INTERVAL_MS, (1_000 * bytes.byteLength) / BYTES_PER_SECOND);
  };
  const schedule = (): void => {
    if (sending !== undefined || isOver || latest === undefined || wire.isFull) return;
    const waitMs = Math.ceil(nextAtMs - clock.monotonic());
    if (waitMs > 0) sending = clock.setTimer(send, waitMs);
    else send();
  };

  scene.onFrame((sight) => {
    const said = [...(latest?.said ?? []), ...sight.said].slice(-VIEW_LINES_MAX);
    latest = { ...sight, said };
    schedule();
  });
  scene.onEnd(() => end('unknown'));
  deps.onLookers(1);
  listen();
  return {
    listener: {
      message(bytes) {
        const message = rate.take(clock.monotonic()) ? decodeLookerMessage(bytes) : undefined;
        if (message?.kind === 'lookers') {
          listen();
          return deps.onLookers(message.count);
        }
        deps.blame();
        return end('broken');
      },
      drained: schedule,
      closed: () => end('closed-there'),
    },
    end,
  };
}
