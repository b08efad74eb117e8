/**
 * The digest: how many people are at each site of one square now, as the square says it to its region. On the wire it has
 * the shape of a summary: raw public key, the body's exact bytes, the signature over them.
 */
import type { DocumentVersions } from '../documents/types.ts';
import { parseVersions, versionsList } from '../node/document-versions.ts';
import { bytesOf, decodeCbor, encodeCbor, integerOf, listOf, recordOf, textOf } from '../node/strict-cbor.ts';
import { COUNT_MAX, type Signer } from './summary.ts';

export const DIGEST_DOMAIN = 'townring/digest/1';

/** Sites told of: as many as a square may have within a ring. */
export const DIGEST_SITES_MAX = 32;

/** 32 sites with ids of 32 characters take 1,500. */
export const DIGEST_MAX_BYTES = 2_048;

const SEQ_MAX = 2 ** 32 - 1;

export interface SiteCount {
  readonly site: string;
  /** Everyone there; null when the owner shares nothing. */
  readonly count: number | null;
}

export interface Digest {
  readonly ring: string;
  /** Counts the runs of a square, as in its summaries. */
  readonly epoch: number;
  /** Counts the digests of one run, from 0. */
  readonly seq: number;
  /** Author's wall clock, ms: for the clock-skew warning only. */
  readonly ts: number;
  readonly versions: DocumentVersions;
  readonly counts: readonly SiteCount[];
}

export function sealDigest(digest: Digest, signer: Signer): Uint8Array {
  const body = encodeCbor({
    d: DIGEST_DOMAIN,
    r: new Uint8Array(Buffer.from(digest.ring, 'hex')),
    e: digest.epoch,
    q: digest.seq,
    t: digest.ts,
    v: versionsList(digest.versions),
    n: digest.counts.slice(0, DIGEST_SITES_MAX).map(({ site, count }) => [site, count]),
  });
  return encodeCbor([signer.publicKey, body, signer.sign(body)]);
}

/** Parses a body whose signature was verified. @returns undefined for whatever is not exactly a digest */
export function parseDigest(body: Uint8Array): Digest | undefined {
  const map = recordOf(decodeCbor(body)?.value, ['d', 'r', 'e', 'q', 't', 'v', 'n']);
  if (map === undefined || map.d !== DIGEST_DOMAIN) return undefined;
  const ring = bytesOf(map.r, 32);
  const epoch = integerOf(map.e, 0, Number.MAX_SAFE_INTEGER);
  const seq = integerOf(map.q, 0, SEQ_MAX);
  const ts = integerOf(map.t, 0, Number.MAX_SAFE_INTEGER);
  const versions = parseVersions(map.v);
  const counts = parseCounts(map.n);
  if (ring === undefined || epoch === undefined || seq === undefined || ts === undefined) return undefined;
  if (versions === undefined || counts === undefined) return undefined;
  return { ring: Buffer.from(ring).toString('hex'), epoch, seq, ts, versions, counts };
}

function parseCounts(value: unknown): readonly SiteCount[] | undefined {
  const list = listOf(value, DIGEST_SITES_MAX);
  if (list === undefined) return undefined;
  const counts: SiteCount[] = [];
  const seen = new Set<string>();
  for (const item of list) {
    const parts = listOf(item, 2);
    const site = textOf(parts?.[0], 1, 32);
    const count = parts?.[1] === null ? null : integerOf(parts?.[1], 0, COUNT_MAX);
    if (parts?.length !== 2 || site === undefined || count === undefined || seen.has(site)) return undefined;
    seen.add(site);
    counts.push({ site, count });
  }
  return counts;
}
