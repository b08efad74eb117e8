import { z } from 'zod';
import { decodeCharterChain } from '../../federation/documents/document-set.ts';
import { decodeEnvelope } from '../../federation/documents/dsse.ts';
import { MAX_DOCUMENTS_BYTES } from '../../federation/documents/limits.ts';
import { decodeUtf8, parseStrictJson } from '../../federation/documents/strict-json.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';

/** For all answers of one square together. */
const FETCH_TIMEOUT_MS = 10_000;
/** What a square says of itself is a few hundred bytes for each ring. */
const MAX_ABOUT_BYTES = 64 * 1024;

/** Only what is needed is read, so that a newer square may say more. */
const aboutSchema = z.object({
  rings: z.array(z.object({ id: z.string().regex(/^[0-9a-f]{64}$/), name: z.string().max(200) })).max(64),
});

export type Fetched =
  | { readonly ok: true; readonly documents: RingDocuments }
  | { readonly ok: false; readonly problem: string };

/**
 * Gets ring documents from any square of the ring, unverified. Follows no redirect: the address is the operator's word.
 * @param origin web origin of the square
 * @param ringId which ring; may be left out when the square is in one only
 */
export async function fetchDocuments(origin: string, ringId: string | undefined): Promise<Fetched> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  try {
    const id = ringId ?? (await onlyRingOf(origin, signal));
    const base = `${origin}/.well-known/townring/${id}`;
    const charters = decodeCharterChain(await get(`${base}/charter.json`, MAX_DOCUMENTS_BYTES, signal));
    const members = decodeEnvelope(await get(`${base}/members.json`, MAX_DOCUMENTS_BYTES, signal));
    const beat = decodeEnvelope(await get(`${base}/beat.json`, MAX_DOCUMENTS_BYTES, signal));
    if (!charters.ok || !members.ok || !beat.ok) throw new FetchError(`${origin} does not serve signed ring documents`);
    return { ok: true, documents: { charters: charters.value, members: members.value, beat: beat.value } };
  } catch (err) {
    if (err instanceof FetchError) return { ok: false, problem: err.message };
    throw err;
  }
}

class FetchError extends Error {
  override readonly name = 'FetchError';
}

async function onlyRingOf(origin: string, signal: AbortSignal): Promise<string> {
  const text = decodeUtf8(await get(`${origin}/.well-known/townring.json`, MAX_ABOUT_BYTES, signal));
  const about = aboutSchema.safeParse(text === undefined ? undefined : parseStrictJson(text)?.value);
  if (!about.success) throw new FetchError(`${origin} does not say which rings it is in`);
  const [first, ...others] = about.data.rings;
  if (first === undefined) throw new FetchError(`${origin} is in no ring`);
  if (others.length > 0) {
    const ids = about.data.rings.map(({ id }) => id).join(', ');
    throw new FetchError(`${origin} is in several rings, choose one with --ring: ${ids}`);
  }
  return first.id;
}

async function get(url: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
    if (!response.ok) throw new FetchError(`${url} answered ${response.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > maxBytes) throw new FetchError(`${url} answered more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (cause) {
    if (cause instanceof FetchError) throw cause;
    throw new FetchError(`${url} could not be read`, { cause });
  }
}
