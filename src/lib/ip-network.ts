import { isIP } from 'node:net';

/** Whether a word is an IP address, or one with a prefix length. */
export function isIpNetwork(word: string): boolean {
  const [address = '', prefix, ...more] = word.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0 || address.includes('%')) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}
