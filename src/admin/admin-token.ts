import { createHash, randomBytes } from 'node:crypto';

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

function digestOf(salt: string, token: string): string {
  return createHash('sha256').update(`${salt}:${token}`).digest('base64url');
}
