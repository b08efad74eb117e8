import { multiaddr } from '@multiformats/multiaddr';
import { isAddrOf, isEntryUrl, isLoopbackUrl, isShowableText, isWebOrigin } from '../documents/addresses.ts';
import { isStrongKey, publicKeyFromPeerId } from '../documents/keys.ts';
import { MAX_ADDRS_PER_MEMBER, MAX_NAME_CHARS, MAX_SITES_PER_MEMBER } from '../documents/limits.ts';
import { formatInstant } from '../documents/time.ts';
import type { Member, MemberSite } from '../documents/types.ts';

/** A member as an admin writes it down; URLs and addresses need not be in their normal form yet. */
export interface MemberDraft {
  readonly square: string;
  readonly origin: string;
  readonly addrs: readonly string[];
  readonly sites: readonly MemberSite[];
}

/** An answer for whoever typed it: everything that is wrong, a sentence each. */
export type Drafted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

export interface DraftOptions {
  /** Wall clock, ms. */
  readonly now: number;
  /** Allow http on loopback: development only. Default false. */
  readonly allowPrivate?: boolean;
}

/** First components of addresses that another square can dial. */
const DIALLABLE = new Set(['ip4', 'ip6', 'dns', 'dns4', 'dns6']);

/** Turns a draft into a member: each part checked, each in its normal form. */
export function draftMember(draft: MemberDraft, { now, allowPrivate = false }: DraftOptions): Drafted<Member> {
  const problems: string[] = [];
  const { square } = draft;
  const raw = publicKeyFromPeerId(square);
  if (raw === undefined || !isStrongKey(raw)) {
    problems.push(`square: ${quote(square)} is not the peer id of a square; "townring key" prints it (12D3KooW…)`);
  }
  const origin = URL.parse(draft.origin);
  // A user or a path would be lost in silence.
  const originText = origin !== null && origin.href === `${origin.origin}/` ? origin.origin : '';
  if (!isWebOrigin(originText)) {
    problems.push(`origin: ${quote(draft.origin)} is not a web origin like https://square.example`);
  } else if (!allowPrivate && isLoopbackUrl(originText)) {
    problems.push(`origin: ${quote(draft.origin)} is on loopback, where no visitor can go`);
  }
  const addrs = draft.addrs.map((text) => draftAddr(text, square, problems));
  if (addrs.length < 1 || addrs.length > MAX_ADDRS_PER_MEMBER) {
    problems.push(`addr: a square has 1 to ${MAX_ADDRS_PER_MEMBER} addresses, got ${addrs.length}`);
  }
  if (new Set(addrs).size < addrs.length) problems.push('addr: an address is given twice');
  const sites = draft.sites.map((site) => draftSite(site, allowPrivate, problems));
  if (sites.length < 1 || sites.length > MAX_SITES_PER_MEMBER) {
    problems.push(`site: a square brings 1 to ${MAX_SITES_PER_MEMBER} sites, got ${sites.length}`);
  }
  if (new Set(sites.map(({ id }) => id)).size < sites.length) problems.push('site: a site id is given twice');
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { square, origin: originText, addrs, sites, since: formatInstant(now) } };
}

/** A URL in its normal form when a visitor may be sent there; undefined otherwise. */
export function draftUrl(text: string, allowPrivate: boolean): string | undefined {
  const href = URL.parse(text)?.href ?? '';
  return isEntryUrl(href) && (allowPrivate || !isLoopbackUrl(href)) ? href : undefined;
}

function draftAddr(text: string, square: string, problems: string[]): string {
  let normal: string | undefined;
  try {
    const addr = multiaddr(text);
    const names = addr.getComponents().map(({ name }) => name);
    if (DIALLABLE.has(names[0] ?? '') && names[1] === 'tcp' && !names.includes('p2p-circuit')) normal = addr.toString();
  } catch {
    // said below, with every other way of being none
  }
  if (normal === undefined || !isAddrOf(square, normal)) {
    problems.push(
      `addr: ${quote(text)} is not a TCP or WebSocket multiaddr of this square, like /dns4/square.example/tcp/4101`,
    );
  }
  return normal ?? text;
}

function draftSite({ id, name, entry }: MemberSite, allowPrivate: boolean, problems: string[]): MemberSite {
  if (!/^[a-z0-9-]{1,32}$/.test(id)) {
    problems.push(`site: the id ${quote(id)} is not 1 to 32 of a-z, 0-9 and "-"`);
  }
  const shown = name.trim();
  if (!isShowableText(shown)) {
    problems.push(`site ${quote(id)}: the name must be 1 to ${MAX_NAME_CHARS} characters that can be shown`);
  }
  const url = draftUrl(entry, allowPrivate);
  if (url === undefined) {
    problems.push(`site ${quote(id)}: the entry page must be an https URL without "#", got ${quote(entry)}`);
  }
  return { id, name: shown, entry: url ?? entry };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
