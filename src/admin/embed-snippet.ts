import type { PluginModule } from '../protocol/frames.ts';

/**
 * What an owner of a registered site puts into their pages: the classic snippet, which mounts our strip when it is loaded
 * from here (public/classic/townsquare.mjs).
 * @param origin web origin of the square
 * @param more what plugins add to the options
 */
export function embedSnippet(
  origin: string,
  siteKey: string,
  pluginModules: readonly PluginModule[],
  more: Readonly<Record<string, unknown>>,
): string {
  const options = {
    serverOrigin: origin,
    siteKey,
    ...(pluginModules.length > 0 && { pluginModules }),
    theme: 'host',
    ...more,
  };
  // Data of a plugin must not end the script.
  const json = JSON.stringify(options, null, 2).replaceAll('<', '\\u003c').replaceAll('\n', '\n  ');
  return [
    `<link rel="preconnect" href="${origin}">`,
    `<link rel="stylesheet" href="${origin}/widget.css">`,
    `<link rel="stylesheet" href="${origin}/api/sites/${siteKey}/style.css">`,
    '<div id="townsquare-root"></div>',
    '<script type="module" async>',
    `  import { mountTownSquare } from ${JSON.stringify(`${origin}/townsquare.mjs`)};`,
    `  mountTownSquare(${json});`,
    '</script>',
  ].join('\n');
}

/** Where an owner signs in with one click. The token stands behind the #, so that no server ever logs it. */
export function adminUrl(origin: string, token: string): string {
  return `${origin}/admin#adminToken=${token}`;
}
