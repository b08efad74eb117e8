import { join } from 'node:path';
import { TrustedRings } from '../../federation/documents/trusted-state.ts';
import type { TrustedRing } from '../../federation/documents/types.ts';
import { loadSquareKey, SquareKeyError, type SquareKey } from '../../federation/node/identity.ts';
import { ensureDataDir } from '../store/data-dir.ts';
import { openStore, type Store } from '../store/store.ts';
import { refused, type CommandOutcome } from './command-outcome.ts';
import { DocumentFilesError } from './document-files.ts';
import { createRingDesk, type RingDesk } from './ring-desk.ts';
import { readRingKeys, RingKeyError } from './ring-keys.ts';
import { trustedStateStore } from './trusted-state-store.ts';

/** Where a command works: the data folder of one square, whether that runs or not. */
export interface SquareContext {
  readonly dataDir: string;
  /** Wall clock, ms. */
  readonly now: number;
  /** ALLOW_PRIVATE_RING */
  readonly allowPrivate: boolean;
}

export interface RingContext extends SquareContext {
  /** A ring's id, the beginning of one, or its name; may be left out when the square is in one ring. */
  readonly ring: string | undefined;
  /** Say what would change, and change nothing. */
  readonly isDryRun: boolean;
}

export interface SquareSession {
  readonly key: SquareKey;
  readonly store: Store;
  readonly rings: TrustedRings;
  readonly desk: RingDesk;
}

/** Opens a data folder for one command. What is wrong with its files becomes an answer in plain words. */
export async function withSquare(
  { dataDir, now, allowPrivate }: SquareContext,
  run: (session: SquareSession) => CommandOutcome | Promise<CommandOutcome>,
): Promise<CommandOutcome> {
  ensureDataDir(dataDir);
  let store: Store | undefined;
  try {
    const key = await loadSquareKey(join(dataDir, 'square.key'));
    store = openStore(dataDir);
    const rings = new TrustedRings(trustedStateStore(store), { self: key.square, allowPrivate });
    const keysOf = (ringId: string) => readRingKeys(dataDir, ringId);
    const desk = createRingDesk({ rings, store, keysOf, now: () => now, allowPrivate });
    return await run({ key, store, rings, desk });
  } catch (err) {
    const isForOperator =
      err instanceof RingKeyError || err instanceof SquareKeyError || err instanceof DocumentFilesError;
    if (isForOperator) return refused(err.message);
    throw err;
  } finally {
    store?.close();
  }
}

/** As {@link withSquare}, for a command about one ring that the square is in. */
export async function withRing(
  context: RingContext,
  run: (ring: TrustedRing, session: SquareSession) => CommandOutcome | Promise<CommandOutcome>,
): Promise<CommandOutcome> {
  return withSquare(context, async (session) => {
    const all = session.rings.all();
    const { ring: wanted } = context;
    if (all.length === 0) return refused('this square is in no ring: start one (ring create) or join one (join)');
    const fits = all.filter(
      ({ ringId, charter }) => wanted === undefined || ringId.startsWith(wanted) || charter.name === wanted,
    );
    const [ring, ...others] = fits;
    if (ring === undefined) return refused(`this square is in no ring ${JSON.stringify(wanted)}`);
    if (others.length > 0) {
      const names = fits.map(({ ringId, charter }) => `${ringId.slice(0, 12)} (${charter.name})`).join(', ');
      return refused(`choose one with --ring: ${names}`);
    }
    return run(ring, session);
  });
}
