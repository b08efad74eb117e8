/** A digest as it arrives, whoever passed it on: whose it is, and whether they said it. */
import { DIGEST_MAX_BYTES, parseDigest, type Digest } from './digest.ts';
import { unsealSummary } from './summary.ts';

export interface DigestReaders {
  readonly ring: string;
  isMember(square: string): boolean;
  /** The square that hosts a site by the trusted list. */
  hostOf(site: string): string | undefined;
  verify(square: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}

export interface OpenedDigest {
  readonly author: string;
  readonly digest: Digest;
}

export type DigestFault = 'oversize' | 'undecodable' | 'non-member' | 'bad-signature' | 'wrong-ring';

/** Never throws. @param onAuthor hears who claims to have said it, before that is checked */
export function openDigest(
  { ring, isMember, verify }: Pick<DigestReaders, 'ring' | 'isMember' | 'verify'>,
  bytes: Uint8Array,
  onAuthor: (author: string) => void = () => undefined,
): OpenedDigest | DigestFault {
  if (bytes.byteLength > DIGEST_MAX_BYTES) return 'oversize';
  const sealed = unsealSummary(bytes);
  if (sealed === undefined) return 'undecodable';
  const { author, body, signature } = sealed;
  onAuthor(author);
  if (!isMember(author)) return 'non-member';
  if (!verify(author, body, signature)) return 'bad-signature';
  const digest = parseDigest(body);
  if (digest === undefined) return 'undecodable';
  return digest.ring === ring ? { author, digest } : 'wrong-ring';
}

/** `(epoch, seq)` alone decides which of two digests of one square is newer. */
export function isNewerDigest(
  { epoch, seq }: Pick<Digest, 'epoch' | 'seq'>,
  held: Pick<Digest, 'epoch' | 'seq'> | undefined,
): boolean {
  return held === undefined || epoch > held.epoch || (epoch === held.epoch && seq > held.seq);
}
