import { verifyCharterChain, type CharterChain } from './charter.ts';
import { decodeBase64, sha256Hex } from './keys.ts';
import { verifyBeat, verifyMembers, type Verified } from './parse.ts';
import { refuse, type Checked, type Refused } from './refusal.ts';
import { checkMembers } from './schemas.ts';
import { BEAT_LIFE_MS, CHARTER_LIFE_MS, lastsTooLong, MEMBERS_LIFE_MS } from './lifetimes.ts';
import { hasPassed } from './time.ts';
import type {
  Beat,
  Charter,
  DocumentName,
  Envelope,
  Equivocation,
  Members,
  Revocation,
  RingDocuments,
  TrustedRing,
} from './types.ts';

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
      /** The list is taken, and it is not the one that ours should have been followed by. */
      readonly proof?: Equivocation;
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

  const floors = floorsUnder(charter, trusted);
  const beat = judgeBeat(documents.beat, charter, { ...context, ringId }, isCharterNew, floors.beat);
  if (!beat.ok) return beat;
  const members = judgeMembers(documents.members, charter, beat.value.document, { ...context, ringId }, floors.members);
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
  const proof = forkOf(trusted, members.value);
  return {
    ok: true,
    ring,
    changed: true,
    ...(revocation === undefined ? {} : { selfRevoked: revocation }),
    ...(proof === undefined ? {} : { proof }),
  };
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

/**
 * The versions below which nothing is taken. They bind for as long as the key that set them is trusted: whoever stole a key
 * may have set them out of everybody's reach, and the charter that shows the key out is the remedy (ADR 7).
 */
function floorsUnder(
  charter: Charter,
  trusted: TrustedRing | undefined,
): { readonly beat: Beat | undefined; readonly members: Members | undefined } {
  if (trusted === undefined) return { beat: undefined, members: undefined };
  const { beat, members, envelopes } = trusted;
  if (charter.version === trusted.charter.version) return { beat, members };
  return {
    beat: verifyBeat(envelopes.beat, charter).ok ? beat : undefined,
    members: verifyMembers(envelopes.members, charter).ok ? members : undefined,
  };
}

function judgeBeat(
  envelope: unknown,
  charter: Charter,
  { trusted, now, ringId }: AcceptanceContext,
  isCharterNew: boolean,
  floor: Beat | undefined,
): Step<Verified<Beat>> {
  const beat = verifyBeat(envelope, charter);
  if (!beat.ok) return beat;
  const { document } = beat.value;
  if (document.ring !== ringId) return refuse('wrong-ring', 'beat');
  const isOurs = trusted !== undefined && beat.value.hash === payloadHash(trusted.envelopes.beat);
  if (now !== undefined && hasPassed(document.expires, now) && !(isOurs && !isCharterNew)) {
    return refuse('beat-expired', 'beat');
  }
  if (now !== undefined && !isOurs && lastsTooLong(document.expires, BEAT_LIFE_MS, now)) {
    return refuse('expires-too-late', 'beat');
  }
  if (trusted === undefined || floor === undefined || isOurs || document.version > floor.version) return beat;
  if (document.version < floor.version) return refuse('beat-rollback', 'beat');
  // Two admins' squares may sign at the same time. Of two beats with one version the one with the newer list counts, of two
  // lists with one version the one with the lower hash: every square chooses the same, and the ring does not fall in two.
  const { members: ours } = floor;
  if (document.members.version > ours.version) return beat;
  if (document.members.version < ours.version) return refuse('beat-rollback', 'beat');
  if (document.members.hash === ours.hash) return verifyBeat(trusted.envelopes.beat, charter);
  if (document.members.hash < ours.hash) return beat;
  return equivocation(trusted.ringId, 'beat', beat.value, trusted.envelopes.beat);
}

function judgeMembers(
  envelope: unknown,
  charter: Charter,
  beat: Beat,
  { ringId }: AcceptanceContext,
  floor: Members | undefined,
): Step<Verified<Members>> {
  const members = verifyMembers(envelope, charter);
  if (!members.ok) return members;
  const { document, hash, length } = members.value;
  if (document.ring !== ringId) return refuse('wrong-ring', 'members');
  if (beat.members.hash !== hash || beat.members.length !== length || beat.members.version !== document.version) {
    return refuse('hash-mismatch', 'members');
  }
  if (floor !== undefined && document.version < floor.version) return refuse('members-rollback', 'members');
  return members;
}

/**
 * Whether a list that is taken denies the one we had: the same version with other content, or a successor of another one.
 * Refusing it would leave this square behind for good, because the admins cannot know what it holds (ADR 7).
 */
function forkOf(trusted: TrustedRing | undefined, { document, hash, envelope }: Verified<Members>) {
  if (trusted === undefined) return undefined;
  const { ringId, members, envelopes } = trusted;
  const ours = payloadHash(envelopes.members);
  const isOther = document.version === members.version && hash !== ours;
  const isOthersHeir = document.version === members.version + 1 && document.prev !== ours;
  if (!isOther && !isOthersHeir) return undefined;
  return { ringId, document: 'members' as const, version: members.version, ours: envelopes.members, theirs: envelope };
}

function checkExpiry(
  document: 'charter' | 'members',
  { expires }: Charter | Members,
  { now }: AcceptanceContext,
): Refused | undefined {
  if (now === undefined) return undefined;
  if (hasPassed(expires, now)) return refuse(document === 'charter' ? 'charter-expired' : 'members-expired', document);
  const lifeMs = document === 'charter' ? CHARTER_LIFE_MS : MEMBERS_LIFE_MS;
  return lastsTooLong(expires, lifeMs, now) ? refuse('expires-too-late', document) : undefined;
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
