/** The life of a process that the edge started and that it does not outlive: the child's side. */
import { startWatchdog } from './watchdog.ts';

/** What every such process hears, beside its own messages. */
export type ToSupervised =
  /** Every 100 ms; answered by the same. */
  { readonly kind: 'beat' } | { readonly kind: 'stop' };

/** What every such process says, beside its own messages. */
export type FromSupervised<Load> =
  | { readonly kind: 'ready' }
  /** `load` comes with every tenth. */
  | { readonly kind: 'beat'; readonly load?: Load }
  /** Its last words. */
  | { readonly kind: 'crash'; readonly reason: string };

/** Every so many beats, what the process holds. */
const LOAD_EVERY_BEATS = 10;

/** How long the last words may take. */
const LAST_WORDS_MS = 200;
const EXIT_CRASHED = 70;

export interface SupervisedLife<Load> {
  /** What is said with every tenth beat. */
  readonly load: () => Load;
  /** Called once before the process ends, however it was asked to. Never rejects. */
  readonly stop: () => Promise<void>;
  /** A fault that nobody caught: the process ends over it. */
  readonly onCrash: (err: unknown) => void;
}

/** The edge decides when this process ends: a Ctrl-C at a terminal reaches both. Call it first thing. */
export function ignoreSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}

/** Tells the edge. @returns false without an edge: `disconnect` ends this process */
export function sendToEdge(message: object): boolean {
  if (!process.connected) return false;
  process.send?.(message, undefined, undefined, () => undefined);
  return true;
}

/**
 * Lives as the edge wants it: answers its beats, ends when it says so or is gone, and when the loop is stuck; says why it
 * crashes. Call it before anything that may fail.
 */
export function liveUnderEdge<Load>(life: SupervisedLife<Load>): void {
  let beats = 0;
  let showLife: (() => void) | undefined;
  let leaving: Promise<void> | undefined;
  const leave = (): Promise<void> => (leaving ??= life.stop().finally(() => process.exit(0)));
  const crash = (err: unknown): void => {
    life.onCrash(err);
    const reason = err instanceof Error ? (err.stack ?? err.message) : String(err);
    process.send?.({ kind: 'crash', reason } satisfies FromSupervised<Load>, undefined, undefined, () =>
      process.exit(EXIT_CRASHED),
    );
    setTimeout(() => process.exit(EXIT_CRASHED), LAST_WORDS_MS);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  process.on('disconnect', () => void leave());
  process.on('message', (message: unknown) => {
    if (!isOfLife(message)) return;
    if (message.kind === 'stop') {
      void leave();
      return;
    }
    beats += 1;
    showLife?.();
    const hasLoad = beats % LOAD_EVERY_BEATS === 1;
    sendToEdge({ kind: 'beat', ...(hasLoad && { load: life.load() }) } satisfies FromSupervised<Load>);
  });
  // What begins in this very turn may take as long as it takes: the edge waits for `ready`.
  setImmediate(() => (showLife = startWatchdog()));
}

function isOfLife(value: unknown): value is ToSupervised {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'beat' || value.kind === 'stop')
  );
}
