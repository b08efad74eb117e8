/** The page of the square's operator: sign-in by password, then every site, and a word to all of their owners. */
import { button, byId, counted, el, say } from '../elements.ts';
import { operatorWith, type Operator, type Served, type SentNotice } from './api.ts';
import { siteCard } from './sites.ts';

const NOTICE_MAX_UNITS = 1_000;

const main = byId('main', HTMLElement);
const leave = byId('sign-out', HTMLButtonElement);
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

function askToSignIn(problem: string): void {
  leave.hidden = true;
  const password = el('input', { id: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const form = el(
    'form',
    { class: 'sign-in' },
    el('label', { for: 'password' }, 'Password'),
    password,
    el('button', { class: 'strong' }, 'Sign in'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void open(operatorWith(password.value));
  });
  main.replaceChildren(
    el('p', { class: 'lead' }, 'Sign in with the password of this square: SERVICE_ADMIN_PASSWORD in its settings.'),
    form,
    el('p', { class: 'faint' }, 'It is asked again when you reload. The ring has a page of its own: townring admin.'),
  );
  say(problem);
  password.focus();
}

async function open(operator: Operator): Promise<void> {
  const { value, problem } = await operator.served();
  if (value === undefined) return askToSignIn(problem);
  leave.hidden = false;
  say('');
  const cards = value.sites.map((site) => {
    const card: HTMLElement = siteCard(site, operator, () => card.remove());
    return card;
  });
  main.replaceChildren(
    el('p', { class: 'lead' }, summaryOf(value)),
    el(
      'section',
      { 'aria-labelledby': 'sites' },
      el('h2', { id: 'sites' }, 'Sites'),
      button('Look again', () => open(operator)),
      cards.length === 0 ? el('p', {}, 'No site is registered here yet.') : el('ul', { class: 'requests' }, ...cards),
    ),
    words(operator),
  );
}

function summaryOf({ platform }: Served): string {
  const here = `${counted(platform.onlineNow, 'person', 'people')} on ${counted(platform.activeSitesNow, 'street')} now`;
  const month = `${counted(platform.visitorsMonthly, 'visitor')} and ${counted(platform.messagesMonthly, 'line')} in 30 days`;
  return `${here}; ${counted(platform.seenToday, 'visitor')} today, ${month}.`;
}

/** A word to the owner of every site, and who has read the last ones. */
function words(operator: Operator): HTMLElement {
  const text = el('textarea', { id: 'word', rows: '3', maxlength: String(NOTICE_MAX_UNITS) });
  const sent = el('ul', { class: 'said' });
  const look = async (): Promise<void> => {
    const { value } = await operator.notices();
    sent.replaceChildren(...(value?.recent ?? []).map(sentNotice));
  };
  const send = async (): Promise<void> => {
    const { value, problem } = await operator.tell(text.value);
    say(value === undefined ? problem : `Told to the owners of ${counted(value.sitesNotified, 'site')}.`);
    if (value === undefined) return;
    text.value = '';
    await look();
  };
  void look();
  return el(
    'section',
    { 'aria-labelledby': 'word-title' },
    el('h2', { id: 'word-title' }, 'A word to all owners'),
    el('label', { for: 'word' }, 'They read it on their page'),
    text,
    button('Tell them', send),
    sent,
  );
}

function sentNotice({ message, createdAt, read, total }: SentNotice): HTMLElement {
  return el('li', {}, `${moment.format(createdAt)}, read by ${read} of ${total}: ${message}`);
}

leave.addEventListener('click', () => askToSignIn('You are signed out.'));
askToSignIn('');
