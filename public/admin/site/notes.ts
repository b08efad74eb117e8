/** Notes that lonely visitors left on the board: the owner reads each, and takes it down. */
import { button, el, isAgreed, tick, type Child } from '../elements.ts';
import type { SiteState } from './api.ts';
import type { Deed } from './people.ts';

/** Whether there are any. */
export function noteSwitch({ notes }: SiteState, deed: Deed): Child[] {
  const set = async (enabled: boolean): Promise<boolean> => {
    if (!enabled && !(await isAgreed('Takes every note down for good, and nobody leaves another.'))) return false;
    const done = enabled ? 'Whoever is alone may leave a note.' : 'The notes are gone.';
    return (await deed('setNotes', { enabled }, done)) !== undefined;
  };
  return [
    tick('Whoever is alone in the ring may leave a note on the board', notes.enabled, set),
    el(
      'p',
      { class: 'faint' },
      'Up to ten hang there, each for thirty days at most; nobody is told who wrote them, and nobody writes while talking is off.',
    ),
  ];
}

/** Those that hang there now. */
export function pinnedNotes({ notes }: SiteState, deed: Deed): Child[] {
  if (!notes.enabled) return [];
  if (notes.pinned.length === 0) return [el('p', {}, 'No note hangs there.')];
  return [
    el(
      'ul',
      { class: 'requests' },
      ...notes.pinned.map(({ id, text, at }) => {
        const when = new Date(at).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' });
        return el(
          'li',
          {},
          el('div', { dir: 'auto' }, text),
          el('div', { class: 'faint' }, when),
          el(
            'div',
            { class: 'deeds' },
            button('Take it down', () => deed('removeNote', { noteId: id }, 'The note is taken down.'), {
              'aria-label': `Take it down: ${text}`,
            }),
          ),
        );
      }),
    ),
  ];
}
