import { CLOSE, type CloseReason } from '../protocol/close-codes.ts';
import { DEFAULT_SCENE_KEY } from '../protocol/limits.ts';
import type { AdmissionTicket } from '../realtime/ticket.ts';
import type { Site, SiteDirectory } from '../scene/site.ts';

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
}

export interface AdmissionContext {
  readonly sites: SiteDirectory;
  /** Sockets in a scene, joined or not. */
  readonly socketCount: (sceneKey: string) => number;
  readonly settings: AdmissionSettings;
}

export type AdmissionDecision =
  | { readonly admitted: true; readonly ticket: AdmissionTicket }
  | { readonly admitted: false; readonly reason: CloseReason };

/** An `X-Real-IP` is cut to this length. */
const REAL_IP_MAX_UNITS = 64;

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * Decides about a socket before its handshake is completed (wire protocol section 1). The first failing check names the
 * reason. Pure; never throws, whatever the headers hold.
 */
export function decideAdmission(
  request: AdmissionRequest,
  { sites, socketCount, settings }: AdmissionContext,
): AdmissionDecision {
  const query = queryOf(request.url);
  const siteKey = query.get('siteKey') ?? '';
  const site = siteKey === '' ? undefined : hostedSite(sites, siteKey);
  // 1. A site that is there.
  if (siteKey !== '' && site === undefined) return refusal(CLOSE.siteUnknown);
  // 2. Spectators need an entitlement, and no scene has one to give yet.
  if (query.get('watch') === '1') return refusal(CLOSE.plusRequired);
  // 3. A page that may show this scene.
  const origin = normalizeOrigin(request.origin);
  const isWelcomeHere =
    site === undefined
      ? isDefaultSceneOrigin(request, origin, settings)
      : origin !== undefined && site.allowedOrigins.includes(origin);
  if (!isWelcomeHere) return refusal(CLOSE.originNotAllowed);
  // 4. A free place.
  const sceneKey = site === undefined ? DEFAULT_SCENE_KEY : siteKey;
  const connectionLimit = site?.connectionLimit ?? settings.defaultConnectionLimit;
  if (socketCount(sceneKey) >= connectionLimit) return refusal(CLOSE.full);
  // 5. quarantine and 6. blocked addresses stand here, in this order, once moderation keeps them.
  return {
    admitted: true,
    ticket: {
      sceneKey,
      isHosted: site !== undefined,
      ...(origin !== undefined && { origin }),
      clientIp: clientIpOf(request),
      connectionLimit,
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

/** The address to count limits for: only a proxy on this machine is believed about somebody else's. */
export function clientIpOf({
  remoteAddress = '',
  xRealIp = '',
}: Pick<AdmissionRequest, 'remoteAddress' | 'xRealIp'>): string {
  const isNamed = LOOPBACK.has(remoteAddress) && xRealIp !== '' && !/[\s,]/.test(xRealIp);
  return isNamed ? xRealIp.slice(0, REAL_IP_MAX_UNITS) : remoteAddress;
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
