import { sign, verify } from 'node:crypto';
import { z } from 'zod';
import { isAddrOf, isShowableText, isWebOrigin } from '../documents/addresses.ts';
import { preAuthEncoding, type Signer } from '../documents/dsse.ts';
import { publicKeyFromPeerId, verifyingKey } from '../documents/keys.ts';
import { MAX_ADDRS_PER_MEMBER, MAX_REASON_CHARS } from '../documents/limits.ts';
import { decodeUtf8, parseStrictJson } from '../documents/strict-json.ts';
import { hasPassed, instantMs } from '../documents/time.ts';
import type { Charter } from '../documents/types.ts';

/**
 * An invitation as it travels by mail or on a note: `townring.<payload>.<signature>`, both in base64url, the payload signed by
 * an admin of the ring. It says which ring, and where a square asks to be let in.
 */
export interface Invite {
  readonly ring: string;
  /** 32 hex digits, chosen at random. */
  readonly id: string;
  /** Squares it is good for, counted by the square that made it. */
  readonly uses: number;
  /** ISO 8601 UTC, to the second. */
  readonly expires: string;
  /** For the admins, 0 to 200 characters; the invited can read it. */
  readonly note: string;
  /** The square that takes the request. */
  readonly by: { readonly square: string; readonly origin: string; readonly addrs: readonly string[] };
}

export const INVITE_USES_MAX = 100;
/** How long an invitation may be good for, days. */
export const INVITE_DAYS_MAX = 90;

/** Characters of the text: eight addresses of 256 bytes, an origin of 512, a note, in base64. */
export const MAX_INVITE_CHARS = 6_000;

const INVITE_TYPE = 'townring/invite/1';
const HEAD = 'townring';

const inviteSchema = z
  .strictObject({
    ring: z.string().regex(/^[0-9a-f]{64}$/),
    id: z.string().regex(/^[0-9a-f]{32}$/),
    uses: z.int().min(1).max(INVITE_USES_MAX),
    expires: z.string().refine((text) => instantMs(text) !== undefined),
    note: z.string().refine((text) => text === '' || isShowableText(text, MAX_REASON_CHARS)),
    by: z.strictObject({
      square: z.string().refine((text) => publicKeyFromPeerId(text) !== undefined),
      origin: z.string().refine(isWebOrigin),
      addrs: z.array(z.string()).min(1).max(MAX_ADDRS_PER_MEMBER),
    }),
  })
  .refine(({ by }) => by.addrs.every((addr) => isAddrOf(by.square, addr)));

export function encodeInvite(invite: Invite, admin: Signer): string {
  const payload = Buffer.from(JSON.stringify(invite));
  const signature = sign(null, preAuthEncoding(INVITE_TYPE, payload), admin.privateKey);
  return `${HEAD}.${payload.toString('base64url')}.${signature.toString('base64url')}`;
}

/** What an invitation says. Who signed it is not known before {@link isInviteOf}. Takes any text; never throws. */
export function readInvite(text: string): Invite | undefined {
  const parts = take(text);
  const json = parts === undefined ? undefined : decodeUtf8(parts.payload);
  const parsed = inviteSchema.safeParse(json === undefined ? undefined : parseStrictJson(json)?.value);
  return parsed.success ? parsed.data : undefined;
}

export type InviteVerdict = 'good' | 'forged' | 'expired';

/** @param invite read from this very text */
export function judgeInvite(
  text: string,
  invite: Invite,
  ringId: string,
  charter: Charter,
  now: number,
): InviteVerdict {
  const parts = take(text);
  if (parts === undefined || invite.ring !== ringId) return 'forged';
  const bytes = preAuthEncoding(INVITE_TYPE, parts.payload);
  const isSigned = charter.roles.admin.keyids.some((keyid) => {
    const key = charter.keys[keyid];
    return key !== undefined && verify(null, bytes, verifyingKey(Buffer.from(key.public, 'base64')), parts.signature);
  });
  if (!isSigned) return 'forged';
  return hasPassed(invite.expires, now) ? 'expired' : 'good';
}

function take(text: string): { readonly payload: Buffer; readonly signature: Buffer } | undefined {
  if (text.length > MAX_INVITE_CHARS) return undefined;
  const [head, first, second, more] = text.trim().split('.');
  if (head !== HEAD || first === undefined || second === undefined || more !== undefined) return undefined;
  const payload = Buffer.from(first, 'base64url');
  const signature = Buffer.from(second, 'base64url');
  const isCanonical = payload.toString('base64url') === first && signature.toString('base64url') === second;
  return isCanonical && signature.length === 64 ? { payload, signature } : undefined;
}
