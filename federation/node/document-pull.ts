/**
 * Ring documents from square to square. Whoever sees newer versions in a summary's header asks its author; whoever is asked
 * by one that has newer ones asks back. So a new list runs round the ring link by link, as fast as it can be verified.
 */
import { decodeDocuments, encodeDocuments, haveSamePayloads } from '../documents/document-set.ts';
import { MAX_DOCUMENTS_BYTES } from '../documents/limits.ts';
import type { DocumentVersions, RingDocuments, TrustedRing } from '../documents/types.ts';
import { documentVersions, isNewer } from '../documents/versions.ts';
import type { Clock, Count, Log } from '../types.ts';
import type { AcceptanceOutcome } from '../ring-service.ts';
import { parseVersions, versionsList } from './document-versions.ts';
import type { RequestLimits } from './request.ts';
import { bytesOf, decodeCbor, encodeCbor, recordOf } from './strict-cbor.ts';
import type { SquareNode } from './square-node.ts';
import { createKeyedBuckets } from './token-bucket.ts';
import { DOCUMENTS_PROTOCOL } from './topics.ts';

export const DOCUMENTS_LIMITS: RequestLimits & { readonly maxStreams: number } = {
  questionMaxBytes: 128,
  answerMaxBytes: MAX_DOCUMENTS_BYTES,
  timeoutMs: 10_000,
  maxStreams: 2,
};

/** Pulls that one square may make, and be made to cause: a beat every 12 h, a list now and then, reconnects. */
const PULL_RATE = { perSecond: 0.5, burst: 10 };
const SQUARES_MAX = 1_024;

/** Documents that were refused are not fetched again sooner: a square whose clock is off says of each summary that it has them. */
const REFUSED_AGAIN_MS = 10 * 60_000;

export interface DocumentsQuestion {
  readonly ring: string;
  readonly have: DocumentVersions;
}

export function encodeDocumentsQuestion({ ring, have }: DocumentsQuestion): Uint8Array {
  return encodeCbor({ r: new Uint8Array(Buffer.from(ring, 'hex')), v: versionsList(have) });
}

export function decodeDocumentsQuestion(bytes: Uint8Array): DocumentsQuestion | undefined {
  const map = recordOf(decodeCbor(bytes)?.value, ['r', 'v']);
  const ring = bytesOf(map?.r, 32);
  const have = parseVersions(map?.v);
  if (ring === undefined || have === undefined) return undefined;
  return { ring: Buffer.from(ring).toString('hex'), have };
}

export interface DocumentPullDeps {
  readonly ringId: string;
  readonly node: Pick<SquareNode, 'ask'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: Count;
  trusted(): TrustedRing;
  accept(documents: RingDocuments): AcceptanceOutcome | Promise<AcceptanceOutcome>;
  /** A square claimed newer documents than it has, or sent what are none. */
  blame(square: string): void;
}

export interface DocumentPull {
  /**
   * Another square may have these versions: asks it when they are newer.
   * @param isOwnWord it said so itself, under its signature or over its link; otherwise it passed on what a third one said
   */
  noteVersions(square: string, theirs: DocumentVersions, isOwnWord: boolean): void;
  /** Tells a square which versions are here; gets its newer ones, or makes it ask back. Never rejects. */
  exchange(square: string): Promise<void>;
  /** A square knows something that we do not: asks it, unless it was asked just now. */
  hint(square: string): void;
  answer(square: string, question: DocumentsQuestion): Uint8Array | undefined;
  /** The same for a square that was shown out: it is told, and never asked. */
  farewell(square: string, question: DocumentsQuestion): Uint8Array | undefined;
}

/** One zero byte; documents are JSON and longer. */
const NOTHING_NEWER = new Uint8Array(1);

export function createDocumentPull(deps: DocumentPullDeps): DocumentPull {
  /** By square that is being asked: what it claimed to have meanwhile. */
  const inFlight = new Map<string, DocumentVersions | undefined>();
  const rates = createKeyedBuckets(PULL_RATE, SQUARES_MAX);
  const answerRates = createKeyedBuckets(PULL_RATE, SQUARES_MAX);
  /** The versions that each square last claimed and whose documents were refused. */
  const refused = new Map<string, { readonly versions: string; readonly atMs: number }>();
  const noteRefused = (square: string, theirs: DocumentVersions): void => {
    refused.delete(square);
    refused.set(square, { versions: JSON.stringify(theirs), atMs: deps.clock.monotonic() });
    const [oldest] = refused.keys();
    if (refused.size > SQUARES_MAX && oldest !== undefined) refused.delete(oldest);
  };
  const wasRefused = (square: string, theirs: DocumentVersions): boolean => {
    const known = refused.get(square);
    if (known?.versions !== JSON.stringify(theirs)) return false;
    return deps.clock.monotonic() - known.atMs < REFUSED_AGAIN_MS;
  };

  const ask = async (square: string): Promise<'nothing-newer' | 'accepted' | 'refused' | 'failed'> => {
    inFlight.set(square, undefined);
    const told = documentVersions(deps.trusted());
    let given: RingDocuments | undefined;
    try {
      const question = encodeDocumentsQuestion({ ring: deps.ringId, have: told });
      const answer = await deps.node.ask(square, DOCUMENTS_PROTOCOL, question, DOCUMENTS_LIMITS);
      if (answer.byteLength <= 1) {
        deps.count('documents-pull', 'nothing-newer');
        return 'nothing-newer';
      }
      const decoded = decodeDocuments(answer);
      if (decoded.ok) given = decoded.value;
      else deps.blame(square);
      const outcome = decoded.ok ? await deps.accept(decoded.value) : decoded;
      deps.count('documents-pull', outcome.ok ? 'accepted' : 'refused');
      if (outcome.ok) return 'accepted';
      deps.log.warn({ square, reason: outcome.reason }, 'ring documents refused');
      // A full disk is our own fault, and tried again at once.
      return outcome.reason === 'not-saved' ? 'failed' : 'refused';
    } catch (err) {
      deps.count('documents-pull', 'failed');
      deps.log.debug({ square, err }, 'pull of ring documents failed');
    } finally {
      const claimed = inFlight.get(square);
      inFlight.delete(square);
      catchUp(square, told, given, claimed);
    }
    return 'failed';
  };
  /** What changed while a square was asked, here or there, was in neither the question nor the answer. */
  const catchUp = (
    square: string,
    told: DocumentVersions,
    given: RingDocuments | undefined,
    claimed: DocumentVersions | undefined,
  ): void => {
    const ours = deps.trusted();
    const isKnownThere = given !== undefined && haveSamePayloads(given, ours.envelopes);
    if (isNewer(documentVersions(ours), told) && !isKnownThere) void ask(square);
    else if (claimed !== undefined) void askWhenNewer(square, claimed, true);
  };
  const isAhead = (theirs: DocumentVersions): boolean => isNewer(theirs, documentVersions(deps.trusted()));
  const askWhenNewer = async (square: string, theirs: DocumentVersions, isOwnWord: boolean): Promise<void> => {
    if (!isAhead(theirs) || inFlight.has(square) || wasRefused(square, theirs)) return;
    if (!rates.take(square, deps.clock.monotonic())) return;
    const outcome = await ask(square);
    if (outcome === 'refused') noteRefused(square, theirs);
    else if (outcome === 'nothing-newer' && isOwnWord && isAhead(theirs)) deps.blame(square);
  };

  return {
    noteVersions: (square, theirs, isOwnWord) => void askWhenNewer(square, theirs, isOwnWord),
    async exchange(square) {
      if (!inFlight.has(square)) await ask(square);
    },
    hint(square) {
      if (!inFlight.has(square) && rates.take(square, deps.clock.monotonic())) void ask(square);
    },
    answer(square, { ring: ringId, have }) {
      if (!answerRates.take(square, deps.clock.monotonic())) return undefined;
      const ring = deps.trusted();
      // Asked for the ring that ours has followed: versions of two rings do not compare.
      if (ringId !== deps.ringId) return encodeDocuments(ring.envelopes);
      if (inFlight.has(square)) inFlight.set(square, have);
      else void askWhenNewer(square, have, true);
      return isNewer(documentVersions(ring), have) ? encodeDocuments(ring.envelopes) : NOTHING_NEWER;
    },
    farewell(square, { have }) {
      if (!answerRates.take(square, deps.clock.monotonic())) return undefined;
      const ring = deps.trusted();
      return isNewer(documentVersions(ring), have) ? encodeDocuments(ring.envelopes) : undefined;
    },
  };
}
