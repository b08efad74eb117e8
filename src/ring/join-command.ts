import { randomBytes } from 'node:crypto';
import { isLoopbackUrl } from '../../federation/documents/addresses.ts';
import { formatInstant } from '../../federation/documents/time.ts';
import type { TrustedRing } from '../../federation/documents/types.ts';
import { readInvite, type Invite } from '../../federation/governance/invite.ts';
import { draftMember, type Drafted } from '../../federation/governance/member-draft.ts';
import { sealRequest } from '../../federation/governance/request.ts';
import type { Log } from '../log/log.ts';
import { refused, type CommandOutcome } from './command-outcome.ts';
import type { RingToCreate } from './create-command.ts';
import { withRing, withSquare, type RingContext, type SquareContext, type SquareSession } from './desk-session.ts';
import { fetchDocuments } from './documents-fetch.ts';
import { createJoinDesk, type InviteWish, type JoinDesk, type KeptRequest } from './join-desk.ts';
import { askRing, keepJoining, type JoiningOutcome } from './joining.ts';
import { applied, previewed } from './list-command.ts';
import { readRingKeys } from './ring-keys.ts';
import { FINDING_WORDS } from './site-check.ts';

export interface JoinWish {
  /** An invitation, or the web origin of a square of the ring. */
  readonly door: string;
  /** Which ring, when the square at the door is in several. */
  readonly ring: string | undefined;
  readonly member: RingToCreate['member'];
  readonly note: string;
  readonly isDryRun: boolean;
  readonly log: Log;
}

/** Asks a ring to let this square in. While the answer is outstanding, the running square asks again by itself. */
export function joinRing(context: SquareContext, wish: JoinWish): Promise<CommandOutcome> {
  return withSquare(context, async ({ key, rings, store }) => {
    const { now, allowPrivate } = context;
    const door = await findDoor(wish.door, wish.ring, allowPrivate);
    if (!door.ok) return door;
    const { ringId, by } = door.value;
    const draft = draftMember({ ...wish.member, square: key.square }, { now, allowPrivate });
    if (!draft.ok) return draft;
    const { origin, addrs, sites } = draft.value;
    const change = `Asks the square ${by.origin} to let ${sites.map(({ name }) => name).join(', ')} into its ring.`;
    if (wish.isDryRun) {
      return {
        ok: true,
        lines: [change, 'Dry run, nothing was sent.'],
        json: { change, isDryRun: true, ring: ringId },
      };
    }
    const here = rings.get(ringId);
    if (here?.members.members.some(({ square }) => square === key.square) === true) {
      // The running square has asked again meanwhile.
      const { charter, members } = here;
      return said(change, ringId, { status: 'joined', ringId, name: charter.name, squares: members.members.length });
    }
    const at = formatInstant(now);
    const invite = wish.door.startsWith('townring.') ? wish.door.trim() : '';
    const request = { kind: 'join', ring: ringId, square: key.square, at, invite, note: wish.note } as const;
    const sealed = Buffer.from(sealRequest({ ...request, origin, addrs, sites }, key)).toString('base64');
    const joining = { sealed, square: by.square, origin: by.origin, addrs: [...by.addrs], since: now };
    keepJoining(store, ringId, joining);
    const outcome = await askRing({ key, rings, store, log: wish.log, now: () => now }, ringId, joining);
    return said(change, ringId, outcome);
  });
}

/** Asks the ring to let this square go; where it holds the keys itself, it goes at once. */
export function leaveRing(context: RingContext, log: Log): Promise<CommandOutcome> {
  return withRing(context, async (ring, { key, desk, store, rings }) => {
    const { ringId, charter, members } = ring;
    const own = members.members.find(({ square }) => square === key.square);
    if (own === undefined) return refused('this square is not in the list of that ring');
    if (desk.canPublish(ring)) {
      const change = { kind: 'revoke', square: key.square } as const;
      return context.isDryRun ? previewed(ring, desk.preview(ringId, change)) : applied(desk.apply(ringId, change));
    }
    const change = `Asks "${charter.name}" to take ${own.sites.map(({ name }) => name).join(', ')} out of its list.`;
    if (context.isDryRun) return { ok: true, lines: [change], json: { change, isDryRun: true, ring: ringId } };
    const at = formatInstant(context.now);
    const request = { kind: 'leave', ring: ringId, square: key.square, at, invite: '', note: '' } as const;
    const sealed = Buffer.from(sealRequest({ ...request, origin: '', addrs: [], sites: [] }, key)).toString('base64');
    let best: JoiningOutcome = { status: 'unreachable' };
    for (const { square, origin, addrs } of members.members) {
      if (square === key.square) continue;
      const joining = { sealed, square, origin, addrs: [...addrs], since: context.now };
      const outcome = await askRing({ key, rings, store, log, now: () => context.now }, ringId, joining);
      if (outcome.status === 'waiting') best = outcome;
      // A square that has taken us out cuts the link, perhaps before its answer: its public documents say what it did.
      const fetched = outcome.status === 'waiting' ? undefined : await fetchDocuments(origin, ringId);
      const taken = fetched?.ok === true ? rings.accept(fetched.documents, context.now) : undefined;
      if (taken?.ok === true && taken.selfRevoked !== undefined) return said(change, ringId, { status: 'gone' });
    }
    return said(change, ringId, best);
  });
}

export function inviteToRing(context: RingContext, wish: InviteWish): Promise<CommandOutcome> {
  return withJoinDesk(context, (ring, desk) => {
    const times = wish.uses === 1 ? 'one square' : `${wish.uses} squares`;
    const change = `Invites ${times} to "${ring.charter.name}" for ${wish.days} days; an admin still has to approve.`;
    if (context.isDryRun) return { ok: true, lines: [change], json: { change, isDryRun: true, ring: ring.ringId } };
    const invite = desk.invite(ring.ringId, wish);
    if (!invite.ok) return invite;
    const { text, expires } = invite.value;
    return {
      ok: true,
      lines: [change, `Ring id  ${ring.ringId}`, '', text],
      json: { change, ring: ring.ringId, invite: text, expires },
    };
  });
}

export function listRequests(context: RingContext): Promise<CommandOutcome> {
  return withJoinDesk(context, (ring, desk) => {
    const requests = desk.requests(ring.ringId);
    return {
      ok: true,
      lines: requests.length === 0 ? ['Nobody asks.'] : requests.flatMap((kept) => requestLines(kept)),
      json: { ring: ring.ringId, requests },
    };
  });
}

export function approveRequest(context: RingContext, word: string): Promise<CommandOutcome> {
  return withJoinDesk(context, (ring, desk) => {
    const square = asking(desk.requests(ring.ringId), word);
    if (square === undefined) return refused(`there is no request of ${JSON.stringify(word)}`);
    return context.isDryRun
      ? previewed(ring, desk.previewApproval(ring.ringId, square))
      : applied(desk.approve(ring.ringId, square));
  });
}

export function declineRequest(context: RingContext, word: string, reason: string): Promise<CommandOutcome> {
  return withJoinDesk(context, (ring, desk) => {
    const square = asking(desk.requests(ring.ringId), word);
    if (square === undefined) return refused(`there is no request of ${JSON.stringify(word)}`);
    const change = `Declines the request of ${word}: nobody's neighbours change.`;
    if (context.isDryRun) return { ok: true, lines: [change], json: { change, isDryRun: true, ring: ring.ringId } };
    const declined = desk.decline(ring.ringId, square, reason);
    return declined.ok ? { ok: true, lines: [change], json: { change, ring: ring.ringId, square } } : declined;
  });
}

function withJoinDesk(
  context: RingContext,
  run: (ring: TrustedRing, desk: JoinDesk) => CommandOutcome,
): Promise<CommandOutcome> {
  return withRing(context, (ring, { key, desk, store }: SquareSession) =>
    run(
      ring,
      createJoinDesk({
        desk,
        store,
        self: key.square,
        keysOf: (ringId) => readRingKeys(context.dataDir, ringId),
        random: (length) => randomBytes(length),
        now: () => context.now,
      }),
    ),
  );
}

/** Who asks, by peer id or by the id of a site. */
function asking(requests: readonly KeptRequest[], word: string): string | undefined {
  const found = requests.find(({ request }) => request.square === word || request.sites.some(({ id }) => id === word));
  return found?.request.square;
}

function requestLines({ request, receivedAt, invitation, invitedFor, isOverdue, declined, checks }: KeptRequest) {
  const { square, kind, origin, sites, note } = request;
  const invited =
    invitation === 'good' ? `invited${invitedFor === '' ? '' : ` (${invitedFor})`}` : `invitation: ${invitation}`;
  return [
    `${square}  ${kind === 'join' ? origin : 'wants to leave'}  since ${formatInstant(receivedAt)}  ${invited}`,
    ...sites.map(({ id, name, entry }) => `  ${id}  ${name}  ${entry}`),
    ...(note === '' ? [] : [`  says: ${note}`]),
    ...(checks ?? []).map(
      ({ site, isGood, found }) => `  ${isGood ? 'good' : 'not good'}: ${site}, ${FINDING_WORDS[found]}`,
    ),
    ...(checks === undefined && kind === 'join' ? ['  its sites have not been looked at yet'] : []),
    ...(isOverdue ? ['  unanswered for 14 days: every square of the ring is asked now'] : []),
    ...(declined === undefined ? [] : [`  declined: ${declined}`]),
  ];
}

function said(change: string, ringId: string, outcome: JoiningOutcome): CommandOutcome {
  const { status } = outcome;
  if (status === 'refused' || status === 'declined') {
    return refused(`${status === 'declined' ? 'declined' : 'not taken'}: ${outcome.reason}`);
  }
  const json = { change, ring: ringId, status };
  switch (status) {
    case 'joined':
      return {
        ok: true,
        lines: [change, `In: "${outcome.name}", ${outcome.squares} squares.`, `Ring id  ${ringId}`],
        json,
      };
    case 'gone':
      return { ok: true, lines: [change, 'Done: the list names this square no more.'], json };
    case 'waiting':
      return {
        ok: true,
        lines: [change, `Ring id  ${ringId}`, 'An admin has to answer. The running square asks again by itself.'],
        json,
      };
    default:
      return {
        ok: true,
        lines: [change, 'Nobody could be reached just now. A running square asks to join again by itself.'],
        json,
      };
  }
}

interface Door {
  readonly ringId: string;
  readonly by: Invite['by'];
}

async function findDoor(door: string, ring: string | undefined, allowPrivate: boolean): Promise<Drafted<Door>> {
  if (!/^https?:\/\//i.test(door)) {
    const invite = readInvite(door);
    return invite === undefined
      ? refused('that is neither an invitation (townring.…) nor the https address of a square')
      : { ok: true, value: { ringId: invite.ring, by: invite.by } };
  }
  const url = URL.parse(door);
  if (url === null || (url.protocol !== 'https:' && !(allowPrivate && isLoopbackUrl(door)))) {
    return refused('a square is asked over https; http on loopback needs ALLOW_PRIVATE_RING=1');
  }
  const fetched = await fetchDocuments(url.origin, ring);
  if (!fetched.ok) return refused(fetched.problem);
  const { TrustedRings } = await import('../../federation/documents/trusted-state.ts');
  const nothing = {
    load: () => [],
    save: () => undefined,
    remove: () => undefined,
    proofs: () => [],
    saveProof: () => undefined,
  };
  const reader = new TrustedRings({ ...nothing, exclusively: (run) => run() }, { allowPrivate });
  const read = reader.install(fetched.documents, Date.now());
  if (!read.ok) return refused(`the documents of ${url.origin} are not good (${read.reason})`);
  const host = read.ring.members.members.find(({ origin }) => origin === url.origin);
  if (host === undefined) return refused(`${url.origin} serves a ring that does not name it`);
  return { ok: true, value: { ringId: read.ring.ringId, by: host } };
}
