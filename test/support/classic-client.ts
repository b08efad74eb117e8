import { isSolution } from '../../src/moderation/proof-of-work.ts';
import { LiveClient } from './live-client.ts';
import type { Registered } from './http-square.ts';

/** A visitor of a classic server's tests: by default from 127.0.0.1, a challenge solved on the way. */
export interface ClassicVisitor {
  readonly client: LiveClient;
  readonly hello: Awaited<ReturnType<LiveClient['join']>>;
}

export interface Entrance {
  /** Web origin of the square. */
  readonly url: string;
  /** Where to: a site, or the shared scene when absent. */
  readonly site?: Pick<Registered, 'siteKey' | 'origin'> | undefined;
  /** Seen as the client's address through `X-Real-IP`. */
  readonly ip?: string;
  /** Page of the socket, when it is another than the site's own. */
  readonly origin?: string;
  readonly watch?: boolean;
}

/** Opens a socket, and says nothing yet. */
export function openSocket({ url, site, ip, origin = site?.origin ?? url, watch }: Entrance): Promise<LiveClient> {
  const query = new URLSearchParams({
    ...(site && { siteKey: site.siteKey }),
    ...(watch === true && { watch: '1' }),
  });
  const headers = ip === undefined ? {} : { 'X-Real-IP': ip };
  return LiveClient.connect(`${url.replace(/^http/, 'ws')}/live?${query.toString()}`, { origin, headers });
}

/** Joins, or watches, and works for it where the site asks that. */
export async function visit(entrance: Entrance, init: object = {}): Promise<ClassicVisitor> {
  const client = await openSocket(entrance);
  client.send({ type: 'init', ...init });
  if (entrance.site !== undefined) {
    const { salt, difficulty } = await client.next('challenge');
    let nonce = 0;
    while (!isSolution(salt, String(nonce), difficulty)) nonce += 1;
    client.send({ type: 'solve', nonce: String(nonce) });
  }
  return { client, hello: await client.next('hello') };
}
