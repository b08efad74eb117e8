import { registerHooks } from 'node:module';

/** Of the production code: the modules whose pure functions cost most, by the module here that remembers for each. */
const REMEMBERED = new Map(
  [
    ['presence/summary.ts', 'summary.ts'],
    ['presence/digest.ts', 'digest.ts'],
    ['node/peer-keys.ts', 'peer-keys.ts'],
    ['documents/charter.ts', 'charter.ts'],
    ['documents/parse.ts', 'parse.ts'],
    ['documents/document-set.ts', 'document-set.ts'],
  ].map(([module = '', memory = '']) => [
    new URL(`../../federation/${module}`, import.meta.url).href,
    new URL(`remembered/${memory}`, import.meta.url).href,
  ]),
);

/**
 * From here on, modules that are loaded get the remembering ones: the production code is run once for every distinct input,
 * and a second square that asks the same gets the same answer. Nothing else of a story changes (remember.test.ts). Call it
 * before anything of federation/ is loaded.
 */
export function rememberPureAnswers(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const memory = REMEMBERED.get(found.url);
      return memory === undefined || context.parentURL === memory ? found : { ...found, url: memory };
    },
  });
}
