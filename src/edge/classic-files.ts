import { Hono } from 'hono';
import { loadAsset, publicPath, sendAsset, type Asset } from './assets.ts';
import type { EdgeEnv } from './json.ts';

/** What pages made for a classic TownSquare server load, by path: our own module and sheet under their names. */
const FILES: Readonly<Record<string, readonly [file: string, contentType: string]>> = {
  '/townsquare.mjs': ['townsquare.mjs', 'application/javascript; charset=utf-8'],
  '/widget.css': ['classic/widget.css', 'text/css; charset=utf-8'],
};

export function classicFiles(): Hono<EdgeEnv> {
  const files = new Hono<EdgeEnv>();
  for (const [path, [file, contentType]] of Object.entries(FILES)) {
    let asset: Asset | undefined;
    files.get(path, (context) => sendAsset(context, (asset ??= loadAsset(publicPath(file), contentType))));
  }
  return files;
}
