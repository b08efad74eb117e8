/** Signatures that come together under one charter: of admins on several machines, of the squares of a ring that lost its admins. */
import { sign } from 'node:crypto';
import { preAuthEncoding, type Signer } from '../documents/dsse.ts';
import { keyIdOf } from '../documents/keys.ts';
import type { Envelope } from '../documents/types.ts';
import { payloadOf } from './sign-beat.ts';

/** A square's own hand. */
export interface SquareHand {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

/** The same bytes with the signatures of these keys as well; whoever has signed already signs anew. */
export function addSignatures(envelope: Envelope, signers: readonly Signer[]): Envelope {
  const bytes = preAuthEncoding(envelope.type, payloadOf(envelope));
  return withSignatures(
    envelope,
    signers.map(({ keyid, privateKey }) => ({ keyid, sig: sign(null, bytes, privateKey).toString('base64') })),
  );
}

/** The word of a square that a charter may follow its ring. */
export function addSquareSignature(envelope: Envelope, hand: SquareHand): Envelope {
  const sig = Buffer.from(hand.sign(preAuthEncoding(envelope.type, payloadOf(envelope)))).toString('base64');
  return withSignatures(envelope, [{ keyid: keyIdOf(hand.publicKey), sig }]);
}

function withSignatures(envelope: Envelope, added: Envelope['signatures']): Envelope {
  const fresh = new Set(added.map(({ keyid }) => keyid));
  return { ...envelope, signatures: [...envelope.signatures.filter(({ keyid }) => !fresh.has(keyid)), ...added] };
}
