/** Nesting that our documents need is 5; deeper text is refused before anything walks it. */
const MAX_DEPTH = 16;

/**
 * JSON whose meaning no two readers can disagree on: no repeated key (after escapes are undone), no `__proto__`, nothing
 * after the value, bounded depth.
 * @returns undefined when the text is anything else
 */
export function parseStrictJson(text: string): { readonly value: unknown } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return hasUniqueKeys(text) ? { value } : undefined;
}

/** UTF-8, strictly: no byte order mark, no replacement characters. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Walks text that JSON.parse has already found well-formed, so only structure needs looking at. */
function hasUniqueKeys(text: string): boolean {
  // One entry for each open bracket: the keys seen in an object, undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
        if (open.push(new Set()) > MAX_DEPTH) return false;
        expectsKey = true;
        break;
      case '[':
        if (open.push(undefined) > MAX_DEPTH) return false;
        expectsKey = false;
        break;
      case '}':
      case ']':
        open.pop();
        expectsKey = false;
        break;
      case ',':
        expectsKey = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(text, at);
        const keys = open.at(-1);
        if (expectsKey && keys !== undefined) {
          const key: unknown = JSON.parse(text.slice(at, end + 1));
          if (typeof key !== 'string' || key === '__proto__' || keys.has(key)) return false;
          keys.add(key);
          expectsKey = false;
        }
        at = end;
        break;
      }
      default:
        break;
    }
  }
  return true;
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
