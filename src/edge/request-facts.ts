import { addressKey } from '../moderation/address-key.ts';
import { clientIpOf, type TrustedProxies } from './client-address.ts';
import type { EdgeContext } from './json.ts';

/** Who asks, and under which name they reached us. */
export interface RequestFacts {
  /** The client's address, as limits count it. */
  addressOf(context: EdgeContext): string;
  /** The square's web origin: as configured, else as the client or its proxy named it. */
  originOf(context: EdgeContext): string;
}

/** @param publicOrigin as the operator set it; undefined: see {@link RequestFacts.originOf} */
export function requestFacts(publicOrigin: string | undefined, proxies: TrustedProxies): RequestFacts {
  return {
    addressOf(context) {
      const { remoteAddress } = context.env.incoming.socket;
      return addressKey(clientIpOf({ remoteAddress, xRealIp: context.req.header('x-real-ip') }, proxies));
    },
    originOf(context) {
      if (publicOrigin !== undefined) return publicOrigin;
      const forwarded = context.req.header('x-forwarded-proto')?.split(',')[0]?.trim();
      const protocol = forwarded?.toLowerCase() === 'https' ? 'https' : 'http';
      return new URL(`${protocol}://${context.req.header('host') ?? ''}`).origin;
    },
  };
}
