/**
 * Reads pages whose addresses come from others: a list, a request to join. It must not be turned against the operator's own
 * network, so the name is resolved here, every address of it is looked at, and the connection goes to exactly one of those:
 * a name that answers differently the second time wins nothing. Each redirect is judged anew.
 */
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

export interface FetchLimits {
  readonly maxBytes: number;
  /** For everything together: name, redirects, body. */
  readonly timeoutMs: number;
  /** Also plain http, and addresses of this machine and network: development only. */
  readonly allowPrivate: boolean;
}

export type FetchedPage =
  | {
      readonly ok: true;
      readonly url: string;
      readonly body: Buffer;
      /** Clock of the server, ms; undefined when it does not say. */
      readonly dateMs: number | undefined;
    }
  | { readonly ok: false; readonly reason: FetchFailure; readonly url: string };

/** `status`: the server answered, and not with the page. */
export type FetchFailure =
  | 'bad-url'
  | 'private-address'
  | 'no-such-host'
  | 'refused'
  | 'timeout'
  | 'status'
  | 'too-large'
  | 'too-many-redirects';

const REDIRECTS_MAX = 3;

export async function fetchGuarded(text: string, limits: FetchLimits): Promise<FetchedPage> {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  let url = text;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const answer = await fetchOnce(url, limits, signal);
    if (!('location' in answer)) return answer;
    url = answer.location;
  }
  return { ok: false, reason: 'too-many-redirects', url };
}

type Answer = FetchedPage | { readonly location: string };

async function fetchOnce(text: string, limits: FetchLimits, signal: AbortSignal): Promise<Answer> {
  const failed = (reason: FetchFailure): FetchedPage => ({ ok: false, reason, url: text });
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'http:' && limits.allowPrivate;
  if (url === null || (url.protocol !== 'https:' && !isHttp) || url.username !== '' || url.password !== '') {
    return failed('bad-url');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await resolveBy(host, signal) : [host];
  } catch {
    return failed(signal.aborted ? 'timeout' : 'no-such-host');
  }
  const [address] = addresses;
  if (address === undefined) return failed('no-such-host');
  if (!limits.allowPrivate && addresses.some((one) => isPrivateAddress(one))) return failed('private-address');
  return connect(url, address, limits, signal);
}

/** The resolver cannot be interrupted; nobody waits for it longer than for the rest. */
async function resolveBy(host: string, signal: AbortSignal): Promise<readonly string[]> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new Error('timeout'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    const found = await Promise.race([lookup(host, { all: true, verbatim: true }), aborted]);
    return found.map(({ address }) => address);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function connect(url: URL, address: string, { maxBytes }: FetchLimits, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (reason: FetchFailure): void => resolve({ ok: false, reason, url: url.href });
    const options: RequestOptions = {
      method: 'GET',
      signal,
      agent: false,
      headers: { 'user-agent': 'townring', accept: 'text/html, application/json', connection: 'close' },
      // The address that was judged, whatever the resolver says by now.
      lookup: (_host, { all }, found) =>
        all === true ? found(null, [{ address, family: isIP(address) }]) : found(null, address, isIP(address)),
    };
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url.href, options, (response) => {
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.destroy();
        resolve({ location: URL.parse(headers.location, url.href)?.href ?? '' });
        return;
      }
      if (statusCode !== 200) {
        response.destroy();
        fail('status');
        return;
      }
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > maxBytes) {
          response.destroy();
          fail('too-large');
        } else chunks.push(chunk);
      });
      response.on('end', () => {
        const dateMs = Date.parse(headers.date ?? '');
        const body = Buffer.concat(chunks);
        resolve({ ok: true, url: url.href, body, dateMs: Number.isNaN(dateMs) ? undefined : dateMs });
      });
      response.on('error', () => fail(signal.aborted ? 'timeout' : 'refused'));
    });
    request.on('error', () => fail(signal.aborted ? 'timeout' : 'refused'));
    request.end();
  });
}
