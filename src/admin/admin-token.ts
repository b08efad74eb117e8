import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const TOKEN_BYTES = 24;
const SALT_BYTES = 12;

/** What an owner proves to be one with: 192 random bits. It is shown once and kept as a hash only. */
export function newAdminToken(): string {
  return `admin_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/** @returns `sha256:<salt>:<digest>`; one round is enough for a token that nobody can guess */
export function hashAdminToken(token: string): string {
  const salt = randomBytes(SALT_BYTES).toString('base64url');
  return `sha256:${salt}:${digestOf(salt, token)}`;
}

/** Takes the same time wherever the two differ. A site without a hash has no token that fits. */
export function isAdminToken(token: string, hash: string | null): boolean {
  const [method, salt, digest] = hash?.split(':') ?? [];
  if (method !== 'sha256' || salt === undefined || digest === undefined) return false;
  return isSameText(digestOf(salt, token.trim()), digest);
}

/** Compares two texts in a time that tells nothing of where they differ, nor of how long they are. */
export function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

function digestOf(salt: string, token: string): string {
  return createHash('sha256').update(`${salt}:${token}`).digest('base64url');
}
