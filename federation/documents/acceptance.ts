import { verifyCharterChain, type CharterChain } from './charter.ts';
import { decodeBase64, sha256Hex } from './keys.ts';
import { verifyBeat, verifyMembers, type Verified } from './parse.ts';
import { refuse, type Checked, type Refused } from './refusal.ts';
import { checkMembers } from './schemas.ts';
import { hasPassed } from './time.ts';
import type {
  Beat,
  Charter,
  DocumentName,
  Envelope,
  Members,
  Revocation,
  RingDocuments,
  TrustedRing,
} from './types.ts';

/** Two different documents with one version, both properly signed: somebody who holds a key says two things. */
export interface Equivocation {
  readonly ringId: string;
  readonly document: DocumentName;
  readonly version: number;
  readonly ours: Envelope;
  readonly theirs: Envelope;
}

export interface AcceptanceContext {
  /** What is trusted already; undefined at first contact. */
  readonly trusted: TrustedRing | undefined;
  /** Wall clock, ms; undefined when loading what was accepted before, for which nothing expires (fail static). */
  readonly now: number | undefined;
  /** Peer id of the reader's square, when it is one. */
  readonly self: string | undefined;
  /** Take origins and entries on loopback: development only. */
  readonly allowPrivate: boolean;
  /** The ring these must be of, when that is known. */
  readonly ringId: string | undefined;
}

export type Judgement =
  | {
      readonly ok: true;
      readonly ring: TrustedRing;
      readonly changed: boolean;
      /** Set when the list says that the reader itself was shown out of the ring. */
      readonly selfRevoked?: Revocation;
    }
  | (Refused & { readonly proof?: Equivocation });

type Refusal = Extract<Judgement, { readonly ok: false }>;

/**
 * Decides about a set of ring documents. Pure: nothing is used or kept here. The order is the design's: charter chain,
 * beat, members, what the list means for its reader.
 * @param documents from a file, a peer or the store; taken as foreign whatever its type says
 */
export function judgeDocuments(documents: RingDocuments, context: AcceptanceContext): Judgement {
  const { trusted, allowPrivate } = context;
  const chain = judgeCharters(documents.charters, context);
  if (!chain.ok) return chain;
  const { ringId, current: charter } = chain.value;
  const isCharterNew = chain.value.charters.length !== trusted?.envelopes.charters.length;

  const beat = judgeBeat(documents.beat, charter, { ...context, ringId }, isCharterNew);
  if (!beat.ok) return beat;
  const members = judgeMembers(documents.members, charter, beat.value.document, { ...context, ringId });
  if (!members.ok) return members;
  const isListNew = trusted === undefined || members.value.hash !== payloadHash(trusted.envelopes.members);
  const isBeatNew = trusted === undefined || beat.value.hash !== payloadHash(trusted.envelopes.beat);
  if (!isCharterNew && !isListNew && !isBeatNew) return { ok: true, ring: trusted, changed: false };

  const list = members.value.document;
  const expired =
    isCharterNew || isListNew
      ? (checkExpiry('charter', charter, context) ?? checkExpiry('members', list, context))
      : undefined;
  const fault = expired ?? checkMembers(list, { allowPrivate });
  if (fault !== undefined) return fault;
  const revocation = list.revoked.find(({ square }) => square === context.self);
  if (revocation === undefined && locksOut(context.self, trusted?.members, list)) {
    return refuse('locks-reader-out', 'members');
  }
  const ring: TrustedRing = {
    ringId,
    envelopes: {
      charters: chain.value.charters.map(({ envelope }) => envelope),
      members: members.value.envelope,
      beat: beat.value.envelope,
    },
    charter,
    members: list,
    beat: beat.value.document,
  };
  return { ok: true, ring, changed: true, ...(revocation === undefined ? {} : { selfRevoked: revocation }) };
}

type Step<T> = Checked<T> | Refusal;

function judgeCharters(envelopes: readonly unknown[], context: AcceptanceContext): Step<CharterChain> {
  const { trusted } = context;
  const chain = verifyCharterChain(envelopes, trusted?.ringId ?? context.ringId);
  if (!chain.ok || trusted === undefined) return chain;
  const { charters } = chain.value;
  for (const [index, ours] of trusted.envelopes.charters.entries()) {
    const theirs = charters[index];
    if (theirs === undefined) return refuse('charter-rollback', 'charter');
    if (theirs.hash !== payloadHash(ours)) return equivocation(trusted.ringId, 'charter', theirs, ours);
  }
  return chain;
}

function judgeBeat(
  envelope: unknown,
  charter: Charter,
  { trusted, now, ringId }: AcceptanceContext,
  isCharterNew: boolean,
): Step<Verified<Beat>> {
  const beat = verifyBeat(envelope, charter);
  if (!beat.ok) return beat;
  const { document } = beat.value;
  if (document.ring !== ringId) return refuse('wrong-ring', 'beat');
  const isOurs = trusted !== undefined && beat.value.hash === payloadHash(trusted.envelopes.beat);
  if (now !== undefined && hasPassed(document.expires, now) && !(isOurs && !isCharterNew)) {
    return refuse('beat-expired', 'beat');
  }
  if (trusted === undefined || isOurs || document.version > trusted.beat.version) return beat;
  if (document.version < trusted.beat.version) return refuse('beat-rollback', 'beat');
  // Two admins' squares may sign at the same time. Of two beats with one version the one with the newer list counts, and
  // as long as both name one list nobody was told two things.
  const { members: ours } = trusted.beat;
  if (document.members.version > ours.version) return beat;
  if (document.members.version < ours.version) return refuse('beat-rollback', 'beat');
  if (document.members.hash === ours.hash) return verifyBeat(trusted.envelopes.beat, charter);
  return equivocation(trusted.ringId, 'beat', beat.value, trusted.envelopes.beat);
}

function judgeMembers(
  envelope: unknown,
  charter: Charter,
  beat: Beat,
  { trusted, ringId }: AcceptanceContext,
): Step<Verified<Members>> {
  const members = verifyMembers(envelope, charter);
  if (!members.ok) return members;
  const { document, hash, length } = members.value;
  if (document.ring !== ringId) return refuse('wrong-ring', 'members');
  if (beat.members.hash !== hash || beat.members.length !== length || beat.members.version !== document.version) {
    return refuse('hash-mismatch', 'members');
  }
  if (trusted === undefined) return members;
  const floor = trusted.members.version;
  const ours = payloadHash(trusted.envelopes.members);
  if (document.version < floor) return refuse('members-rollback', 'members');
  if (document.version === floor && hash !== ours) {
    return equivocation(trusted.ringId, 'members', members.value, trusted.envelopes.members);
  }
  if (document.version === floor + 1 && document.prev !== ours) return refuse('wrong-prev', 'members');
  return members;
}

function checkExpiry(
  document: 'charter' | 'members',
  { expires }: Charter | Members,
  { now }: AcceptanceContext,
): Refused | undefined {
  if (now === undefined || !hasPassed(expires, now)) return undefined;
  return refuse(document === 'charter' ? 'charter-expired' : 'members-expired', document);
}

/** A reader that was in the list and is gone without a word would stay deaf for good; being shown out says so. */
function locksOut(self: string | undefined, before: Members | undefined, after: Members): boolean {
  const isIn = (list: Members | undefined): boolean => list?.members.some(({ square }) => square === self) ?? false;
  return self !== undefined && isIn(before) && !isIn(after);
}

function equivocation(
  ringId: string,
  document: DocumentName,
  theirs: Verified<{ readonly version: number }>,
  ours: Envelope,
): Refusal {
  const proof = { ringId, document, version: theirs.document.version, ours, theirs: theirs.envelope };
  return { ...refuse('equivocation', document), proof };
}

/** Of an envelope that was verified when it was trusted. */
function payloadHash({ payload }: Envelope): string {
  return sha256Hex(decodeBase64(payload) ?? new Uint8Array());
}
