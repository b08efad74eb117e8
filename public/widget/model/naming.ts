/** What a person is called in words. Pure. */
import type { MoreWords } from '../words/more-strings.ts';
import type { Person } from './world.ts';

/** With where a guest comes from; "someone" for who has no name. */
export function nameOf(person: Person, words: MoreWords): string {
  const name = person.name || words('someone');
  return person.from === undefined ? name : words('from', { name, site: person.from.name });
}
