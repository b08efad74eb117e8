/** How a ring whose admins are gone goes on: one square proposes new keys, more than half of the squares sign them. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { judgeDocuments } from '../../federation/documents/acceptance.ts';
import { cosignersOf, isMajority } from '../../federation/documents/succession.ts';
import type { Members, RingDocuments, TrustedRing } from '../../federation/documents/types.ts';
import { createSuccessor } from '../../federation/governance/create-ring.ts';
import { addSquareSignature } from '../../federation/governance/cosign.ts';
import { describeChange } from '../../federation/governance/describe-change.ts';
import { keysWithRole } from '../../federation/governance/keyring.ts';
import { encodePaperKey } from '../../federation/governance/paper-key.ts';
import { signNextBeat } from '../../federation/governance/publish.ts';
import type { RandomBytes } from '../../federation/types.ts';
import { refused, type CommandOutcome, type Failed } from './command-outcome.ts';
import { withRing, type RingContext, type SquareContext, type SquareSession } from './desk-session.ts';
import { writeDocumentFile } from './document-files.ts';
import { refusalText } from './refusal-text.ts';
import { readRingKeys, writeRingKeys } from './ring-keys.ts';

export interface SuccessionWish {
  /** Where the proposal is written, to be handed from square to square. */
  readonly file: string;
  /** Although this square has signed another successor. */
  readonly isInstead: boolean;
  readonly random: RandomBytes;
}

/** Which successor of a ring this square has signed. */
const signedSchema = z.strictObject({ ring: z.string() });

/** Proposes that the ring of this square goes on under keys of this square. The paper key is in the outcome and nowhere else. */
export function proposeSuccession(context: RingContext, wish: SuccessionWish): Promise<CommandOutcome> {
  return withRing(context, (ring, session) => {
    const { now, allowPrivate, dataDir, isDryRun } = context;
    const { file, random } = wish;
    const fault = mayNotSign(ring, session, undefined, wish.isInstead);
    if (fault !== undefined) return fault;
    const { roles } = ring.charter;
    if (keysWithRole(readRingKeys(dataDir, ring.ringId), ring.charter, 'admin').length >= roles.admin.threshold) {
      return refused('the ring is not lost: this square holds what a charter takes (townring ring rotate)');
    }
    if (existsSync(file)) return refused(`${file} is there already: sign it with townring ring cosign`);
    const made = createSuccessor(ring, { now, allowPrivate, random });
    if (!made.ok) return made;
    const { documents, ringId, keys } = made.value;
    const change = sentenceOf(ring, ring, 'this square');
    if (isDryRun) {
      return { ok: true, lines: [change, 'Dry run, nothing was written.'], json: { change, isDryRun } };
    }
    // Keys first, so that no ring is ever without them.
    writeRingKeys(dataDir, ringId, { admin: keys.admin1, spare: keys.admin2, online: keys.online });
    const paperKey = encodePaperKey(keys.paper);
    const signed = sign(context, session, ring, { documents, ringId, file });
    if (!signed.ok) return signed;
    return {
      ok: true,
      lines: [
        change,
        ...signed.lines,
        `Paper key  ${paperKey}`,
        'Write the paper key on paper now: it is shown this once and kept nowhere.',
      ],
      json: { change, ...signed.json, paperKey },
    };
  });
}

/** Signs what another square has proposed, and goes over to it when that makes more than half. */
export function cosignSuccession(
  context: SquareContext & { readonly isDryRun: boolean; readonly isInstead: boolean },
  session: SquareSession,
  old: TrustedRing,
  documents: RingDocuments,
  file: string,
): CommandOutcome {
  const { allowPrivate, isDryRun, isInstead, now } = context;
  // Gathering signatures may take longer than a beat lives: whoever proposed renews it.
  const nobody = { trusted: undefined, now: undefined, self: undefined, allowPrivate, ringId: undefined };
  const read = judgeDocuments(documents, nobody);
  if (!read.ok) return refused(refusalText(read));
  const { ring } = read;
  const fault = mayNotSign(old, session, ring.ringId, isInstead);
  if (fault !== undefined) return fault;
  const [charter] = documents.charters;
  const before = charter === undefined ? [] : cosignersOf(charter, old.members);
  const change = sentenceOf(old, ring, siteNames(old.members, before) || 'a square that has not signed');
  if (isDryRun) return { ok: true, lines: [change, 'Dry run, nothing was written.'], json: { change, isDryRun } };
  const [online] = keysWithRole(readRingKeys(context.dataDir, ring.ringId), ring.charter, 'online');
  const fresh = online === undefined ? documents : { ...documents, beat: signNextBeat(ring, online, now) };
  const signed = sign(context, session, old, { documents: fresh, ringId: ring.ringId, file });
  return signed.ok ? { ok: true, lines: [change, ...signed.lines], json: { change, ...signed.json } } : signed;
}

function sign(
  { now }: SquareContext,
  { key, rings, store }: SquareSession,
  old: TrustedRing,
  { documents, ringId, file }: { readonly documents: RingDocuments; readonly ringId: string; readonly file: string },
): Exclude<CommandOutcome, Failed> | Failed {
  const [first, ...later] = documents.charters;
  if (first === undefined) return refused('the proposal has no charter');
  const charter = addSquareSignature(first, key);
  const signed: RingDocuments = { ...documents, charters: [charter, ...later] };
  store.saveRingRecord('succession', { id: old.ringId, json: JSON.stringify({ ring: ringId }) });
  writeDocumentFile(file, signed);
  const cosigners = cosignersOf(charter, old.members).length;
  const squares = old.members.members.length;
  const needed = Math.floor(squares / 2) + 1;
  const json = { ring: ringId, follows: old.ringId, file, signed: cosigners, squares, needed };
  const count = `Signed by ${cosigners} of ${squares} squares`;
  if (!isMajority(cosigners, old.members)) {
    return {
      ok: true,
      lines: [`${count}, ${needed} are needed. Hand on: townring ring cosign ${file}`, `Ring id    ${ringId}`],
      json: { ...json, isTaken: false },
    };
  }
  const outcome = rings.install(signed, now);
  if (!outcome.ok && outcome.reason !== 'beat-expired') return refused(refusalText(outcome));
  const what = outcome.ok
    ? 'this square has gone over, and the others follow by themselves.'
    : `its beat has run out meanwhile: have the one who proposed it run townring ring cosign ${file} again.`;
  return { ok: true, lines: [`${count}: ${what}`, `Ring id    ${ringId}`], json: { ...json, isTaken: outcome.ok } };
}

/** One square has one word: two successors with half of the squares each would tear the ring apart. */
function mayNotSign(
  ring: TrustedRing,
  { key, store }: SquareSession,
  successor: string | undefined,
  isInstead: boolean,
): Failed | undefined {
  if (!ring.members.members.some(({ square }) => square === key.square)) {
    return refused('only the squares in the list of that ring say how it goes on');
  }
  const record = store.ringRecords('succession').find(({ id }) => id === ring.ringId);
  const signed = signedSchema.safeParse(record === undefined ? undefined : JSON.parse(record.json));
  if (!signed.success || signed.data.ring === successor || isInstead) return undefined;
  const id = signed.data.ring.slice(0, 12);
  return refused(`this square has signed another successor (${id}): only when that is given up, --instead`);
}

function sentenceOf(old: TrustedRing, next: TrustedRing, whose: string): string {
  const { members } = old.members;
  const squares = members.length === 1 ? 'its only square' : `its ${members.length} squares`;
  const isSame = JSON.stringify(members) === JSON.stringify(next.members.members);
  const list = isSame
    ? "nobody's neighbours change."
    : `with another list. ${describeChange(old.members, next.members)}`;
  const { name, rules } = next.charter;
  const renamed = name === old.charter.name ? '' : ` as "${name}"`;
  const ruled = rules === old.charter.rules ? '' : `, with the rules ${rules ?? 'left out'}`;
  return `"${old.charter.name}" goes on${renamed} with ${squares}${ruled}, under new keys that ${whose} signed: ${list}`;
}

function siteNames({ members }: Members, squares: readonly string[]): string {
  const sites = members.filter(({ square }) => squares.includes(square)).flatMap((member) => member.sites);
  return sites.map(({ name }) => name).join(', ');
}
