/**
 * The three signed documents of a ring, in the shape of The Update Framework. What they are for, who signs them and how
 * they are accepted: docs/protocol.md, "Ring documents".
 */

/** A signature suite name stands in every key, so that a later suite can be told apart from day one. */
export const KEY_SUITE = 'ed25519';

export type DocumentName = 'charter' | 'members' | 'beat';

/** `payload` is base64 of the exact signed bytes; signatures are over the DSSE pre-authentication encoding. */
export interface Envelope {
  readonly type: string;
  readonly payload: string;
  readonly signatures: readonly EnvelopeSignature[];
}

export interface EnvelopeSignature {
  /** Key id: lowercase hex SHA-256 of the raw 32-byte public key. */
  readonly keyid: string;
  /** Base64, 64 bytes. */
  readonly sig: string;
}

/** A public key as documents hold it. */
export interface DocumentKey {
  readonly suite: typeof KEY_SUITE;
  /** Base64 of the raw 32 bytes. */
  readonly public: string;
}

export interface Charter {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  /** Lowercase hex SHA-256 of the previous version's payload bytes; null for version 1. Ties the chain to its ring. */
  readonly prev: string | null;
  /** Id of the ring whose squares go on with this one. The same in every version; absent in a ring that began anew. */
  readonly follows?: string;
  readonly name: string;
  readonly rules: string | null;
  /** ISO 8601 UTC, to the second. */
  readonly expires: string;
  /** Every key by its id; roles name them. */
  readonly keys: Readonly<Record<string, DocumentKey>>;
  /** Admins sign charters (threshold) and members lists (one); online keys sign beats (one). Paper is an admin key kept offline. */
  readonly roles: {
    readonly admin: { readonly keyids: readonly string[]; readonly threshold: number };
    readonly online: { readonly keyids: readonly string[] };
  };
}

export interface MemberSite {
  /** Unique in the ring: 1–32 of a–z, 0–9 and "-". */
  readonly id: string;
  /** Shown on gates, 1–40 characters. */
  readonly name: string;
  /** Entry page, absolute https URL (http only on loopback, for development). */
  readonly entry: string;
}

export interface Member {
  /** libp2p peer id of the square's Ed25519 key. */
  readonly square: string;
  /** Web origin of the square. */
  readonly origin: string;
  /** Multiaddrs, at most 8. */
  readonly addrs: readonly string[];
  readonly sites: readonly MemberSite[];
  /** ISO 8601 UTC date-time of joining. */
  readonly since: string;
}

export interface Revocation {
  readonly square: string;
  readonly reason: string;
  readonly at: string;
}

export interface Members {
  readonly ring: string;
  readonly version: number;
  /** Lowercase hex SHA-256 of the previous version's payload bytes; null for version 1. */
  readonly prev: string | null;
  readonly expires: string;
  /** Order in the list is order in the ring. */
  readonly members: readonly Member[];
  readonly revoked: readonly Revocation[];
}

export interface Beat {
  readonly ring: string;
  readonly version: number;
  readonly expires: string;
  /** The members document that is current: its version, SHA-256 of its payload bytes (lowercase hex), their length. */
  readonly members: { readonly version: number; readonly hash: string; readonly length: number };
}

/** A complete, verified state of one ring, as a square trusts it. */
export interface TrustedRing {
  /** Lowercase hex SHA-256 of the first charter's payload bytes. */
  readonly ringId: string;
  /** Envelopes exactly as signed: the whole charter chain from version 1, the current members list and beat. */
  readonly envelopes: RingDocuments;
  readonly charter: Charter;
  readonly members: Members;
  readonly beat: Beat;
}

/** The envelopes of one ring as they travel together: the whole charter chain from version 1, current members and beat. */
export interface RingDocuments {
  readonly charters: readonly Envelope[];
  readonly members: Envelope;
  readonly beat: Envelope;
}

/** Document versions and hash heads, small enough to ride in every summary. */
export interface DocumentVersions {
  readonly charter: number;
  readonly members: number;
  readonly beat: number;
  /** First 32 bits of the list's SHA-256: tells apart two lists that two admins published at once. */
  readonly head: number;
}

/**
 * Two documents that cannot both stand, each properly signed: somebody who holds a key, or two who do not know of each
 * other, said two things. A list whose `prev` names another predecessor is such a document too.
 */
export interface Equivocation {
  readonly ringId: string;
  readonly document: DocumentName;
  /** Of both, or of the one whose predecessor the other denies. */
  readonly version: number;
  readonly ours: Envelope;
  readonly theirs: Envelope;
}

/**
 * Where a square keeps its trusted rings. `save` returns only once the state is durable: nothing is used before it is
 * saved. Implemented over SQLite by the square and in memory by tests; one contract suite runs against both.
 */
export interface TrustedStateStore {
  /** The stored envelopes of every ring, unparsed. */
  load(): readonly StoredRing[];
  save(ring: StoredRing): void;
  /** Forgets a ring that another one has followed. Not there: nothing happens. */
  remove(ringId: string): void;
  /** Kept until the operator removes them; the keeper bounds their number. */
  proofs(): readonly Equivocation[];
  saveProof(proof: Equivocation): void;
  /**
   * Runs while no other process can save, so that what is made of the newest documents cannot cross with what the command
   * line makes of them. What was saved in it is durable when it returns, and gone when it throws. May be nested.
   */
  exclusively<T>(run: () => T): T;
}

export interface StoredRing extends RingDocuments {
  readonly ringId: string;
}
