import { judgeDocuments } from '../../federation/documents/acceptance.ts';
import { sha256Hex } from '../../federation/documents/keys.ts';
import type { RingDocuments, TrustedRing } from '../../federation/documents/types.ts';
import { expiredDocuments } from '../../federation/documents/versions.ts';
import { createRing } from '../../federation/governance/create-ring.ts';
import { describeChange } from '../../federation/governance/describe-change.ts';
import type { Drafted, MemberDraft } from '../../federation/governance/member-draft.ts';
import { addMember, removeMember, type MembersDraft } from '../../federation/governance/members-list.ts';
import { encodePaperKey } from '../../federation/governance/paper-key.ts';
import { isListDue, publishMembers, renewBeat } from '../../federation/governance/publish.ts';
import { payloadOf } from '../../federation/governance/sign-beat.ts';
import type { RandomBytes } from '../../federation/types.ts';
import {
  hasKey,
  isRingFolder,
  readKey,
  readRingFolder,
  readStaged,
  RingFilesError,
  writeBeat,
  writeNewRing,
  writePublished,
  writeStaged,
} from './documents-files.ts';
import { refusalText } from './refusal-text.ts';
import { RingKeyError } from './ring-keys.ts';

/** What a command has to say: lines for a person, an object for a program. */
export type CommandOutcome =
  | { readonly ok: true; readonly lines: readonly string[]; readonly json: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A square as the admin's command line names it. */
export type MemberArguments = MemberDraft;

export interface AdminContext {
  /** The folder of the ring's admin. */
  readonly dir: string;
  /** Wall clock, ms. */
  readonly now: number;
  /** ALLOW_PRIVATE_RING */
  readonly allowPrivate: boolean;
}

/** Makes a ring in a new folder. The paper key is in the outcome and nowhere else. */
export function createRingFolder(
  { dir, now, allowPrivate }: AdminContext,
  ring: {
    readonly name: string;
    readonly rules?: string;
    readonly member: MemberArguments;
    readonly random: RandomBytes;
  },
): CommandOutcome {
  if (isRingFolder(dir)) return refused(`${dir} holds a ring already; nothing was changed`);
  const { name, rules, member, random } = ring;
  const made = createRing({
    name,
    ...(rules === undefined ? {} : { rules }),
    members: [member],
    now,
    allowPrivate,
    random,
  });
  if (!made.ok) return made;
  const { ringId, documents, keys } = made.value;
  writeNewRing(dir, documents, keys);
  const paperKey = encodePaperKey(keys.paper);
  return {
    ok: true,
    lines: [
      `Ring "${name.trim()}" is made in ${dir}.`,
      `Ring id    ${ringId}`,
      `Paper key  ${paperKey}`,
      'Write the paper key on paper now: it is shown this once and kept nowhere. With one of the two admin keys it can',
      'replace the other. Give keys/admin-2.key to a second admin and delete it here.',
      `Next: townring ring install ${dir}`,
    ],
    json: { ring: ringId, dir, paperKey },
  };
}

/** Stages a new member; nothing is signed until the list is published. */
export function stageMember(context: AdminContext, member: MemberArguments): CommandOutcome {
  return stage(context, (list) => addMember(list, member, context));
}

/** Stages that a square goes, with the reason its operator will read. */
export function stageRemoval(context: AdminContext, square: string, reason: string | undefined): CommandOutcome {
  const { now } = context;
  return stage(context, (list) => removeMember(list, square, reason === undefined ? { now } : { now, reason }));
}

/** Signs what is staged; with nothing staged, renews a list or a beat that is old enough. */
export function publishRing(context: AdminContext, { isDryRun }: { readonly isDryRun: boolean }): CommandOutcome {
  return withRing(context, (ring) => {
    const { dir, now } = context;
    const staged = stagedOn(dir, ring);
    const online = readKey(dir, 'online');
    if (staged === undefined && !isListDue(ring, now)) {
      const beat = renewBeat(ring, online, now);
      if (!beat.ok) return beat;
      if (beat.value === undefined)
        return published(ring, 'Nothing is staged and nothing is due: nothing changes.', isDryRun);
      const renewed = verify(context, { ...ring.envelopes, beat: beat.value }, ring);
      if (!renewed.ok) return renewed;
      if (!isDryRun) writeBeat(dir, beat.value);
      return published(renewed.value, "Renews the beat for three days: nobody's neighbours change.", isDryRun);
    }
    const list: MembersDraft = staged ?? ring.members;
    const admin = readKey(dir, hasKey(dir, 'admin-1') ? 'admin-1' : 'admin-2');
    const next = publishMembers(ring, list, { admin, online }, context);
    if (!next.ok) return next;
    // As every square of the ring will.
    const read = verify(context, { ...ring.envelopes, ...next.value }, ring);
    if (!read.ok) return read;
    if (!isDryRun) writePublished(dir, next.value);
    return published(read.value, describeChange(ring.members, list), isDryRun);
  });
}

export function showRing(context: AdminContext): CommandOutcome {
  return withRing(context, (ring) => {
    const staged = stagedOn(context.dir, ring);
    const change = staged === undefined ? undefined : describeChange(ring.members, staged);
    const { charter, members, beat, ringId } = ring;
    const expired = expiredDocuments(ring, context.now);
    return {
      ok: true,
      lines: [
        charter.name,
        `Ring id  ${ringId}`,
        `Charter  version ${charter.version}, until ${charter.expires}`,
        `Members  version ${members.version}, until ${members.expires}`,
        `Beat     version ${beat.version}, until ${beat.expires}`,
        ...(expired.length === 0 ? [] : [`Expired  ${expired.join(', ')}`]),
        ...members.members.flatMap(({ square, origin, sites }) => [
          `  ${square}  ${origin}`,
          ...sites.map(({ id, name, entry }) => `    ${id}  ${name}  ${entry}`),
        ]),
        ...members.revoked.map(({ square, reason }) => `  shown out: ${square} (${reason})`),
        ...(change === undefined ? [] : [`Staged   ${change}`]),
      ],
      json: {
        ring: ringId,
        name: charter.name,
        rules: charter.rules,
        charter: { version: charter.version, expires: charter.expires },
        members: { version: members.version, expires: members.expires },
        beat: { version: beat.version, expires: beat.expires },
        expired,
        list: members.members,
        revoked: members.revoked,
        staged: change ?? null,
      },
    };
  });
}

function stage(context: AdminContext, change: (list: MembersDraft) => Drafted<MembersDraft>): CommandOutcome {
  return withRing(context, (ring) => {
    const next = change(stagedOn(context.dir, ring) ?? ring.members);
    if (!next.ok) return next;
    const { members, revoked } = next.value;
    writeStaged(context.dir, { base: listHash(ring), members, revoked });
    const sentence = describeChange(ring.members, next.value);
    return {
      ok: true,
      lines: [`Staged: ${sentence}`, `Next: townring ring publish --dir ${context.dir}`],
      json: { ring: ring.ringId, staged: sentence },
    };
  });
}

function published(ring: TrustedRing, change: string, isDryRun: boolean): CommandOutcome {
  const { ringId, members, beat } = ring;
  const state = `Members version ${members.version} until ${members.expires}, beat ${beat.version} until ${beat.expires}.`;
  return {
    ok: true,
    lines: [change, isDryRun ? `Dry run, nothing was written. ${state}` : state],
    json: { ring: ringId, change, isDryRun, members: members.version, beat: beat.version },
  };
}

/** Runs with the verified ring of a folder; trouble with its files becomes a refusal. */
function withRing(context: AdminContext, run: (ring: TrustedRing) => CommandOutcome): CommandOutcome {
  try {
    const ring = verify(context, readRingFolder(context.dir), undefined);
    return ring.ok ? run(ring.value) : ring;
  } catch (err) {
    if (err instanceof RingFilesError || err instanceof RingKeyError) return refused(err.message);
    throw err;
  }
}

function verify(
  { now, allowPrivate }: AdminContext,
  documents: RingDocuments,
  trusted: TrustedRing | undefined,
): Drafted<TrustedRing> {
  // An admin's folder may have expired: publishing is what mends that.
  const context = {
    trusted,
    now: trusted === undefined ? undefined : now,
    self: undefined,
    allowPrivate,
    ringId: undefined,
  };
  const judgement = judgeDocuments(documents, context);
  return judgement.ok ? { ok: true, value: judgement.ring } : { ok: false, problems: [refusalText(judgement)] };
}

function stagedOn(dir: string, ring: TrustedRing): MembersDraft | undefined {
  const staged = readStaged(dir);
  if (staged !== undefined && staged.base !== listHash(ring)) {
    throw new RingFilesError('staged.json changes another version of the list: remove it and stage again');
  }
  return staged;
}

function listHash({ envelopes }: TrustedRing): string {
  return sha256Hex(payloadOf(envelopes.members));
}

function refused(problem: string): CommandOutcome {
  return { ok: false, problems: [problem] };
}
