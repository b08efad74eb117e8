/**
 * What an owner of a registered site puts into their pages: the classic snippet, which mounts our strip when it is loaded
 * from here (public/classic/townsquare.mjs).
 * @param origin web origin of the square
 */
export function embedSnippet(origin: string, siteKey: string): string {
  const options = { serverOrigin: origin, siteKey, theme: 'host' };
  return [
    `<link rel="preconnect" href="${origin}">`,
    `<link rel="stylesheet" href="${origin}/widget.css">`,
    `<link rel="stylesheet" href="${origin}/api/sites/${siteKey}/style.css">`,
    '<div id="townsquare-root"></div>',
    '<script type="module" async>',
    `  import { mountTownSquare } from ${JSON.stringify(`${origin}/townsquare.mjs`)};`,
    `  mountTownSquare(${JSON.stringify(options, null, 2).replaceAll('\n', '\n  ')});`,
    '</script>',
  ].join('\n');
}

/** Where an owner signs in with one click. The token stands behind the #, so that no server ever logs it. */
export function adminUrl(origin: string, token: string): string {
  return `${origin}/admin#adminToken=${token}`;
}
