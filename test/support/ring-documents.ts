import { createHash } from 'node:crypto';
import { judgeDocuments } from '../../federation/documents/acceptance.ts';
import { signDocument, type Signer } from '../../federation/documents/dsse.ts';
import { peerIdFromPublicKey, sha256Hex } from '../../federation/documents/keys.ts';
import { formatInstant } from '../../federation/documents/time.ts';
import type {
  Beat,
  Charter,
  Envelope,
  Equivocation,
  Members,
  RingDocuments,
  StoredRing,
  TrustedRing,
  TrustedStateStore,
} from '../../federation/documents/types.ts';
import { createRing, type NewRing } from '../../federation/governance/create-ring.ts';
import { payloadOf } from '../../federation/governance/sign-beat.ts';
import type { MemberDraft } from '../../federation/governance/member-draft.ts';
import { makeSigningKey } from '../../federation/governance/signing-key.ts';
import type { RandomBytes } from '../../federation/types.ts';

/** 2026-11-23T12:00:00Z */
export const NOON = Date.UTC(2026, 10, 23, 12);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Bytes that look random and are the same for the same seed. */
export function seededBytes(seed: string): RandomBytes {
  let block = 0;
  return (length) => {
    const out = Buffer.alloc(length);
    for (let at = 0; at < length; at += 32) {
      createHash('sha256').update(`${seed} ${block++}`).digest().copy(out, at);
    }
    return out;
  };
}

/** Peer id of a made-up square. */
export function squareId(seed: string): string {
  return peerIdFromPublicKey(Buffer.from(makeSigningKey(seededBytes(seed)).public.public, 'base64'));
}

/** A square with one site of the same id. */
export function memberDraft(id: string): MemberDraft {
  return {
    square: squareId(id),
    origin: `https://square.${id}.example`,
    addrs: [`/dns4/square.${id}.example/tcp/4101`, `/dns4/square.${id}.example/tcp/443/tls/ws`],
    sites: [{ id, name: `Site ${id}`, entry: `https://${id}.example/` }],
  };
}

export function ringOf(ids: readonly string[], { now = NOON, seed = 'ring' } = {}): NewRing {
  const members = ids.map((id) => memberDraft(id));
  const ring = createRing({
    name: 'Hedgerow',
    rules: 'https://hedge.example/rules',
    members,
    now,
    random: seededBytes(seed),
  });
  if (!ring.ok) throw new Error(ring.problems.join('\n'));
  return ring.value;
}

/** Keeps trusted state in memory, as JSON text, so that nothing is shared with who saved it. */
export function memoryTrustedState(): TrustedStateStore & { readonly saves: number; failNextSave(): void } {
  const rings = new Map<string, string>();
  const proofs: string[] = [];
  let saves = 0;
  let isFailing = false;
  return {
    load: () => [...rings.values()].map((json): StoredRing => JSON.parse(json)),
    save(ring) {
      if (isFailing) {
        isFailing = false;
        throw new Error('disk full');
      }
      saves++;
      rings.set(ring.ringId, JSON.stringify(ring));
    },
    remove: (ringId) => void rings.delete(ringId),
    proofs: () => proofs.map((json): Equivocation => JSON.parse(json)),
    saveProof: (proof) => void proofs.push(JSON.stringify(proof)),
    exclusively(run) {
      const before = [...rings];
      try {
        return run();
      } catch (err) {
        rings.clear();
        for (const [ringId, json] of before) rings.set(ringId, json);
        throw err;
      }
    },
    get saves() {
      return saves;
    },
    failNextSave() {
      isFailing = true;
    },
  };
}

/** The documents as a reader without any trust yet sees them. */
export function readRing(documents: RingDocuments, allowPrivate = false): TrustedRing {
  const context = { trusted: undefined, now: undefined, self: undefined, allowPrivate, ringId: undefined };
  const judgement = judgeDocuments(documents, context);
  if (!judgement.ok) throw new Error(`refused: ${judgement.reason}`);
  return judgement.ring;
}

/** The next members version and its beat, properly signed; `change` may spoil the list before it is signed. */
export function nextList(
  { keys }: NewRing,
  documents: RingDocuments,
  change: (list: Members) => object = (list) => list,
  { now = NOON, admin = keys.admin1, beatVersion = undefined as number | undefined } = {},
): RingDocuments {
  const { ringId, members, beat } = readRing(documents);
  const list = change({
    ...members,
    version: members.version + 1,
    prev: sha256Hex(payloadOf(documents.members)),
    expires: formatInstant(now + 90 * DAY_MS),
  });
  const membersEnvelope = signDocument('members', list, [admin]);
  return {
    ...documents,
    members: membersEnvelope,
    beat: beatFor(ringId, membersEnvelope, keys.online, { now, version: beatVersion ?? beat.version + 1 }),
  };
}

/** A beat for whatever list, with whatever is asked for put in its place. */
export function beatFor(
  ring: string,
  members: Envelope,
  online: Signer,
  { now = NOON, version = 1, change = (beat: Beat): object => beat } = {},
): Envelope {
  const payload = payloadOf(members);
  const list: { version: number } = JSON.parse(Buffer.from(payload).toString());
  const beat: Beat = {
    ring,
    version,
    expires: formatInstant(now + 72 * HOUR_MS),
    members: { version: list.version, hash: sha256Hex(payload), length: payload.length },
  };
  return signDocument('beat', change(beat), [online]);
}

/** The next charter version, with the signers one chooses. */
export function nextCharter(
  documents: RingDocuments,
  signers: readonly Signer[],
  change: (charter: Charter) => object = (charter) => charter,
): Envelope {
  const { charter, envelopes } = readRing(documents);
  const last = envelopes.charters.at(-1);
  if (last === undefined) throw new Error('no charter');
  const next = { ...charter, version: charter.version + 1, prev: sha256Hex(payloadOf(last)) };
  return signDocument('charter', change(next), signers);
}
