import { Hono } from 'hono';
import { loadAsset, publicPath, sendAsset, type Asset } from './assets.ts';
import type { EdgeEnv } from './json.ts';

/** Nothing foreign runs on these pages, and no page can frame them. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HTML = 'text/html; charset=utf-8';
const JAVASCRIPT = 'application/javascript; charset=utf-8';

const FILES = [
  ['/admin', 'admin/site/index.html', HTML],
  ['/admin/site-admin.js', 'admin/site/site-admin.js', JAVASCRIPT],
  ['/admin/ring', 'admin/ring/index.html', HTML],
  ['/admin/ring/ring-admin.js', 'admin/ring/ring-admin.js', JAVASCRIPT],
  ['/register', 'admin/register/index.html', HTML],
  ['/admin/register.js', 'admin/register/register.js', JAVASCRIPT],
  ['/service-admin', 'admin/service/index.html', HTML],
  ['/admin/service-admin.js', 'admin/service/service-admin.js', JAVASCRIPT],
  ['/admin/admin.css', 'admin/admin.css', 'text/css; charset=utf-8'],
] as const;

/**
 * Where a site registers (`/register`), the pages of its owner (`/admin`) and of the square's operator (`/service-admin`,
 * `/admin/ring`); what they ask stands beside.
 */
export function adminPages(): Hono<EdgeEnv> {
  const pages = new Hono<EdgeEnv>();
  for (const [path, file, contentType] of FILES) {
    let asset: Asset | undefined;
    pages.get(path, (context) => {
      context.header('content-security-policy', POLICY);
      context.header('referrer-policy', 'no-referrer');
      return sendAsset(context, (asset ??= loadAsset(publicPath(file), contentType)));
    });
  }
  return pages;
}
