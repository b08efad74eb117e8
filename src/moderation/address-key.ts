import { isIPv4, isIPv6 } from 'node:net';

/** A network that one household or host is given whole, so that it counts as one: the first 64 bits. */
const PREFIX_GROUPS = 4;

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * What limits are counted for, made of a client's address: an IPv4 address as it is, an IPv6 address as its /64 network,
 * anything else (a proxy may name what it likes) as it stands. "" stays "".
 * @returns at most 64 characters for an address of at most 64
 */
export function addressKey(address: string): string {
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (!isIPv6(address)) return address;
  return `${groupsOf(address).slice(0, PREFIX_GROUPS).join(':')}::/64`;
}

/** The eight groups of a legal IPv6 address, each in its shortest form. */
function groupsOf(address: string): string[] {
  const [bare = ''] = address.toLowerCase().split('%', 1);
  const [head = '', tail] = bare.split('::', 2);
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  // A dotted end takes the room of two groups; it is never among the first four.
  const dotted = [...front, ...back].some((group) => group.includes('.')) ? 1 : 0;
  const missing = Math.max(0, 8 - front.length - back.length - dotted);
  const gap = tail === undefined ? [] : Array.from({ length: missing }, () => '0');
  return [...front, ...gap, ...back].map((group) => group.replace(/^0+(?=.)/, ''));
}
