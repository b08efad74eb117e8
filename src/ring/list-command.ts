import type { TrustedRing } from '../../federation/documents/types.ts';
import { expiredDocuments } from '../../federation/documents/versions.ts';
import type { ListChange } from '../../federation/governance/change.ts';
import { keysWithRole } from '../../federation/governance/keyring.ts';
import type { Drafted } from '../../federation/governance/member-draft.ts';
import { refused, type CommandOutcome } from './command-outcome.ts';
import { withRing, type RingContext } from './desk-session.ts';
import { writeDocumentFiles } from './document-files.ts';
import { BEAT_RENEWED, type AppliedChange, type ChangePreview } from './ring-desk.ts';
import { readRingKeys } from './ring-keys.ts';
import { keptTerms } from './square-terms.ts';

export type { ListChange };

/** A square as somebody types it: its peer id, or the id of one of its sites. */
export function squareNamed({ members }: TrustedRing, word: string): string | undefined {
  const found = members.members.find(({ square, sites }) => square === word || sites.some(({ id }) => id === word));
  return found?.square;
}

/** One change of the list: says what it does for whom, and does it unless it is a dry run. */
export function changeRing(
  context: RingContext,
  change: (ring: TrustedRing) => Drafted<ListChange>,
): Promise<CommandOutcome> {
  return withRing(context, (ring, { desk }) => {
    const drafted = change(ring);
    if (!drafted.ok) return drafted;
    const { ringId } = ring;
    return context.isDryRun
      ? previewed(ring, desk.preview(ringId, drafted.value))
      : applied(desk.apply(ringId, drafted.value));
  });
}

/** A change of the square that a word names. */
export function changeSquare(
  context: RingContext,
  word: string,
  change: (square: string) => ListChange,
): Promise<CommandOutcome> {
  return changeRing(context, (ring) => {
    const square = squareNamed(ring, word);
    return square === undefined
      ? refused(`the ring has no square and no site ${JSON.stringify(word)}`)
      : { ok: true, value: change(square) };
  });
}

export function undoChange(context: RingContext): Promise<CommandOutcome> {
  return withRing(context, (ring, { desk }) => {
    if (!context.isDryRun) return applied(desk.undo(ring.ringId));
    const preview = desk.previewUndo(ring.ringId);
    return preview === undefined
      ? refused('there is no change of this square on top of the list to take back')
      : previewed(ring, { ok: true, value: preview });
  });
}

/** Renews the beat by hand, and the list when it is due: for a ring whose squares were all away. */
export function renewByHand(context: RingContext): Promise<CommandOutcome> {
  return withRing(context, (ring, { desk }) =>
    context.isDryRun
      ? previewed(ring, { ok: true, value: { sentence: BEAT_RENEWED, base: '' } })
      : applied(desk.beat(ring.ringId)),
  );
}

/** Writes the signed documents for anybody to read and to install; no keys. */
export function exportRing(context: RingContext, dir: string): Promise<CommandOutcome> {
  return withRing(context, (ring) => {
    const change = `Writes the signed documents of "${ring.charter.name}" to ${dir}: nobody's neighbours change.`;
    if (context.isDryRun) return { ok: true, lines: [change], json: { change, isDryRun: true } };
    writeDocumentFiles(dir, ring.envelopes);
    return {
      ok: true,
      lines: [change, `Next: townring ring install ${dir}`],
      json: { ring: ring.ringId, dir, change },
    };
  });
}

export function showRing(context: RingContext): Promise<CommandOutcome> {
  return withRing(context, (ring, { rings, store }) => {
    const { charter, members, beat, ringId } = ring;
    const muted = keptTerms(store).flatMap((terms) => (terms.ringId === ringId && terms.isMuted ? [terms.square] : []));
    const expired = expiredDocuments(ring, context.now);
    const held = readRingKeys(context.dataDir, ringId);
    const roles = (['admin', 'online'] as const).filter((role) => keysWithRole(held, charter, role).length > 0);
    const proofs = rings.proofs().filter((proof) => proof.ringId === ringId);
    return {
      ok: true,
      lines: [
        charter.name,
        `Ring id  ${ringId}`,
        `Charter  version ${charter.version}, until ${charter.expires}`,
        `Members  version ${members.version}, until ${members.expires}`,
        `Beat     version ${beat.version}, until ${beat.expires}`,
        ...(expired.length === 0 ? [] : [`Expired  ${expired.join(', ')}`]),
        `Keys     ${roles.length === 0 ? 'none of the ring here' : `${roles.join(' and ')} key here`}`,
        ...charter.roles.admin.keyids.map((keyid) => `  admin   ${keyid}`),
        ...charter.roles.online.keyids.map((keyid) => `  online  ${keyid}`),
        'Squares',
        ...members.members.flatMap(({ square, origin, sites }, place) => [
          `  ${place + 1}. ${square}  ${origin}`,
          ...sites.map(({ id, name, entry }) => `       ${id}  ${name}  ${entry}`),
        ]),
        ...members.revoked.map(({ square, reason }) => `  shown out: ${square} (${reason})`),
        ...muted.map((square) => `  muted here: ${square}`),
        ...proofs.map(
          ({ document, version }) => `Contradiction: two documents "${document}" of version ${version} were signed`,
        ),
      ],
      json: {
        ring: ringId,
        name: charter.name,
        rules: charter.rules,
        charter: { version: charter.version, expires: charter.expires, roles: charter.roles },
        members: { version: members.version, expires: members.expires },
        beat: { version: beat.version, expires: beat.expires },
        expired,
        holds: roles,
        list: members.members,
        revoked: members.revoked,
        muted,
        contradictions: proofs,
      },
    };
  });
}

export function previewed(ring: TrustedRing, preview: Drafted<ChangePreview>): CommandOutcome {
  if (!preview.ok) return preview;
  const { sentence } = preview.value;
  return {
    ok: true,
    lines: [sentence, 'Dry run, nothing was written.'],
    json: { ring: ring.ringId, change: sentence, isDryRun: true, members: ring.members.version },
  };
}

export function applied(outcome: Drafted<AppliedChange>): CommandOutcome {
  if (!outcome.ok) return outcome;
  const { sentence, ring } = outcome.value;
  const { charter, members, beat } = ring;
  return {
    ok: true,
    lines: [
      sentence,
      `Charter ${charter.version}, members ${members.version} until ${members.expires}, beat ${beat.version} until ${beat.expires}.`,
    ],
    json: {
      ring: ring.ringId,
      change: sentence,
      isDryRun: false,
      charter: charter.version,
      members: members.version,
      beat: beat.version,
    },
  };
}
