import { addressKey } from '../moderation/address-key.ts';
import { CLOSE, type CloseReason } from '../protocol/close-codes.ts';
import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import type { AdmissionTicket } from '../realtime/ticket.ts';
import type { Site, SiteDirectory } from '../scene/site.ts';
import { clientIpOf, type TrustedProxies } from './client-address.ts';

/** What a handshake says about itself; `host`, `origin` and `xRealIp` are its header values. */
export interface AdmissionRequest {
  /** Request target: path and query. */
  readonly url: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
  readonly remoteAddress: string | undefined;
  readonly xRealIp: string | undefined;
}

export interface AdmissionSettings {
  /** Address and port the square listens on. */
  readonly host: string;
  readonly port: number;
  /** Further web origins whose pages may show the default scene. */
  readonly allowedOrigins: readonly string[];
  /** Sockets that the default scene takes. */
  readonly defaultConnectionLimit: number;
  /** Whose `X-Real-IP` counts; absent: this machine's. */
  readonly trustedProxies?: TrustedProxies;
}

export interface AdmissionContext {
  readonly sites: SiteDirectory;
  /** Sockets in a scene, joined or not. */
  readonly socketCount: (sceneKey: string) => number;
  /** Whether an address, as limits count it, is out of a scene for a while; absent: none is. */
  readonly isQuarantined?: (sceneKey: string, address: string) => boolean;
  readonly settings: AdmissionSettings;
}

export type AdmissionDecision =
  | { readonly admitted: true; readonly ticket: AdmissionTicket }
  | { readonly admitted: false; readonly reason: CloseReason };

/**
 * Decides about a socket before its handshake is completed (wire protocol section 1). The first failing check names the
 * reason. Pure; never throws, whatever the headers hold.
 */
export function decideAdmission(
  request: AdmissionRequest,
  { sites, socketCount, isQuarantined, settings }: AdmissionContext,
): AdmissionDecision {
  const query = queryOf(request.url);
  const siteKey = query.get('siteKey') ?? '';
  const site = siteKey === '' ? undefined : hostedSite(sites, siteKey);
  // 1. A site that is there.
  if (siteKey !== '' && site === undefined) return refusal(CLOSE.siteUnknown);
  // 2. Watching without joining is free on the default scene; a site has to have it.
  const isSpectator = query.get('watch') === '1';
  if (isSpectator && site !== undefined && !site.isSupporter && !site.isPlus) return refusal(CLOSE.plusRequired);
  // 3. A page that may show this scene.
  const origin = normalizeOrigin(request.origin);
  const isWelcomeHere =
    (site !== undefined && origin !== undefined && site.allowedOrigins.includes(origin)) ||
    ((site === undefined || isSpectator) && isDefaultSceneOrigin(request, origin, settings));
  if (!isWelcomeHere) return refusal(CLOSE.originNotAllowed);
  // 4. A free place.
  const sceneKey = site === undefined ? DEFAULT_SCENE_KEY : siteKey;
  const connectionLimit = site?.connectionLimit ?? settings.defaultConnectionLimit;
  if (socketCount(sceneKey) >= connectionLimit) return refusal(CLOSE.full);
  const clientIp = clientIpOf(request, settings.trustedProxies);
  const address = addressKey(clientIp);
  // 5. An address that is not serving a quarantine.
  if (isQuarantined?.(sceneKey, address) === true) return refusal(CLOSE.rateLimited);
  // 6. An address that the site has not blocked; what was listed by hand may stand there as it was written.
  const blocked = site?.blockedAddresses ?? [];
  if (blocked.length > 0 && (blocked.includes(address) || blocked.includes(clientIp))) return refusal(CLOSE.blocked);
  return {
    admitted: true,
    ticket: {
      sceneKey,
      isHosted: site !== undefined,
      ...(origin !== undefined && { origin }),
      clientIp,
      connectionLimit,
      ...(isSpectator && { isSpectator }),
    },
  };
}

/**
 * Scheme, host and port of an absolute URL, without path, query, fragment or trailing slash.
 * @returns undefined for what is no origin, the literal `null` of sandboxed pages included
 */
export function normalizeOrigin(value: string | undefined): string | undefined {
  const origin = value === undefined ? undefined : URL.parse(value)?.origin;
  return origin === 'null' ? undefined : origin;
}

function hostedSite(sites: SiteDirectory, siteKey: string): Site | undefined {
  // A site of this name would share the default scene's key.
  if (siteKey === DEFAULT_SCENE_KEY) return undefined;
  const site = sites.find(siteKey);
  return site?.isDisabled === true ? undefined : site;
}

function isDefaultSceneOrigin(
  request: AdmissionRequest,
  origin: string | undefined,
  { host, port, allowedOrigins }: AdmissionSettings,
): boolean {
  if (request.origin === undefined) return true;
  if (origin === undefined) return false;
  if (request.host !== undefined && URL.parse(origin)?.host === request.host.toLowerCase()) return true;
  if (allowedOrigins.some((allowed) => normalizeOrigin(allowed) === origin)) return true;
  return [host, '127.0.0.1', 'localhost'].some((name) => {
    const authority = `${name.includes(':') ? `[${name}]` : name}:${port}`;
    return origin === normalizeOrigin(`http://${authority}`) || origin === normalizeOrigin(`https://${authority}`);
  });
}

function queryOf(url: string | undefined): URLSearchParams {
  const target = url ?? '';
  const start = target.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : target.slice(start + 1));
}

function refusal(reason: CloseReason): AdmissionDecision {
  return { admitted: false, reason };
}
