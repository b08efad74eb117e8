import { z } from 'zod';
import { sha256Hex } from '../../federation/documents/keys.ts';
import { membersSchema } from '../../federation/documents/schemas.ts';
import type { AcceptOutcome, TrustedRings } from '../../federation/documents/trusted-state.ts';
import type { RingDocuments, TrustedRing } from '../../federation/documents/types.ts';
import { changeList, type ListChange } from '../../federation/governance/change.ts';
import {
  completeCharter,
  cosignCharter,
  describeCharter,
  proposeCharter,
  type CharterProposal,
  type KeyChange,
} from '../../federation/governance/change-charter.ts';
import { describeChange } from '../../federation/governance/describe-change.ts';
import { keysWithRole } from '../../federation/governance/keyring.ts';
import type { Drafted } from '../../federation/governance/member-draft.ts';
import type { MembersDraft } from '../../federation/governance/members-list.ts';
import { isListDue, publishMembers, signNextBeat } from '../../federation/governance/publish.ts';
import { payloadOf } from '../../federation/governance/sign-beat.ts';
import type { SigningKey } from '../../federation/governance/signing-key.ts';
import type { Store } from '../store/store.ts';
import { refused } from './command-outcome.ts';
import { keyMarginWarning } from './key-margin.ts';
import { refusalText } from './refusal-text.ts';

/**
 * What an operator can do to the rings of this square: look at a change in one sentence, make it, take it back. The command
 * line and the admin pages both come here. A running square takes up what is done here by itself, and tells the others.
 */
export interface RingDesk {
  rings(): readonly TrustedRing[];
  /** Whether this square holds what a change of the list takes: an admin key and an online key. */
  canPublish(ring: TrustedRing): boolean;
  /** What would be lost with this machine, in words; undefined while other admins could go on. */
  keyWarning(ring: TrustedRing): string | undefined;
  preview(ringId: string, change: ListChange): Drafted<ChangePreview>;
  /** @param base from the preview; when given and the list has changed since, nothing is done */
  apply(ringId: string, change: ListChange, base?: string): Drafted<AppliedChange>;
  /** Publishes the list as it was before the last change that was made here, as the next version. */
  undo(ringId: string): Drafted<AppliedChange>;
  /** What {@link undo} would do, when there is something to take back. */
  previewUndo(ringId: string): ChangePreview | undefined;
  /** Signs the next beat now, whatever the age of the last one, and the list too when it is at half its life. */
  beat(ringId: string): Drafted<AppliedChange>;
  /**
   * Publishes the next charter.
   * @param extra keys that are not on this machine's disk, like the paper key
   */
  rekey(ringId: string, change: KeyChange, extra: readonly SigningKey[]): Drafted<AppliedChange>;
  /** Publishes the next charter that several admins have signed. @param proposal read on this ring's newest charter */
  recharter(ringId: string, proposal: CharterProposal): Drafted<AppliedChange>;
  /** As {@link rekey}, and nothing is written. */
  previewRekey(ringId: string, change: KeyChange, extra: readonly SigningKey[]): Drafted<ChangePreview>;
}

export interface ChangePreview {
  /** What changes, and for whom. */
  readonly sentence: string;
  /** Which list it was worked out on. */
  readonly base: string;
}

export interface AppliedChange {
  readonly sentence: string;
  readonly ring: TrustedRing;
}

export interface RingDeskDeps {
  readonly rings: TrustedRings;
  readonly store: Pick<Store, 'ringRecords' | 'saveRingRecord' | 'removeRingRecord'>;
  readonly keysOf: (ringId: string) => readonly SigningKey[];
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly allowPrivate: boolean;
}

/** Squares that a ring may have while one person alone can change its charter. */
const MAX_MEMBERS_OF_ONE_ADMIN = 2;

/** What {@link RingDesk.beat} does to a list that is young enough. */
export const BEAT_RENEWED = "Renews the beat for three days: nobody's neighbours change.";
const LIST_RENEWED = "Renews the list for 90 days and the beat for three: nobody's neighbours change.";

const undoSchema = membersSchema.pick({ members: true, revoked: true }).extend({
  /** Version of the list that the change made: another one on top of it ends the undo. */
  version: z.int(),
});

export function createRingDesk({ rings, store, keysOf, now, allowPrivate }: RingDeskDeps): RingDesk {
  const options = () => ({ now: now(), allowPrivate });

  const withRing = <T>(ringId: string, run: (ring: TrustedRing) => Drafted<T>): Drafted<T> => {
    rings.reload();
    const ring = rings.get(ringId);
    return ring === undefined ? refused('this square is not in that ring') : run(ring);
  };
  const draft = (ring: TrustedRing, change: ListChange): Drafted<MembersDraft> => {
    const isThirdAlone = change.kind === 'add' && ring.members.members.length >= MAX_MEMBERS_OF_ONE_ADMIN;
    if (isThirdAlone && adminKeys(ring).length >= ring.charter.roles.admin.threshold) {
      return refused(
        'before its third square a ring needs a second admin, or it ends with the first: townring ring add-admin',
      );
    }
    return changeList(ring.members, change, options());
  };
  const adminKeys = (ring: TrustedRing) => keysWithRole(keysOf(ring.ringId), ring.charter, 'admin');
  const signers = (ring: TrustedRing): Drafted<{ readonly admin: SigningKey; readonly online: SigningKey }> => {
    const [admin] = adminKeys(ring);
    const [online] = keysWithRole(keysOf(ring.ringId), ring.charter, 'online');
    if (admin !== undefined && online !== undefined) return { ok: true, value: { admin, online } };
    const missing = admin === undefined ? 'admin key' : 'online key';
    return refused(`this square holds no ${missing} of the ring "${ring.charter.name}": only its admins can do this`);
  };

  /** Drafts on the newest documents while nobody else can write, and takes what comes out as any square would. */
  const publish = (
    ringId: string,
    make: (ring: TrustedRing) => Drafted<{ readonly documents: RingDocuments; readonly sentence: string }>,
  ): Drafted<AppliedChange> => {
    let made: ReturnType<typeof make> | undefined;
    const outcome = rings.publish(ringId, now(), (ring) => {
      made = make(ring);
      return made.ok ? made.value.documents : undefined;
    });
    if (made === undefined) return refused('this square is not in that ring');
    if (!made.ok) return made;
    return finished(outcome, made.value.sentence);
  };

  const applyChange = (ringId: string, change: ListChange, base: string | undefined, isUndo: boolean) => {
    let before: TrustedRing | undefined;
    const applied = publish(ringId, (ring) => {
      if (base !== undefined && base !== listHash(ring)) {
        return refused('the list has changed since you looked: look again');
      }
      const keys = signers(ring);
      if (!keys.ok) return keys;
      const next = draft(ring, change);
      if (!next.ok) return next;
      const documents = publishMembers(ring, next.value, keys.value, options());
      if (!documents.ok) return documents;
      before = ring;
      const sentence = describeChange(ring.members, next.value);
      return { ok: true, value: { documents: { ...ring.envelopes, ...documents.value }, sentence } };
    });
    if (applied.ok && before !== undefined) {
      if (isUndo) store.removeRingRecord('undo', ringId);
      else {
        const { members, revoked } = before.members;
        const json = JSON.stringify({ members, revoked, version: applied.value.ring.members.version });
        store.saveRingRecord('undo', { id: ringId, json });
      }
    }
    return applied;
  };

  const undoable = (ring: TrustedRing): MembersDraft | undefined => {
    const record = store.ringRecords('undo').find(({ id }) => id === ring.ringId);
    const kept = undoSchema.safeParse(record === undefined ? undefined : JSON.parse(record.json));
    return kept.success && kept.data.version === ring.members.version ? kept.data : undefined;
  };

  const charterChange = (ring: TrustedRing, change: KeyChange, extra: readonly SigningKey[]) => {
    const proposed = proposeCharter(ring, change, [...keysOf(ring.ringId), ...extra], now());
    return proposed.ok ? completed(ring, proposed.value, extra) : proposed;
  };
  const completed = (ring: TrustedRing, proposal: CharterProposal, extra: readonly SigningKey[] = []) => {
    const documents = completeCharter(ring, proposal, [...keysOf(ring.ringId), ...extra], options());
    const sentence = describeCharter(ring.charter, proposal.charter);
    return documents.ok ? { ok: true as const, value: { documents: documents.value, sentence } } : documents;
  };

  return {
    rings() {
      rings.reload();
      return rings.all();
    },
    canPublish: (ring) => signers(ring).ok,
    keyWarning: (ring) => keyMarginWarning(ring, keysOf(ring.ringId)),
    preview: (ringId, change) =>
      withRing(ringId, (ring) => {
        const keys = signers(ring);
        const next = keys.ok ? draft(ring, change) : keys;
        if (!next.ok) return next;
        return { ok: true, value: { sentence: describeChange(ring.members, next.value), base: listHash(ring) } };
      }),
    apply: (ringId, change, base) => applyChange(ringId, change, base, false),
    undo: (ringId) =>
      withRing(ringId, (ring) => {
        const earlier = undoable(ring);
        if (earlier === undefined) return refused('there is no change of this square on top of the list to take back');
        const { members, revoked } = earlier;
        return applyChange(ringId, { kind: 'restore', members, revoked }, listHash(ring), true);
      }),
    previewUndo(ringId) {
      const ring = rings.get(ringId);
      const earlier = ring === undefined ? undefined : undoable(ring);
      if (ring === undefined || earlier === undefined) return undefined;
      return { sentence: describeChange(ring.members, earlier), base: listHash(ring) };
    },
    beat: (ringId) =>
      publish(ringId, (ring) => {
        const keys = signers(ring);
        if (keys.ok && isListDue(ring, now())) {
          const anew = publishMembers(ring, ring.members, keys.value, options());
          if (!anew.ok) return anew;
          return { ok: true, value: { documents: { ...ring.envelopes, ...anew.value }, sentence: LIST_RENEWED } };
        }
        const [online] = keysWithRole(keysOf(ringId), ring.charter, 'online');
        if (online === undefined) return refused(`this square holds no online key of the ring "${ring.charter.name}"`);
        const documents = { ...ring.envelopes, beat: signNextBeat(ring, online, now()) };
        return { ok: true, value: { documents, sentence: BEAT_RENEWED } };
      }),
    rekey: (ringId, change, extra) => publish(ringId, (ring) => charterChange(ring, change, extra)),
    recharter: (ringId, proposal) =>
      publish(ringId, (ring) => completed(ring, cosignCharter(ring, proposal, keysOf(ringId)))),
    previewRekey: (ringId, change, extra) =>
      withRing(ringId, (ring) => {
        const made = charterChange(ring, change, extra);
        return made.ok ? { ok: true, value: { sentence: made.value.sentence, base: listHash(ring) } } : made;
      }),
  };
}

function finished(outcome: AcceptOutcome | undefined, sentence: string): Drafted<AppliedChange> {
  if (outcome === undefined) return refused('nothing was to be changed');
  if (!outcome.ok) return refused(refusalText(outcome));
  return { ok: true, value: { sentence, ring: outcome.ring } };
}

function listHash({ envelopes }: TrustedRing): string {
  return sha256Hex(payloadOf(envelopes.members));
}
