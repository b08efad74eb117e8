/** Where a site gets its street (docs/http-api.md): a form, and then the one moment at which the owner's token can be read. */
import { askWith } from '../ask.ts';
import { button, byId, el, say } from '../elements.ts';

const NAME_MAX_UNITS = 80;
const EMAIL_MAX_UNITS = 254;
const ADDRESS_MAX_UNITS = 240;

interface Registered {
  readonly site: { readonly siteKey: string; readonly name: string; readonly allowedOrigins: readonly string[] };
  readonly adminToken: string;
  readonly adminUrl: string;
}

const main = byId('main', HTMLElement);

function askForSite(): void {
  const address = el('input', {
    id: 'address',
    required: true,
    inputmode: 'url',
    autocomplete: 'url',
    maxlength: String(ADDRESS_MAX_UNITS),
    placeholder: 'https://moss.example',
    'aria-describedby': 'address-help',
  });
  const name = el('input', { id: 'name', maxlength: String(NAME_MAX_UNITS), 'aria-describedby': 'name-help' });
  const email = el('input', {
    id: 'email',
    inputmode: 'email',
    autocomplete: 'email',
    maxlength: String(EMAIL_MAX_UNITS),
    'aria-describedby': 'email-help',
  });
  const www = el('input', { type: 'checkbox', checked: true });
  const send = el('button', { class: 'strong' }, 'Make the street');
  const form = el(
    'form',
    { class: 'sign-in' },
    el('label', { for: 'address' }, 'Address of your site'),
    address,
    el('p', { id: 'address-help', class: 'faint' }, 'Only pages from there show the street and let people onto it.'),
    el('label', { class: 'tick' }, www, ' Also with www before it, or without'),
    el('label', { for: 'name' }, 'Its name'),
    name,
    el('p', { id: 'name-help', class: 'faint' }, 'As others read it on a sign. May be empty: then it is the address.'),
    el('label', { for: 'email' }, 'Your e-mail address'),
    email,
    el('p', { id: 'email-help', class: 'faint' }, 'May be empty. Only whoever runs this square sees it.'),
    send,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send.disabled = true;
    const wanted = { origin: addressFrom(address.value), name: name.value, email: email.value };
    void askWith<Registered>('/api/sites', { ...wanted, includeMatchingWww: www.checked }).then((answer) => {
      send.disabled = false;
      if (answer.value !== undefined) return show(answer.value);
      say(answer.problem);
      (answer.problem.includes('email') ? email : address).focus();
    });
  });
  main.replaceChildren(
    el('p', { class: 'lead' }, 'Everybody who reads your pages stands on it. No accounts, no history.'),
    form,
  );
}

/** People write `moss.example`. */
function addressFrom(text: string): string {
  const trimmed = text.trim();
  return /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
}

function show({ site, adminToken, adminUrl }: Registered): void {
  const { origin } = location;
  const snippet = [
    `<script type="module" src="${origin}/townring.js"></script>`,
    `<town-square href="${origin}" site="${site.siteKey}"></town-square>`,
  ].join('\n');
  const heading = el('h2', { id: 'done', tabindex: '-1' }, `${site.name} has a street.`);
  main.replaceChildren(
    el(
      'section',
      { 'aria-labelledby': 'done' },
      heading,
      el('p', {}, 'This goes into each page that shall show it:'),
      el('pre', { tabindex: '0' }, snippet),
      copier('Copy it', snippet, 'Copied.'),
      el('p', { class: 'faint' }, `It works on pages of ${site.allowedOrigins.join(' and ')}.`),
    ),
    el(
      'section',
      { 'aria-labelledby': 'token-title' },
      el('h2', { id: 'token-title' }, 'Keep this token'),
      el('p', { class: 'warning' }, 'With it you look after your street. It is shown here and now, and never again.'),
      el('pre', { tabindex: '0' }, adminToken),
      copier('Copy the token', adminToken, 'The token is copied.'),
      el('p', {}, el('a', { href: adminUrl }, 'Look after your street')),
    ),
  );
  say('');
  heading.focus();
}

function copier(text: string, what: string, done: string): HTMLButtonElement {
  return button(text, async () => {
    try {
      await navigator.clipboard.writeText(what);
      say(done);
    } catch {
      say('Your browser does not let this page copy: mark it and copy it yourself.');
    }
  });
}

askForSite();
