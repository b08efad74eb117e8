import { z } from 'zod';
import { isAddrOf, isEntryUrl, isLoopbackUrl, isShowableText, isWebOrigin } from './addresses.ts';
import { decodeBase64, isStrongKey, keyIdOf, publicKeyFromPeerId } from './keys.ts';
import {
  MAX_ADDRS_PER_MEMBER,
  MAX_ADDR_CHARS,
  MAX_ADMIN_KEYS,
  MAX_MEMBERS,
  MAX_MEMBERS_BYTES,
  MAX_ONLINE_KEYS,
  MAX_REASON_CHARS,
  MAX_REVOCATIONS,
  MAX_SITES_PER_MEMBER,
  MAX_URL_CHARS,
} from './limits.ts';
import { refuse, type Refused } from './refusal.ts';
import { instantMs } from './time.ts';
import { KEY_SUITE, type Charter, type Members } from './types.ts';

/** Shapes of the three payloads. Each string and each array has a bound; unknown fields are refused. */

const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** As far as the header of a summary can count. */
const version = z
  .int()
  .min(1)
  .max(2 ** 32 - 1);
const instant = z.string().refine((text) => instantMs(text) !== undefined);
const showable = z.string().refine((text) => isShowableText(text));
const reason = z.string().refine((text) => isShowableText(text, MAX_REASON_CHARS));
const peerId = z.string().refine((text) => publicKeyFromPeerId(text) !== undefined);
const url = z.string().max(MAX_URL_CHARS).refine(isEntryUrl);
const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

export const charterSchema = z.strictObject({
  version,
  prev: hash.nullable(),
  follows: hash.exactOptional(),
  name: showable,
  rules: url.nullable(),
  expires: instant,
  keys: z.record(hash, z.strictObject({ suite: z.literal(KEY_SUITE), public: z.string().length(44) })),
  roles: z.strictObject({
    admin: z.strictObject({
      keyids: z.array(hash).min(1).max(MAX_ADMIN_KEYS).refine(distinct),
      threshold: z.int().min(1).max(MAX_ADMIN_KEYS),
    }),
    online: z.strictObject({ keyids: z.array(hash).min(1).max(MAX_ONLINE_KEYS).refine(distinct) }),
  }),
});

const memberSchema = z
  .strictObject({
    square: peerId,
    origin: z.string().max(MAX_URL_CHARS).refine(isWebOrigin),
    addrs: z.array(z.string().max(MAX_ADDR_CHARS)).max(MAX_ADDRS_PER_MEMBER).refine(distinct),
    sites: z
      .array(z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,32}$/), name: showable, entry: url }))
      .min(1)
      .max(MAX_SITES_PER_MEMBER),
    since: instant,
  })
  .refine(({ square, addrs }) => addrs.every((addr) => isAddrOf(square, addr)));

export const membersSchema = z.strictObject({
  ring: hash,
  version,
  prev: hash.nullable(),
  expires: instant,
  members: z.array(memberSchema).max(MAX_MEMBERS),
  revoked: z.array(z.strictObject({ square: peerId, reason, at: instant })).max(MAX_REVOCATIONS),
});

export const beatSchema = z.strictObject({
  ring: hash,
  version,
  expires: instant,
  members: z.strictObject({ version, hash, length: z.int().min(1).max(MAX_MEMBERS_BYTES) }),
});

/**
 * What the shape of a charter cannot say: every key strong and used, each under its own id and in one role, a
 * threshold that can be met with a key lost.
 */
export function checkCharter({ version: number, prev, keys, roles }: Charter): Refused | undefined {
  if ((number === 1) !== (prev === null)) return refuse('wrong-prev', 'charter');
  const used = new Set([...roles.admin.keyids, ...roles.online.keyids]);
  // An online key lies on a machine that faces the network: with a second role it would be worth stealing.
  const isShared = used.size < roles.admin.keyids.length + roles.online.keyids.length;
  if (isShared || used.size !== Object.keys(keys).length || roles.admin.threshold > roles.admin.keyids.length) {
    return refuse('bad-document', 'charter');
  }
  if (roles.admin.threshold === roles.admin.keyids.length) return refuse('no-spare-key', 'charter');
  for (const keyid of used) {
    const key = Object.hasOwn(keys, keyid) ? keys[keyid] : undefined;
    const raw = key === undefined ? undefined : decodeBase64(key.public);
    if (raw === undefined || keyIdOf(raw) !== keyid) return refuse('bad-document', 'charter');
    if (!isStrongKey(raw)) return refuse('weak-key', 'charter');
  }
  return undefined;
}

/** What the shape of a list cannot say: somebody is in it, everybody and every site once, nobody who was shown out. */
export function checkMembers(
  { version: number, prev, members, revoked }: Members,
  { allowPrivate }: { readonly allowPrivate: boolean },
): Refused | undefined {
  const squares = members.map(({ square }) => square);
  const sites = members.flatMap((member) => member.sites);
  const out = new Set(revoked.map(({ square }) => square));
  if ((number === 1) !== (prev === null)) return refuse('wrong-prev', 'members');
  if (members.length === 0) return refuse('empty-ring', 'members');
  if (!distinct(squares) || out.size !== revoked.length) return refuse('repeated-square', 'members');
  if (!distinct(sites.map(({ id }) => id))) return refuse('repeated-site', 'members');
  if (squares.some((square) => out.has(square))) return refuse('revoked-member', 'members');
  const urls = [...members.map(({ origin }) => origin), ...sites.map(({ entry }) => entry)];
  if (!allowPrivate && urls.some((text) => isLoopbackUrl(text))) return refuse('private-address', 'members');
  return undefined;
}
