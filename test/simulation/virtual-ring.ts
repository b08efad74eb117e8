/** Rings that simulations begin with: signed once for each size, the same in every run. */
import type { RingDocuments } from '../../federation/documents/types.ts';
import { createRing, type NewRing } from '../../federation/governance/create-ring.ts';
import type { MemberDraft } from '../../federation/governance/member-draft.ts';
import type { SquareKey } from '../../federation/node/identity.ts';
import { seededBytes } from '../support/ring-documents.ts';
import { virtualKey } from './keys.ts';
import { NOON } from './virtual-machine.ts';

/** Site of the member that lies, when there is one. */
export const HOSTILE_SITE = 'mallow';

export interface VirtualRing {
  readonly ringId: string;
  readonly documents: RingDocuments;
  readonly adminKeys: NewRing['keys'];
  /** Of the squares in ring order, and of the hostile one after them. */
  readonly keys: readonly SquareKey[];
  readonly drafts: readonly MemberDraft[];
}

const rings = new Map<string, VirtualRing>();

/** @param hasHostile one more member than `squares`, after them */
export async function virtualRing(squares: number, hasHostile: boolean): Promise<VirtualRing> {
  const id = `${squares} ${hasHostile}`;
  const known = rings.get(id) ?? (await formVirtualRing(squares, hasHostile));
  rings.set(id, known);
  return known;
}

async function formVirtualRing(squares: number, hasHostile: boolean): Promise<VirtualRing> {
  const keys = await Promise.all(Array.from({ length: squares + 1 }, async (_, index) => virtualKey(index)));
  const drafts = keys.map(({ square }, index): MemberDraft => {
    const name = index === squares ? HOSTILE_SITE : `site-${index}`;
    // One of the squares has two sites, side by side.
    const sites = index === 1 && squares > 3 ? [name, `${name}-b`] : [name];
    return {
      square,
      origin: `https://square.${name}.example`,
      addrs: [`/dns4/square.${name}.example/tcp/4001`],
      sites: sites.map((site) => ({ id: site, name: site, entry: `https://${site}.example/` })),
    };
  });
  const ring = createRing({
    name: 'Hedgerow',
    members: hasHostile ? drafts : drafts.slice(0, squares),
    now: NOON,
    random: seededBytes('virtual ring'),
  });
  if (!ring.ok) throw new Error(ring.problems.join('\n'));
  const { ringId, documents, keys: adminKeys } = ring.value;
  return { ringId, documents, adminKeys, keys, drafts };
}
