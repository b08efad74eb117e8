/** Files that are fetched when somebody has a use for them, from beside the one that asks. */

/** Set by the build: all files of one build have the same. */
declare const TOWNRING_BUILD: string;

/** @throws when it does not come, or is of another build */
export async function fetchPart<Part extends { readonly build: string }>(file: string): Promise<Part> {
  const url = new URL(file, import.meta.url);
  url.search = TOWNRING_BUILD;
  const part: Part = await import(url.href);
  if (part.build !== TOWNRING_BUILD) throw new Error('another build');
  return part;
}
