import { BlockList, isIP, isIPv4 } from 'node:net';

/** An `X-Real-IP` is cut to this length (wire protocol section 1). */
const REAL_IP_MAX_UNITS = 64;

const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;

/** Proxies whose word about their clients counts. */
export interface TrustedProxies {
  readonly has: (address: string) => boolean;
}

/**
 * @param proxies addresses and CIDR networks, IPv4 or IPv6; legal ones, see `isIpNetwork`
 */
export function trustedProxies(proxies: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/', 2);
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return {
    has: (remoteAddress) => {
      const address = remoteAddress.replace(MAPPED_IPV4, '');
      const version = isIP(address);
      return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

/** The address to count limits for: only a trusted proxy is believed about somebody else's. `X-Forwarded-For` is never read. */
export function clientIpOf(
  {
    remoteAddress = '',
    xRealIp = '',
  }: { readonly remoteAddress: string | undefined; readonly xRealIp: string | undefined },
  proxies: TrustedProxies = trustedLoopback,
): string {
  const isNamed = xRealIp !== '' && !/[\s,]/.test(xRealIp) && proxies.has(remoteAddress);
  return isNamed ? xRealIp.slice(0, REAL_IP_MAX_UNITS) : remoteAddress;
}

/** What a square believes unless it is told otherwise. */
const trustedLoopback = trustedProxies(['127.0.0.1', '::1']);
