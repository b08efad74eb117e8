import type { SceneSnapshot } from '../scene/snapshot.ts';

/**
 * Largest snapshot of one scene, in bytes. A thousand visitors take half of it, unless all of them have long names, long
 * addresses and have said five long lines each.
 */
export const SNAPSHOT_MAX_BYTES = 1_048_576;

/** What was left out of a snapshot to keep within its budget. */
export type SnapshotCut = 'lines' | 'visitors';

/** A snapshot on its way to whoever keeps it: text is made once, costs one copy to send, and is read again only when needed. */
export interface WrittenSnapshot {
  readonly key: string;
  readonly visitors: number;
  readonly text: string;
  readonly cut?: SnapshotCut;
}

/** Writes a snapshot down: over its budget first without what was said, then without those who did nothing for longest. */
export function writeSnapshot(snapshot: SceneSnapshot): WrittenSnapshot {
  const written = (some: SceneSnapshot, cut?: SnapshotCut): WrittenSnapshot => ({
    key: some.key,
    visitors: some.visitors.length,
    text: JSON.stringify(some),
    ...(cut && { cut }),
  });
  const whole = written(snapshot);
  if (bytesOf(whole) <= SNAPSHOT_MAX_BYTES) return whole;
  const silent = snapshot.visitors.map((visitor) => ({ ...visitor, fields: { ...visitor.fields, messages: [] } }));
  const withoutLines = written({ ...snapshot, visitors: silent }, 'lines');
  if (bytesOf(withoutLines) <= SNAPSHOT_MAX_BYTES) return withoutLines;
  silent.sort((a, b) => (a.ages['activeAt'] ?? 0) - (b.ages['activeAt'] ?? 0));
  let left = SNAPSHOT_MAX_BYTES - bytesOf(written({ ...snapshot, visitors: [] }));
  const visitors = silent.filter((visitor) => (left -= Buffer.byteLength(JSON.stringify(visitor)) + 1) >= 0);
  return written({ ...snapshot, visitors }, 'visitors');
}

/** Reads what {@link writeSnapshot} wrote. */
export function readSnapshot(text: string): SceneSnapshot {
  const snapshot: SceneSnapshot = JSON.parse(text);
  return snapshot;
}

function bytesOf({ text }: WrittenSnapshot): number {
  return Buffer.byteLength(text);
}
