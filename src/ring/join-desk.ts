import { z } from 'zod';
import { formatInstant, instantMs } from '../../federation/documents/time.ts';
import type { TrustedRing } from '../../federation/documents/types.ts';
import type { ListChange } from '../../federation/governance/change.ts';
import {
  encodeInvite,
  INVITE_DAYS_MAX,
  INVITE_USES_MAX,
  judgeInvite,
  readInvite,
} from '../../federation/governance/invite.ts';
import { keysWithRole } from '../../federation/governance/keyring.ts';
import type { Drafted } from '../../federation/governance/member-draft.ts';
import {
  encodeRequestAnswer,
  openRequest,
  type RequestAnswer,
  type RingRequest,
} from '../../federation/governance/request.ts';
import type { SigningKey } from '../../federation/governance/signing-key.ts';
import type { RandomBytes } from '../../federation/types.ts';
import type { Store } from '../store/store.ts';
import { refused } from './command-outcome.ts';
import type { AppliedChange, ChangePreview, RingDesk } from './ring-desk.ts';
import { siteCheckSchema, type SiteCheck } from './site-check.ts';

/** Who asks to come in, who is invited, and what the admins answer. The command line and the admin pages both come here. */
export interface JoinDesk {
  invite(ringId: string, wish: InviteWish): Drafted<{ readonly text: string; readonly expires: string }>;
  /** Oldest first; declined ones last. */
  requests(ringId: string): readonly KeptRequest[];
  previewApproval(ringId: string, square: string): Drafted<ChangePreview>;
  approve(ringId: string, square: string): Drafted<AppliedChange>;
  /** @param reason 1 to 200 characters, shown to the one who asked */
  decline(ringId: string, square: string, reason: string): Drafted<RingRequest>;
  /**
   * What a square hears that hands over a request itself.
   * @param square whose key its connection proved
   * @returns undefined for what is no request of that square
   */
  answer(square: string, bytes: Uint8Array): Uint8Array | undefined;
  /** Requests whose sites nobody has looked at yet. */
  unchecked(): readonly KeptRequest[];
  keepChecks(ringId: string, square: string, checks: readonly SiteCheck[]): void;
}

export interface InviteWish {
  /** 1…{@link INVITE_USES_MAX} */
  readonly uses: number;
  /** 1…{@link INVITE_DAYS_MAX} */
  readonly days: number;
  readonly note: string;
}

export interface KeptRequest {
  readonly request: RingRequest;
  /** ms since the epoch, of the first time it was heard. */
  readonly receivedAt: number;
  readonly invitation: 'none' | 'good' | 'expired' | 'used-up' | 'forged';
  /** The note on the invitation, when it is good. */
  readonly invitedFor: string | undefined;
  /** Nobody has answered for 14 days: by now every square of the ring has been asked. */
  readonly isOverdue: boolean;
  readonly declined: string | undefined;
  /** Undefined until somebody has looked. */
  readonly checks: readonly SiteCheck[] | undefined;
}

export interface JoinDeskDeps {
  readonly desk: RingDesk;
  readonly store: Pick<Store, 'ringRecords' | 'saveRingRecord' | 'removeRingRecord'>;
  readonly self: string;
  readonly keysOf: (ringId: string) => readonly SigningKey[];
  readonly random: RandomBytes;
  readonly now: () => number;
}

const DAY_MS = 24 * 60 * 60_000;
/** An unanswered request goes to every square of the ring then (federation.md, "Join"). */
export const OVERDUE_MS = 14 * DAY_MS;
const FORGOTTEN_MS = 180 * DAY_MS;
/** Requests kept, of all rings. Without a good invitation only half of the places can be had. */
const REQUESTS_MAX = 100;
const UNINVITED_MAX = REQUESTS_MAX / 2;
const INVITES_MAX = 1_000;

const keptSchema = z.strictObject({
  sealed: z.string(),
  receivedAt: z.number(),
  declined: z.string().optional(),
  checks: z.array(siteCheckSchema).optional(),
});
type Kept = z.infer<typeof keptSchema>;

const inviteUseSchema = z.strictObject({ used: z.int(), expires: z.string() });

export function createJoinDesk({ desk, store, self, keysOf, random, now }: JoinDeskDeps): JoinDesk {
  const ringOf = (ringId: string): TrustedRing | undefined => desk.rings().find((ring) => ring.ringId === ringId);

  const read = (ringId: string): { readonly id: string; readonly kept: Kept; readonly request: RingRequest }[] =>
    store.ringRecords('request').flatMap(({ id, json }) => {
      if (!id.startsWith(ringId)) return [];
      const kept = keptSchema.safeParse(JSON.parse(json));
      const request = kept.success ? openRequest(Buffer.from(kept.data.sealed, 'base64')) : undefined;
      return kept.success && request !== undefined ? [{ id, kept: kept.data, request }] : [];
    });
  const find = (ringId: string, square: string) => read(ringId).find(({ request }) => request.square === square);
  const save = (ringId: string, square: string, kept: Kept) =>
    store.saveRingRecord('request', { id: `${ringId} ${square}`, json: JSON.stringify(kept) });

  const used = (inviteId: string): number => {
    const record = store.ringRecords('invite').find(({ id }) => id === inviteId);
    const use = inviteUseSchema.safeParse(record === undefined ? undefined : JSON.parse(record.json));
    return use.success ? use.data.used : 0;
  };
  const invitationOf = (ring: TrustedRing, text: string): Pick<KeptRequest, 'invitation' | 'invitedFor'> => {
    if (text === '') return { invitation: 'none', invitedFor: undefined };
    const invite = readInvite(text);
    if (invite === undefined) return { invitation: 'forged', invitedFor: undefined };
    const verdict = judgeInvite(text, invite, ring.ringId, ring.charter, now());
    if (verdict !== 'good') return { invitation: verdict, invitedFor: undefined };
    return used(invite.id) >= invite.uses
      ? { invitation: 'used-up', invitedFor: undefined }
      : { invitation: 'good', invitedFor: invite.note };
  };
  const countUse = (text: string): void => {
    const invite = readInvite(text);
    if (invite === undefined) return;
    for (const { id, json } of store.ringRecords('invite')) {
      const use = inviteUseSchema.safeParse(JSON.parse(json));
      if (!use.success || (instantMs(use.data.expires) ?? 0) < now()) store.removeRingRecord('invite', id);
    }
    if (store.ringRecords('invite').length >= INVITES_MAX) return;
    const json = JSON.stringify({ used: used(invite.id) + 1, expires: invite.expires });
    store.saveRingRecord('invite', { id: invite.id, json });
  };

  const describe = (ring: TrustedRing, { kept, request }: { kept: Kept; request: RingRequest }): KeptRequest => ({
    request,
    receivedAt: kept.receivedAt,
    ...invitationOf(ring, request.invite),
    isOverdue: kept.declined === undefined && now() - (instantMs(request.at) ?? kept.receivedAt) >= OVERDUE_MS,
    declined: kept.declined,
    checks: kept.checks,
  });

  const judge = (request: RingRequest, bytes: Uint8Array): RequestAnswer => {
    const ring = ringOf(request.ring);
    if (ring === undefined || !ring.members.members.some(({ square }) => square === self)) {
      return { status: 'refused', reason: 'not-our-ring' };
    }
    const { ringId, members, envelopes } = ring;
    const isMember = members.members.some(({ square }) => square === request.square);
    if (request.kind === 'leave') {
      if (!isMember) return { status: 'gone' };
      // It is its own word, and can be taken back by asking to be let in.
      if (desk.canPublish(ring) && desk.apply(ringId, { kind: 'revoke', square: request.square }).ok) {
        return { status: 'gone' };
      }
    } else if (isMember) {
      store.removeRingRecord('request', `${ringId} ${request.square}`);
      return { status: 'welcome', documents: envelopes };
    }
    return keep(ring, request, bytes);
  };
  const keep = (ring: TrustedRing, request: RingRequest, bytes: Uint8Array): RequestAnswer => {
    const { ringId, members } = ring;
    const known = find(ringId, request.square);
    if (known?.kept.declined !== undefined) return { status: 'declined', reason: known.kept.declined };
    const { invitation } = invitationOf(ring, request.invite);
    const isInvited = invitation === 'good';
    const revocation = members.revoked.find(({ square }) => square === request.square);
    if (revocation !== undefined && !isInvited) return { status: 'declined', reason: revocation.reason };
    if (known !== undefined && known.request.at >= request.at) return { status: 'waiting' };
    if (known === undefined && !hasRoom(isInvited)) return { status: 'refused', reason: 'too-many-requests' };
    const receivedAt = known?.kept.receivedAt ?? now();
    save(ringId, request.square, { sealed: Buffer.from(bytes).toString('base64'), receivedAt });
    return { status: 'waiting' };
  };
  const hasRoom = (isInvited: boolean): boolean => {
    const all = store.ringRecords('request');
    for (const { id, json } of all) {
      const kept = keptSchema.safeParse(JSON.parse(json));
      if (!kept.success || now() - kept.data.receivedAt > FORGOTTEN_MS) store.removeRingRecord('request', id);
    }
    return store.ringRecords('request').length < (isInvited ? REQUESTS_MAX : UNINVITED_MAX);
  };

  const changeOf = ({ square, kind, origin, addrs, sites }: RingRequest): ListChange =>
    kind === 'leave' ? { kind: 'revoke', square } : { kind: 'add', member: { square, origin, addrs, sites } };
  const withRequest = <T>(ringId: string, square: string, run: (request: RingRequest, kept: Kept) => Drafted<T>) => {
    const found = find(ringId, square);
    return found === undefined ? refused(`there is no request of ${square}`) : run(found.request, found.kept);
  };

  return {
    invite(ringId, { uses, days, note }) {
      const ring = ringOf(ringId);
      const member = ring?.members.members.find(({ square }) => square === self);
      if (ring === undefined || member === undefined) return refused('this square is not in that ring');
      const [admin] = keysWithRole(keysOf(ringId), ring.charter, 'admin');
      if (admin === undefined) return refused(`this square holds no admin key of the ring "${ring.charter.name}"`);
      const problems: string[] = [];
      if (!Number.isInteger(uses) || uses < 1 || uses > INVITE_USES_MAX) {
        problems.push(`uses: 1 to ${INVITE_USES_MAX}`);
      }
      if (!Number.isInteger(days) || days < 1 || days > INVITE_DAYS_MAX) {
        problems.push(`days: 1 to ${INVITE_DAYS_MAX}`);
      }
      if (problems.length > 0) return { ok: false, problems };
      const expires = formatInstant(now() + days * DAY_MS);
      const id = Buffer.from(random(16)).toString('hex');
      const by = { square: self, origin: member.origin, addrs: member.addrs };
      const text = encodeInvite({ ring: ringId, id, uses, expires, note, by }, admin);
      if (readInvite(text) === undefined) return refused('note: at most 200 characters that can be shown');
      return { ok: true, value: { text, expires } };
    },
    requests(ringId) {
      const ring = ringOf(ringId);
      if (ring === undefined) return [];
      return read(ringId)
        .map((found) => describe(ring, found))
        .toSorted(
          (a, b) => Number(a.declined !== undefined) - Number(b.declined !== undefined) || a.receivedAt - b.receivedAt,
        );
    },
    previewApproval: (ringId, square) =>
      withRequest(ringId, square, (request) => desk.preview(ringId, changeOf(request))),
    approve: (ringId, square) =>
      withRequest(ringId, square, (request) => {
        const applied = desk.apply(ringId, changeOf(request));
        if (!applied.ok) return applied;
        store.removeRingRecord('request', `${ringId} ${square}`);
        countUse(request.invite);
        return applied;
      }),
    decline: (ringId, square, reason) =>
      withRequest(ringId, square, (request, kept) => {
        const ring = ringOf(ringId);
        if (ring === undefined || !desk.canPublish(ring)) return refused('only an admin of the ring can decline');
        const text = reason.trim();
        if (text === '' || text.length > 200 || /\p{Cc}/u.test(text)) return refused('reason: 1 to 200 characters');
        save(ringId, square, { ...kept, declined: text });
        return { ok: true, value: request };
      }),
    answer(square, bytes) {
      const request = openRequest(bytes);
      if (request?.square !== square) return undefined;
      return encodeRequestAnswer(judge(request, bytes));
    },
    unchecked: () =>
      desk.rings().flatMap((ring) =>
        read(ring.ringId)
          .filter(({ kept, request }) => kept.checks === undefined && request.kind === 'join')
          .map((found) => describe(ring, found)),
      ),
    keepChecks(ringId, square, checks) {
      const found = find(ringId, square);
      if (found !== undefined) save(ringId, square, { ...found.kept, checks: [...checks] });
    },
  };
}
