/**
 * The summary: who is at one site now, as its square says it to the neighbours. On the wire it is a dag-cbor list of the
 * square's raw public key, the body's exact bytes and the signature over them; the body is a dag-cbor map that begins with
 * its domain string, so that nothing else that a square signs can be taken for one.
 */
import type { DocumentVersions } from '../documents/types.ts';
import { parseVersions, versionsList } from '../node/document-versions.ts';
import { squareOfPublicKey } from '../node/peer-keys.ts';
import { bytesOf, decodeCbor, encodeCbor, integerOf, listOf, recordOf, textOf } from '../node/strict-cbor.ts';
import { POSES, SHARING_LEVELS, type FigurePose, type RemoteFigure, type Sharing } from '../types.ts';

/** `1` fixes the suite too: Ed25519 over the body's bytes. */
export const SUMMARY_DOMAIN = 'townring/summary/1';
export const SUMMARY_MAX_BYTES = 1_024;
export const SUMMARY_FIGURES_MAX = 32;

/** Widths of counters on the wire. `epoch` and `ts` may use all of JavaScript's safe integers. */
const SEQ_MAX = 2 ** 32 - 1;
export const COUNT_MAX = 1_000_000;
const NAME_BYTES = 4;

/** One figure as it travels. */
export interface SummaryFigure {
  /** 8 lowercase hex digits, random per visitor and site, changed hourly. */
  readonly h: string;
  /** 0…255: which 256th of the strip. */
  readonly x: number;
  /** Coat index, 0…11. */
  readonly color: number;
  readonly pose: FigurePose;
  readonly walking: boolean;
}

export interface Summary {
  readonly ring: string;
  readonly site: string;
  /** Counts the runs of a square; raised and saved before the first publish of a run. */
  readonly epoch: number;
  /** Grows with every summary of one site in one run; what it skips says nothing. */
  readonly seq: number;
  /** Author's wall clock, ms: for the clock-skew warning only. */
  readonly ts: number;
  readonly versions: DocumentVersions;
  readonly sharing: Sharing;
  /** Everyone there; null when the owner shares nothing. */
  readonly count: number | null;
  readonly figures: readonly SummaryFigure[];
  /** The square stops gracefully: show nobody from now on. */
  readonly bye: boolean;
}

/** A summary as received: split, not yet believed. */
export interface SealedSummary {
  /** Peer id of the key that claims to have signed. */
  readonly author: string;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Signer {
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

export function sealSummary(summary: Summary, signer: Signer): Uint8Array {
  const body = encodeCbor({
    d: SUMMARY_DOMAIN,
    r: new Uint8Array(Buffer.from(summary.ring, 'hex')),
    s: summary.site,
    e: summary.epoch,
    q: summary.seq,
    t: summary.ts,
    v: versionsList(summary.versions),
    h: SHARING_LEVELS.indexOf(summary.sharing),
    n: summary.count,
    f: summary.figures.map((figure) => [
      new Uint8Array(Buffer.from(figure.h, 'hex')),
      figure.x,
      figure.color,
      POSES.indexOf(figure.pose),
      figure.walking,
    ]),
    b: summary.bye,
  });
  return encodeCbor([signer.publicKey, body, signer.sign(body)]);
}

/** Splits the wire form. @returns undefined for anything but three byte strings of the right lengths */
export function unsealSummary(bytes: Uint8Array): SealedSummary | undefined {
  const parts = listOf(decodeCbor(bytes)?.value, 3);
  const key = bytesOf(parts?.[0], 32);
  const body = parts?.[1];
  const signature = bytesOf(parts?.[2], 64);
  if (key === undefined || !(body instanceof Uint8Array) || signature === undefined) return undefined;
  const author = squareOfPublicKey(key);
  return author === undefined ? undefined : { author, body, signature };
}

/** Parses a body whose signature was verified. @returns undefined for whatever is not exactly a summary */
export function parseSummary(body: Uint8Array): Summary | undefined {
  const map = recordOf(decodeCbor(body)?.value, ['d', 'r', 's', 'e', 'q', 't', 'v', 'h', 'n', 'f', 'b']);
  if (map === undefined || map.d !== SUMMARY_DOMAIN || typeof map.b !== 'boolean') return undefined;
  const ring = bytesOf(map.r, 32);
  const site = textOf(map.s, 1, 32);
  const epoch = integerOf(map.e, 0, Number.MAX_SAFE_INTEGER);
  const seq = integerOf(map.q, 0, SEQ_MAX);
  const ts = integerOf(map.t, 0, Number.MAX_SAFE_INTEGER);
  const versions = parseVersions(map.v);
  const sharing = SHARING_LEVELS[integerOf(map.h, 0, SHARING_LEVELS.length - 1) ?? -1];
  const count = map.n === null ? null : integerOf(map.n, 0, COUNT_MAX);
  const figures = parseFigures(map.f);
  if (ring === undefined || site === undefined || epoch === undefined || seq === undefined || ts === undefined) {
    return undefined;
  }
  if (versions === undefined || sharing === undefined || count === undefined || figures === undefined) return undefined;
  const head = { ring: Buffer.from(ring).toString('hex'), site, epoch, seq, ts, versions };
  return { ...head, sharing, count, figures, bye: map.b };
}

function parseFigures(value: unknown): readonly SummaryFigure[] | undefined {
  const list = listOf(value, SUMMARY_FIGURES_MAX);
  if (list === undefined) return undefined;
  const figures: SummaryFigure[] = [];
  for (const item of list) {
    const parts = listOf(item, 5);
    const name = bytesOf(parts?.[0], NAME_BYTES);
    const x = integerOf(parts?.[1], 0, 255);
    const color = integerOf(parts?.[2], 0, 11);
    const pose = POSES[integerOf(parts?.[3], 0, POSES.length - 1) ?? -1];
    const walking = parts?.[4];
    if (name === undefined || x === undefined || color === undefined || pose === undefined) return undefined;
    if (typeof walking !== 'boolean') return undefined;
    figures.push({ h: Buffer.from(name).toString('hex'), x, color, pose, walking });
  }
  return figures;
}

/** As widgets are shown it: the middle of its 256th of the strip. */
export function remoteFigure(figure: SummaryFigure): RemoteFigure {
  return { ...figure, x: (figure.x + 0.5) / 256 };
}
