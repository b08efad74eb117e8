import { createRing } from '../../federation/governance/create-ring.ts';
import type { MemberDraft } from '../../federation/governance/member-draft.ts';
import { encodePaperKey } from '../../federation/governance/paper-key.ts';
import type { RandomBytes } from '../../federation/types.ts';
import { refused, type CommandOutcome } from './command-outcome.ts';
import { withSquare, type SquareContext } from './desk-session.ts';
import { refusalText } from './refusal-text.ts';
import { writeRingKeys } from './ring-keys.ts';

export interface RingToCreate {
  readonly name: string;
  readonly rules: string | undefined;
  /** Without a square it is this one. */
  readonly member: Omit<MemberDraft, 'square'> & { readonly square: string | undefined };
  readonly random: RandomBytes;
  readonly isDryRun: boolean;
}

/** Makes a ring with this square as its first member. The paper key is in the outcome and nowhere else. */
export function createRingHere(context: SquareContext, ring: RingToCreate): Promise<CommandOutcome> {
  return withSquare(context, ({ key, rings }) => {
    const { now, allowPrivate, dataDir } = context;
    const { name, rules, random, isDryRun } = ring;
    const member = { ...ring.member, square: ring.member.square ?? key.square };
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
    const change = `Makes the ring "${name.trim()}" with ${member.square} as its only square.`;
    if (isDryRun) return { ok: true, lines: [change, 'Dry run, nothing was written.'], json: { change, isDryRun } };
    // Keys first, so that no ring is ever without them.
    writeRingKeys(dataDir, ringId, { admin: keys.admin1, spare: keys.admin2, online: keys.online });
    const outcome = rings.install(documents, now, ringId);
    if (!outcome.ok) return refused(refusalText(outcome));
    const paperKey = encodePaperKey(keys.paper);
    return {
      ok: true,
      lines: [
        change,
        `Ring id    ${ringId}`,
        `Paper key  ${paperKey}`,
        'Write the paper key on paper now: it is shown this once and kept nowhere. Together with an admin key it replaces',
        `whatever gets lost. This square keeps the ring by itself; its keys are in ring-keys/${ringId.slice(0, 8)}…, in the`,
        'data folder. Next: townring ring invite',
      ],
      json: { change, ring: ringId, paperKey },
    };
  });
}
