import { signDocument, type Signer } from '../documents/dsse.ts';
import { decodeBase64, sha256Hex } from '../documents/keys.ts';
import { formatInstant } from '../documents/time.ts';
import type { Beat, Envelope, Members } from '../documents/types.ts';
import { BEAT_LIFE_MS } from '../documents/lifetimes.ts';

/** Signs the beat that names a members document. */
export function signBeat(
  facts: {
    readonly ring: string;
    readonly version: number;
    readonly list: Members;
    readonly membersEnvelope: Envelope;
    readonly now: number;
  },
  online: Signer,
): Envelope {
  const payload = payloadOf(facts.membersEnvelope);
  const beat: Beat = {
    ring: facts.ring,
    version: facts.version,
    expires: formatInstant(facts.now + BEAT_LIFE_MS),
    members: { version: facts.list.version, hash: sha256Hex(payload), length: payload.length },
  };
  return signDocument('beat', beat, [online]);
}

/** The signed bytes of an envelope of our own making. @throws TypeError when it is not base64 */
export function payloadOf({ payload }: Envelope): Uint8Array {
  const bytes = decodeBase64(payload);
  if (bytes === undefined) throw new TypeError('the payload is not base64');
  return bytes;
}
