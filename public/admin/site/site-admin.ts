/** The page of a site's owner: sign-in by token or by the link's fragment, then who is there and what may be set. */
import { button, byId, el, say, type Child } from '../elements.ts';
import {
  act,
  markRead,
  readNotices,
  readSite,
  signIn,
  signOut,
  type Notice,
  type OpenedSite,
  type SiteState,
} from './api.ts';
import { noteSwitch, pinnedNotes } from './notes.ts';
import { people, type Deed } from './people.ts';
import { board, strip, talking } from './settings.ts';

/** Who is there is looked at again so often while the page is in view. */
const LOOK_MS = 4_000;

const main = byId('main', HTMLElement);
const title = byId('title', HTMLElement);
const leave = byId('sign-out', HTMLButtonElement);

/** The parts that show who is there and what they left; undefined while nobody is signed in. */
let present: { readonly people: HTMLElement; readonly notes: HTMLElement } | undefined;
let shown = '';

const deed: Deed = async (action, fields, done) => {
  const answer = await act(action, fields);
  say(answer.value === undefined ? answer.problem : done);
  if (answer.value !== undefined) showPresent(answer.value);
  return answer.value;
};

/** Only when it is another than before, and whoever is on a button of it stays on that button. */
function showPresent(state: SiteState): void {
  const now = JSON.stringify([state.scene, state.owners, state.notes, state.site]);
  if (present === undefined || now === shown) return;
  shown = now;
  redraw(present.people, people(state, deed));
  redraw(present.notes, pinnedNotes(state, deed));
}

function redraw(part: HTMLElement, children: readonly Child[]): void {
  const focused = part.contains(document.activeElement) ? document.activeElement?.getAttribute('aria-label') : null;
  const isLogOpen = part.querySelector('details')?.open ?? false;
  part.replaceChildren(...children);
  for (const details of part.querySelectorAll('details')) details.open = isLogOpen;
  if (typeof focused !== 'string') return;
  const buttons = [...part.querySelectorAll('button')];
  // Of a note that was just taken down the next one is in its place.
  (buttons.find((each) => each.getAttribute('aria-label') === focused) ?? buttons[0])?.focus();
}

function section(id: string, name: string, ...children: readonly Child[]): HTMLElement {
  return el('section', { 'aria-labelledby': id }, el('h2', { id }, name), ...children);
}

function show(opened: OpenedSite): void {
  const { site } = opened;
  leave.hidden = false;
  title.textContent = site.name;
  document.title = site.name;
  present = { people: el('div', {}), notes: el('div', {}) };
  shown = '';
  main.replaceChildren(
    el('div', { id: 'notices' }),
    section('people', 'Who is here', present.people),
    section('talking', 'Talking', ...talking(site, deed)),
    section('board', 'The message board', ...board(site, deed)),
    section('left-notes', 'Notes', ...noteSwitch(opened, deed), present.notes),
    section('strip', 'The strip', ...strip(opened, deed)),
  );
  showPresent(opened);
  void showNotices();
}

async function showNotices(): Promise<void> {
  const answer = await readNotices();
  const unread = (answer.value?.notifications ?? []).filter(({ readAt }) => readAt === null);
  document.getElementById('notices')?.replaceChildren(...unread.map(notice));
}

function notice({ id, message }: Notice): HTMLElement {
  const read = async (): Promise<void> => {
    await markRead(id);
    await showNotices();
  };
  return el('p', { class: 'warning' }, message, ' ', button('I have read it', read));
}

function askToSignIn(problem: string): void {
  present = undefined;
  leave.hidden = true;
  title.textContent = 'Your site’s square';
  const token = el('input', { id: 'token', type: 'password', autocomplete: 'current-password', required: true });
  const stays = el('input', { type: 'checkbox' });
  const form = el(
    'form',
    { class: 'sign-in' },
    el('label', { for: 'token' }, 'Admin token'),
    token,
    el('label', {}, stays, ' Stay signed in for 30 days'),
    el('button', { class: 'strong' }, 'Sign in'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void enterWith(token.value, stays.checked);
  });
  main.replaceChildren(
    el('p', { class: 'lead' }, 'Sign in with the token you were given when you registered your site.'),
    form,
    el('p', { class: 'faint' }, 'Lost it? Whoever runs this square can give you another: townring site token.'),
  );
  say(problem);
}

async function enterWith(token: string, rememberMe: boolean): Promise<void> {
  const entered = await signIn(token, rememberMe);
  if (entered.value === undefined) return askToSignIn(entered.problem);
  await open();
}

async function open(): Promise<void> {
  const answer = await readSite();
  if (answer.value !== undefined) {
    say('');
    return show(answer.value);
  }
  // Whoever has not signed in yet did nothing wrong.
  askToSignIn(answer.status === 403 ? '' : answer.problem);
}

leave.addEventListener('click', () => {
  void signOut().then(() => askToSignIn('You are signed out.'));
});

/** Signs in with the link's fragment, if there is one. */
async function enter(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('adminToken') ?? '';
  if (token === '') return open();
  // Out of the address bar, and out of the history, before anything else.
  history.replaceState(null, '', location.pathname);
  return enterWith(token, false);
}

window.addEventListener('hashchange', () => void enter());
await enter();
setInterval(() => {
  if (document.visibilityState !== 'visible' || present === undefined) return;
  void readSite().then(({ value, status }) => {
    if (value !== undefined) showPresent(value);
    else if (status === 403) askToSignIn('You are signed out.');
  });
}, LOOK_MS);
