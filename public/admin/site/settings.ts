/** What the owner of a site sets: talking, the message board, the strip itself. Each form keeps what is being written in it. */
import { BLOCKED_WORDS_MAX, BOARD_BODY_MAX_UNITS, BOARD_TITLE_MAX_UNITS } from '../../../src/protocol/limits.ts';
import { button, choice, el, isAgreed, tick, type Child } from '../elements.ts';
import type { OpenedSite, OwnedSite } from './api.ts';
import type { Deed } from './people.ts';

const SLOW = {
  '0': 'as fast as they like',
  '500': 'one line in half a second',
  '2000': 'one line in 2 seconds',
  '5000': 'one line in 5 seconds',
  '15000': 'one line in 15 seconds',
  '30000': 'one line in 30 seconds',
};

const BOARDS = { corkboard: 'a corkboard', chalkboard: 'a chalkboard', sign: 'a sign' } as const;

export function talking({ chatDisabled, chatThrottleMs, blockedWords }: OwnedSite, deed: Deed): Child[] {
  let slowMs = chatThrottleMs;
  let saved = blockedWords;
  const own = String(chatThrottleMs);
  const paces = own in SLOW ? SLOW : { [own]: `one line in ${chatThrottleMs / 1_000} seconds`, ...SLOW };
  const words = el('textarea', { id: 'words', rows: '4', 'aria-describedby': 'words-help' });
  words.value = saved.join('\n');
  const saveWords = async (): Promise<void> => {
    const wanted = words.value.split('\n');
    const state = await deed(
      'updateModeration',
      { blockedWords: wanted, chatThrottleMs: slowMs },
      'The words are saved.',
    );
    if (state === undefined) return;
    saved = state.site.blockedWords;
    words.value = saved.join('\n');
  };
  const slow = async (ms: number): Promise<void> => {
    const state = await deed('updateModeration', { blockedWords: saved, chatThrottleMs: ms }, 'The pace is set.');
    if (state !== undefined) slowMs = state.site.chatThrottleMs;
  };
  const clear = async (): Promise<void> => {
    if (await isAgreed('Takes away what was said here last, for whoever comes later.')) {
      await deed('clearMessages', {}, 'What was said is gone.');
    }
  };
  return [
    tick('Visitors may talk', !chatDisabled, (on) =>
      isDone(
        deed(
          'setChatDisabled',
          { disabled: !on },
          on ? 'Visitors may talk.' : 'Nobody talks here now; waving goes on.',
        ),
      ),
    ),
    el(
      'label',
      {},
      'Each may say ',
      choice(paces, own, (value) => slow(Number(value))),
    ),
    el('label', { for: 'words' }, 'Words to cover with stars, one to a line'),
    words,
    el('p', { id: 'words-help', class: 'faint' }, `Up to ${BLOCKED_WORDS_MAX} words. Case does not matter.`),
    el('div', { class: 'deeds' }, button('Save the words', saveWords), button('Clear what was said', clear)),
  ];
}

export function board({ messageBoard, sceneConfig, styleConfig }: OwnedSite, deed: Deed): Child[] {
  const title = el('input', { id: 'board-title', maxlength: String(BOARD_TITLE_MAX_UNITS), value: messageBoard.title });
  const body = el('textarea', { id: 'board-body', rows: '5', maxlength: String(BOARD_BODY_MAX_UNITS) });
  body.value = messageBoard.body;
  let { variant }: { variant: string } = messageBoard;
  const put = (change: object, done: string) =>
    deed('updateCustomization', { sceneConfig, styleConfig, messageBoard: { ...messageBoard, ...change } }, done);
  const takeDown = async (): Promise<void> => {
    if ((await put({ title: '', body: '' }, 'The board is taken down.')) === undefined) return;
    title.value = '';
    body.value = '';
  };
  return [
    el('label', { for: 'board-title' }, 'Title'),
    title,
    el('label', { for: 'board-body' }, 'What it says'),
    body,
    el(
      'label',
      {},
      'It is ',
      choice(BOARDS, variant, (value) => {
        variant = value;
      }),
    ),
    el(
      'div',
      { class: 'deeds' },
      button('Put it up', () => put({ title: title.value, body: body.value, variant }, 'The board is up.')),
      button('Take it down', takeDown),
    ),
  ];
}

export function strip({ site, embedSnippet }: OpenedSite, deed: Deed): Child[] {
  const setOpen = async (isOpen: boolean): Promise<boolean> => {
    const warning = 'Closes the strip: whoever is here is sent out, and nobody comes in until you open it.';
    if (!isOpen && !(await isAgreed(warning))) return false;
    return isDone(deed('disableSite', { disabled: !isOpen }, isOpen ? 'The strip is open.' : 'The strip is closed.'));
  };
  return [
    tick('The strip is open', !site.disabled, setOpen),
    tick('Newcomers prove with a little work that they are no bots', site.botProtection, (enabled) =>
      isDone(
        deed('setBotProtection', { enabled }, enabled ? 'Newcomers do a little work.' : 'Everybody comes in at once.'),
      ),
    ),
    el('p', {}, 'This goes into each page that shall show the strip:'),
    el('pre', { tabindex: '0' }, embedSnippet),
  ];
}

async function isDone(deed: ReturnType<Deed>): Promise<boolean> {
  return (await deed) !== undefined;
}
