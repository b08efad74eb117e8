import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** What our handlers get beside the request: Node's own request and response. */
export interface EdgeEnv {
  readonly Bindings: HttpBindings;
}

export type EdgeContext = Context<EdgeEnv>;

/** Longest body of most requests, in UTF-16 units. */
export const BODY_MAX_UNITS = 4_096;

/** A UTF-16 unit takes at most so many bytes in UTF-8. */
const BYTES_PER_UNIT_MAX = 3;

export type JsonBody = Readonly<Record<string, unknown>>;

/** An answer in the classic form: JSON in UTF-8. */
export function answerJson(context: Context, value: unknown, status: ContentfulStatusCode = 200): Response {
  return context.body(JSON.stringify(value), status, { 'content-type': 'application/json; charset=utf-8' });
}

export function answerError(context: Context, status: ContentfulStatusCode, error: string): Response {
  return answerJson(context, { error }, status);
}

/**
 * Reads a request's body as a JSON object, whatever its content type; an empty body and any other JSON value count as `{}`.
 * @returns the answer to give instead when it is too long (its connection ends) or no JSON
 */
export async function readJson(
  context: EdgeContext,
  maxUnits = BODY_MAX_UNITS,
): Promise<{ readonly ok: true; readonly body: JsonBody } | { readonly ok: false; readonly answer: Response }> {
  const text = await readText(context, maxUnits);
  if (text === undefined) {
    context.header('connection', 'close');
    return { ok: false, answer: answerError(context, 413, 'request too large') };
  }
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return { ok: true, body: isObject ? { ...value } : {} };
  } catch {
    return { ok: false, answer: answerError(context, 400, 'invalid json') };
  }
}

/** @returns undefined for a body that is too long; what is left of it is not read */
async function readText(context: EdgeContext, maxUnits: number): Promise<string | undefined> {
  const stream = context.req.raw.body;
  if (stream === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxUnits * BYTES_PER_UNIT_MAX) return undefined;
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text.length > maxUnits ? undefined : text;
}
