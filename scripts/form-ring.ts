import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { TrustedRings } from '../federation/documents/trusted-state.ts';
import type { MemberSite } from '../federation/documents/types.ts';
import { createRing, type NewRing } from '../federation/governance/create-ring.ts';
import { loadSquareKey } from '../federation/node/identity.ts';
import { writeRingKeys } from '../src/ring/ring-keys.ts';
import { trustedStateStore } from '../src/ring/trusted-state-store.ts';
import { openStore } from '../src/store/store.ts';

/** A square that does not run yet, as the list will name it. */
export interface RingSquare {
  readonly dataDir: string;
  readonly origin: string;
  readonly addrs: readonly string[];
  readonly sites: readonly MemberSite[];
}

/**
 * Makes a ring of squares on this machine in one go: a key for each, the three signed documents, and the documents in
 * every square's data folder. For the demo and for tests; people use `townring ring`.
 * @throws Error with every problem of the documents
 */
export async function formRing(name: string, squares: readonly RingSquare[]): Promise<NewRing> {
  const now = Date.now();
  const members = await Promise.all(
    squares.map(async ({ dataDir, origin, addrs, sites }) => {
      const { square } = await loadSquareKey(join(dataDir, 'square.key'));
      return { square, origin, addrs, sites };
    }),
  );
  const made = createRing({ name, members, now, random: (length) => randomBytes(length), allowPrivate: true });
  if (!made.ok) throw new Error(made.problems.join('\n'));
  for (const [index, { dataDir }] of squares.entries()) {
    const store = openStore(dataDir);
    const rings = new TrustedRings(trustedStateStore(store), {
      self: members[index]?.square ?? '',
      allowPrivate: true,
    });
    const installed = rings.install(made.value.documents, now);
    store.close();
    if (!installed.ok) throw new Error(`the ring was refused: ${installed.reason}`);
  }
  const [first] = squares;
  // One square that renews the beat is enough, and a ring without any would stand still after three days.
  if (first !== undefined) writeRingKeys(first.dataDir, made.value.ringId, { online: made.value.keys.online });
  return made.value;
}
