import { openEnvelope, verifySignatures, type OpenedEnvelope } from './dsse.ts';
import { sha256Hex } from './keys.ts';
import { MAX_CHARTERS } from './limits.ts';
import { parsePayload, verified, type Verified } from './parse.ts';
import { refuse, type Checked, type Refused } from './refusal.ts';
import { charterSchema, checkCharter } from './schemas.ts';
import type { Charter } from './types.ts';

/** The whole history of a ring's charter, verified from version 1. */
export interface CharterChain {
  /** Lowercase hex SHA-256 of version 1's payload bytes. */
  readonly ringId: string;
  /** Version `n` stands at index `n - 1`. Never empty. */
  readonly charters: readonly Verified<Charter>[];
  readonly current: Charter;
}

/**
 * Verifies a chain of charters: version 1 by its own threshold, each later one by the threshold of the version before it
 * and by its own. What makes version 1 the right one is the ring id, known in advance or taken on first use.
 * @param expectedRingId refuses any other ring before its charter is parsed
 */
export function verifyCharterChain(envelopes: readonly unknown[], expectedRingId?: string): Checked<CharterChain> {
  if (envelopes.length > MAX_CHARTERS) return refuse('oversize', 'charter');
  let ringId: string | undefined;
  let previous: Verified<Charter> | undefined;
  const charters: Verified<Charter>[] = [];
  for (const envelope of envelopes) {
    const opened = openEnvelope('charter', envelope);
    if (!opened.ok) return opened;
    if (ringId === undefined) {
      ringId = sha256Hex(opened.value.payload);
      if (expectedRingId !== undefined && ringId !== expectedRingId) return refuse('wrong-ring', 'charter');
    }
    const charter = verifyCharter(opened.value, previous);
    if (!charter.ok) return charter;
    previous = charter.value;
    charters.push(previous);
  }
  if (ringId === undefined || previous === undefined) return refuse('malformed', 'charter');
  return { ok: true, value: { ringId, charters, current: previous.document } };
}

function verifyCharter(opened: OpenedEnvelope, previous: Verified<Charter> | undefined): Checked<Verified<Charter>> {
  // The old keys vouch for the bytes before anything reads them.
  const byOld = previous === undefined ? undefined : checkThreshold(opened, previous.document);
  if (byOld !== undefined) return byOld;

  const parsed = parsePayload('charter', opened.payload, charterSchema);
  if (!parsed.ok) return parsed;
  const charter = parsed.value;
  const fault = checkCharter(charter) ?? checkThreshold(opened, charter);
  if (fault !== undefined) return fault;

  const allowed = new Set([...charter.roles.admin.keyids, ...(previous?.document.roles.admin.keyids ?? [])]);
  // The squares of the ring it follows sign as well; only the readers who were in that ring can tell who they are.
  const isCosigned = previous === undefined && charter.follows !== undefined;
  if (!isCosigned && opened.envelope.signatures.some(({ keyid }) => !allowed.has(keyid))) {
    return refuse('unknown-signer', 'charter');
  }
  if (charter.version !== (previous?.document.version ?? 0) + 1) return refuse('charter-version-skipped', 'charter');
  if (charter.prev !== (previous?.hash ?? null)) return refuse('wrong-prev', 'charter');
  // Or the admins of one ring could take the squares of another away.
  if (previous !== undefined && charter.follows !== previous.document.follows) return refuse('wrong-prev', 'charter');
  return { ok: true, value: verified(opened, charter) };
}

function checkThreshold(opened: OpenedEnvelope, { keys, roles }: Charter): Refused | undefined {
  const signedBy = verifySignatures('charter', opened, keys);
  if (!signedBy.ok) return signedBy;
  const admins = roles.admin.keyids.filter((keyid) => signedBy.value.has(keyid));
  return admins.length < roles.admin.threshold ? refuse('below-threshold', 'charter') : undefined;
}
