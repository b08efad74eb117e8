/** Bounds of the ring documents. Everything a stranger can make long has one. */

/** Payload bytes of one charter: 16 + 32 keys with their ids are under 8 KiB. */
export const MAX_CHARTER_BYTES = 16 * 1024;
/** Versions in one charter chain; at a yearly renewal and a lost key a year this is decades. */
export const MAX_CHARTERS = 64;
/** Payload bytes of a members list: 1,000 members of a kilobyte each (federation.md, "Ring documents"). */
export const MAX_MEMBERS_BYTES = 1024 * 1024;
/** Payload bytes of a beat: a few hundred are used. */
export const MAX_BEAT_BYTES = 1024;
/** A whole set as {@link encodeDocuments} makes it: base64 of a full list and of a long chain, and their wrapping. */
export const MAX_DOCUMENTS_BYTES = 3 * 1024 * 1024;

export const MAX_MEMBERS = 1_000;
export const MAX_REVOCATIONS = 1_000;
export const MAX_SITES_PER_MEMBER = 32;
export const MAX_ADDRS_PER_MEMBER = 8;
export const MAX_ADDR_CHARS = 256;
export const MAX_URL_CHARS = 512;
/** Code points of a ring's or a site's name. */
export const MAX_NAME_CHARS = 40;
export const MAX_REASON_CHARS = 200;
export const MAX_ADMIN_KEYS = 16;
export const MAX_ONLINE_KEYS = 32;
/** Signatures under one document: the most admin keys, old and new, and under a charter that follows a ring its squares. */
export const MAX_SIGNATURES = 2 * MAX_ADMIN_KEYS + MAX_MEMBERS;
/** Rings that one square keeps. */
export const MAX_RINGS = 16;
