import { createHmac, createSecretKey } from 'node:crypto';
import type { SecretFor } from '../scene/types.ts';

/** Binds the key's use to this purpose. The parts are joined by NUL, which no scene key or browser id contains. */
const DOMAIN = 'townring/visitor-secret/1';

/**
 * Visitors' secrets as an HMAC-SHA256 (64 lowercase hex characters) under a key that the square keeps, so that visitors
 * stay who they are across a restart and nothing has to be stored for them.
 * @param key at least 32 random bytes, never changed
 */
export function identitySecrets(key: Uint8Array): SecretFor {
  // Made once: of raw bytes Node makes a key object for every secret.
  const secret = createSecretKey(key);
  return (sceneKey, browserId) =>
    createHmac('sha256', secret).update(`${DOMAIN}\0${sceneKey}\0${browserId}`).digest('hex');
}
