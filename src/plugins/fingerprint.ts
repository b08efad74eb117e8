import { createHash } from 'node:crypto';

/**
 * How a browser is named to owners and plugins: 16 hex characters, the same for the same browser and site, which tell
 * nothing of it on another site. "" for a browser without an id.
 */
export function fingerprintOf(siteKey: string, browserId: string): string {
  return browserId === '' ? '' : createHash('sha256').update(`${siteKey}:${browserId}`).digest('hex').slice(0, 16);
}
