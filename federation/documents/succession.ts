/**
 * How a ring goes on when its admins are gone: a new ring whose charter `follows` the old one. A square of the old ring goes
 * over to it when more than half of the squares that it last knew have signed that charter, or on its operator's own word.
 */
import { verify } from 'node:crypto';
import { judgeDocuments, type AcceptanceContext, type Judgement } from './acceptance.ts';
import { preAuthEncoding } from './dsse.ts';
import { decodeBase64, keyIdOf, publicKeyFromPeerId, verifyingKey } from './keys.ts';
import { parsePayload } from './parse.ts';
import { refuse } from './refusal.ts';
import { charterSchema } from './schemas.ts';
import type { Envelope, Members, RingDocuments, TrustedRing } from './types.ts';

/** How documents of a ring that the reader does not hold came here. */
export type Welcome =
  /** Nobody asked for them. */
  | 'none'
  /** The operator installs this ring, or joins it. */
  | 'install'
  /** The operator goes over to it, whoever signed. */
  | 'succeed';

/**
 * Decides about documents of a ring that the reader does not hold yet. Pure.
 * @param held the rings that it holds
 */
export function judgeNewRing(
  documents: RingDocuments,
  context: AcceptanceContext,
  held: ReadonlyMap<string, TrustedRing>,
  welcome: Welcome,
): Judgement {
  const isPassed = [...held.values()].some(({ charter }) => charter.follows === context.ringId);
  if (isPassed) return refuse('succeeded', 'charter');
  const old = held.get(followedBy(documents) ?? '');
  if (old === undefined) {
    return welcome === 'none' ? refuse('unknown-ring', 'charter') : judgeDocuments(documents, context);
  }
  const judgement = judgeDocuments(documents, context);
  if (!judgement.ok || welcome === 'succeed') return judgement;
  const { self } = context;
  const { members } = judgement.ring.members;
  const isDropped = judgement.selfRevoked === undefined && !members.some(({ square }) => square === self);
  if (isDropped && old.members.members.some(({ square }) => square === self)) {
    return refuse('locks-reader-out', 'members');
  }
  const [charter] = judgement.ring.envelopes.charters;
  const cosigners = charter === undefined ? [] : cosignersOf(charter, old.members);
  return isMajority(cosigners.length, old.members) ? judgement : refuse('no-majority', 'charter');
}

/** The ring that documents say they follow; whoever signed it is not known yet. Never throws. */
export function followedBy({ charters: [first] }: RingDocuments): string | undefined {
  const payload = decodeBase64(first?.payload ?? '');
  const charter = payload === undefined ? undefined : parsePayload('charter', payload, charterSchema);
  return charter?.ok === true ? charter.value.follows : undefined;
}

/** Peer ids of the squares of a list whose signatures under a charter hold, in the order of the list. What does not hold is nobody's. */
export function cosignersOf({ type, payload, signatures }: Envelope, { members }: Members): readonly string[] {
  const bytes = preAuthEncoding(type, decodeBase64(payload) ?? new Uint8Array());
  const byKeyId = new Map(signatures.map(({ keyid, sig }) => [keyid, sig]));
  return members.flatMap(({ square }) => {
    const raw = publicKeyFromPeerId(square);
    const signature = raw === undefined ? undefined : decodeBase64(byKeyId.get(keyIdOf(raw)) ?? '');
    if (raw === undefined || signature?.length !== 64) return [];
    return verify(null, bytes, verifyingKey(raw), signature) ? [square] : [];
  });
}

/** More than half of the squares. */
export function isMajority(cosigners: number, { members }: Members): boolean {
  return cosigners * 2 > members.length;
}
