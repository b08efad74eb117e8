import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Context } from 'hono';

/** A file that is served from memory, compressed once. */
export interface Asset {
  readonly contentType: string;
  readonly etag: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
  readonly brotli: Uint8Array<ArrayBuffer>;
}

/** The project's own folder: the nearest one above this module that holds a package.json. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Finds a built or hand-written file of ours by its path under `public/`. @throws Error saying how to build it */
export function publicPath(path: string): string {
  const found = [join(projectRoot(), 'dist/public', path), join(projectRoot(), 'public', path)].find((candidate) =>
    existsSync(candidate),
  );
  if (found === undefined) throw new Error(`${path} is missing: run "npm run build"`);
  return found;
}

export function loadAsset(path: string, contentType: string): Asset {
  const plain = new Uint8Array(readFileSync(path));
  return {
    contentType,
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 16)}"`,
    plain,
    gzip: new Uint8Array(gzipSync(plain, { level: 9 })),
    brotli: new Uint8Array(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })),
  };
}

/** Answers with an asset: validated by its tag, in the smallest encoding the browser takes, usable from any origin. */
export function sendAsset(context: Context, asset: Asset): Response {
  context.header('access-control-allow-origin', '*');
  context.header('cache-control', 'public, max-age=300, stale-while-revalidate=86400');
  context.header('etag', asset.etag);
  context.header('vary', 'Accept-Encoding');
  context.header('x-content-type-options', 'nosniff');
  const tags = (context.req.header('if-none-match') ?? '').split(',');
  const known = new Set(tags.map((tag) => tag.trim().replace(/^W\//, '')));
  if (known.has(asset.etag) || known.has('*')) return context.body(null, 304);
  context.header('content-type', asset.contentType);
  const codings = (context.req.header('accept-encoding') ?? '')
    .split(',')
    .map((coding) => coding.split(';')[0]?.trim());
  const accepted = new Set(codings);
  if (accepted.has('br')) {
    context.header('content-encoding', 'br');
    return context.body(asset.brotli);
  }
  if (accepted.has('gzip')) {
    context.header('content-encoding', 'gzip');
    return context.body(asset.gzip);
  }
  return context.body(asset.plain);
}
