/** The operator's page: sign-in by the link's fragment, then rosters and sharing, each change previewed in a sentence. */
import { button, byId, el, heading, isAgreed, say, shortKey, type Child } from '../elements.ts';
import { post, readState, type JoinRequest, type Roster, type RosterMember, type SquareState } from './api.ts';
import { sharingMatrix } from './sharing-matrix.ts';

/** The roster is looked at again so often while the page is in view. */
const LOOK_MS = 5_000;

const STATES = { live: 'awake', dim: 'fading', dark: 'out of sight', unknown: 'too far to see' } as const;

const main = byId('main', HTMLElement);
const dialog = byId('confirm', HTMLDialogElement);
const signOut = byId('sign-out', HTMLButtonElement);

// ── doing things ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Asks in a sentence, and does it when the operator agrees. */
async function propose(path: 'change' | 'site' | 'request' | 'mute' | 'terms', body: object): Promise<void> {
  const preview = await post<{ sentence: string; base?: string }>(path, { ...body, isPreview: true });
  if (preview.value === undefined) return say(preview.problem);
  if (!(await isAgreed(preview.value.sentence))) return render();
  const done = await post<{ sentence: string }>(path, { ...body, base: preview.value.base });
  say(done.value?.sentence ?? done.problem);
  await look();
}

async function undo(ring: Roster): Promise<void> {
  if (!(await isAgreed(ring.undo ?? ''))) return;
  const done = await post<{ sentence: string }>('undo', { ring: ring.id });
  say(done.value?.sentence ?? done.problem);
  await look();
}

// ── showing things ─────────────────────────────────────────────────────────────────────────────────────────────────

let state: SquareState | undefined;
let shown = '';

function render(): void {
  if (state === undefined) return;
  const { square, rings, sharing, origin } = state;
  signOut.hidden = false;
  main.replaceChildren(
    el('p', { class: 'lead' }, `This is ${origin}. Its key ends in `, el('code', {}, shortKey(square)), '.'),
    ...(rings.length === 0 ? [noRing()] : rings.map(ringSection)),
    sharingMatrix(sharing, propose),
  );
}

function noRing(): HTMLElement {
  return el(
    'section',
    {},
    el('h2', {}, 'No ring yet'),
    el('p', {}, 'Start one with a friend, or ask the keeper of a ring for an invitation.'),
    el('pre', {}, 'npm run townring -- ring create --help\nnpm run townring -- join --help'),
  );
}

function ringSection(ring: Roster): HTMLElement {
  const squares = ring.members.length === 1 ? 'one square' : `${ring.members.length} squares`;
  return el(
    'section',
    { 'aria-labelledby': `ring-${ring.id}` },
    el('h2', { id: `ring-${ring.id}` }, ring.name),
    ...(ring.shownOut === null
      ? []
      : [
          el(
            'p',
            {},
            el('strong', {}, `Your square is in this ring no more: ${ring.shownOut}`),
            ' Its admins can take it in again.',
          ),
        ]),
    ...(ring.keyWarning === null
      ? []
      : [
          el(
            'p',
            { class: 'warning' },
            el('strong', {}, 'Take care: '),
            `${ring.keyWarning}. Share the keys: `,
            el('code', {}, 'townring ring add-admin'),
          ),
        ]),
    el(
      'p',
      {},
      `${squares}; list version ${ring.version}, good until ${day(ring.listUntil)}. `,
      ring.canPublish ? 'You keep this list.' : 'Its admins keep this list; you see it.',
      ' ',
      el('a', { href: `/ring#ring-${ring.id}` }, 'The ring as visitors see it'),
    ),
    el(
      'div',
      { class: 'wide' },
      el(
        'table',
        {},
        el('thead', {}, el('tr', {}, ...['Site', 'Now', 'Square', 'Since', 'Change'].map(heading))),
        el('tbody', {}, ...ring.members.flatMap((member, index) => rows(ring, member, index))),
      ),
    ),
    ...(ring.canPublish ? doorOf(ring) : []),
    ...(ring.canPublish && ring.undo !== null
      ? [
          el(
            'p',
            {},
            button('Take the last change back', () => undo(ring)),
          ),
        ]
      : []),
    ...(ring.revoked.length === 0 ? [] : [shownOut(ring)]),
  );
}

function rows(ring: Roster, member: RosterMember, index: number): HTMLElement[] {
  return member.sites.map((site, place) => {
    const many = site.count === null ? '' : `, ${site.count} there`;
    const isFirst = place === 0;
    return el(
      'tr',
      {},
      el('th', { scope: 'row' }, el('a', { href: site.entry }, site.name), member.isOurs ? ' (yours)' : ''),
      el('td', { class: site.state }, member.isMuted ? 'muted here' : STATES[site.state] + many),
      el('td', {}, ...(isFirst ? [host(member.origin), ' ', el('code', {}, shortKey(member.square))] : [])),
      el('td', {}, isFirst ? day(member.since) : ''),
      el('td', {}, ...changes(ring, member, site.id, isFirst, index)),
    );
  });
}

function changes(ring: Roster, member: RosterMember, site: string, isFirst: boolean, index: number): Child[] {
  const { square, isMuted } = member;
  const name = member.sites.find(({ id }) => id === site)?.name ?? site;
  const propose1 = (change: object) => propose('change', { ring: ring.id, change });
  const rename = (): void => {
    const next = window.prompt(`A new name for ${name}`, name);
    if (next !== null && next.trim() !== name) void propose1({ kind: 'rename', site, name: next.trim() });
  };
  const revoke = (): void => {
    const reason = window.prompt(`Why is ${host(member.origin)} shown out? Its operator reads this.`, '');
    if (reason !== null) void propose1({ kind: 'revoke', square, ...(reason.trim() !== '' && { reason }) });
  };
  const parts: Child[] = ring.canPublish ? [button('Rename', rename, { 'aria-label': `Rename ${name}` })] : [];
  if (!isFirst) return parts;
  if (!member.isOurs) {
    const mute = () => propose('mute', { ring: ring.id, square, isMuted: !isMuted });
    const text = isMuted ? 'Unmute' : 'Mute';
    parts.push(button(text, mute, { 'aria-label': `${text} ${name}` }));
  }
  if (!ring.canPublish) return parts;
  if (index > 0) {
    const up = () => propose1({ kind: 'reorder', square, place: index });
    parts.push(button('↑', up, { 'aria-label': `Move ${name} towards the beginning` }));
  }
  if (index < ring.members.length - 1) {
    const down = () => propose1({ kind: 'reorder', square, place: index + 2 });
    parts.push(button('↓', down, { 'aria-label': `Move ${name} towards the end` }));
  }
  if (!member.isOurs) parts.push(button('Show out', revoke, { 'aria-label': `Show out: ${name}` }));
  return parts;
}

/** Who asks to come in, and a way to ask somebody in. */
function doorOf(ring: Roster): HTMLElement[] {
  const invite = async (): Promise<void> => {
    const note = window.prompt('Whom is this invitation for? You will see it beside the request.', '');
    if (note === null) return;
    const answer = await post<{ text: string; expires: string }>('invite', { ring: ring.id, note });
    if (answer.value === undefined) return say(answer.problem);
    invitations.set(ring.id, answer.value);
    render();
  };
  return [
    ...(ring.requests.length === 0 ? [] : [el('h3', {}, 'Who asks to come in'), requestList(ring)]),
    el('p', {}, button('Invite a square', invite)),
    ...made(ring),
  ];
}

/** What this page made last, for as long as it is open: it is shown only here. */
const invitations = new Map<string, { readonly text: string; readonly expires: string }>();

function made(ring: Roster): HTMLElement[] {
  const invitation = invitations.get(ring.id);
  if (invitation === undefined) return [];
  return [
    el('p', {}, `For one square, until ${day(invitation.expires)}. Send them this command:`),
    el('pre', {}, `npm run townring -- join ${invitation.text}`),
  ];
}

function requestList(ring: Roster): HTMLElement {
  return el(
    'ul',
    { class: 'requests' },
    ...ring.requests.map((request) => el('li', {}, ...requestEntry(ring, request))),
  );
}

function requestEntry(ring: Roster, request: JoinRequest): Child[] {
  const { square, origin, sites, note, kind, declined, invitation, isOverdue } = request;
  const names = sites.map(({ name }) => name).join(', ') || host(origin) || shortKey(square);
  const asks = kind === 'leave' ? `${names} wants to leave.` : `${names} asks to come in.`;
  const facts = [
    note === '' ? '' : `“${note}”`,
    invitation === 'none'
      ? 'Nobody invited it.'
      : invitation === 'good'
        ? 'It brings your invitation.'
        : `Its invitation is ${invitation}.`,
    ...sites.map(({ name, finding }) => `${name}: ${finding}.`),
    isOverdue ? 'It has waited for two weeks.' : '',
  ].filter((fact) => fact !== '');
  const about = el('div', {}, el('strong', {}, asks), ' ', host(origin), ' ', el('code', {}, shortKey(square)));
  const text = el('p', {}, declined === null ? facts.join(' ') : `Declined: ${declined}`);
  if (declined !== null) return [about, text];
  const answer = { ring: ring.id, square };
  const decline = (): void => {
    const reason = window.prompt(`Why not? ${names} reads this.`, '');
    if (reason === null) return;
    void post<{ sentence: string }>('request', { ...answer, answer: 'decline', reason }).then((done) => {
      say(done.value?.sentence ?? done.problem);
      return look();
    });
  };
  return [
    about,
    text,
    button(kind === 'leave' ? 'Let go' : 'Let in', () => propose('request', { ...answer, answer: 'approve' }), {
      'aria-label': kind === 'leave' ? `Let go: ${names}` : `Let in: ${names}`,
    }),
    ' ',
    button('Decline', decline, { 'aria-label': `Decline ${names}` }),
  ];
}

function shownOut(ring: Roster): HTMLElement {
  return el(
    'details',
    {},
    el('summary', {}, `Shown out: ${ring.revoked.length}`),
    el(
      'ul',
      {},
      ...ring.revoked.map(({ square, reason }) => el('li', {}, el('code', {}, shortKey(square)), ` ${reason}`)),
    ),
  );
}

function host(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function day(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : date.toLocaleDateString(undefined, { dateStyle: 'medium' });
}

// ── life ───────────────────────────────────────────────────────────────────────────────────────────────────────────

async function look(): Promise<void> {
  const answer = await readState();
  if (answer.status === 401) return askToSignIn(answer.problem);
  if (answer.value === undefined) return say(answer.problem);
  state = answer.value;
  const now = JSON.stringify(state);
  // Whoever is choosing something keeps what they are choosing from.
  if (now === shown || dialog.open || main.contains(document.activeElement?.closest('select') ?? null)) return;
  shown = now;
  render();
}

function askToSignIn(problem: string): void {
  state = undefined;
  shown = '';
  signOut.hidden = true;
  main.replaceChildren(
    el('p', { class: 'lead' }, problem),
    el('pre', {}, 'npm run townring -- admin'),
    el('p', {}, 'Open the link it prints in this browser. It is good once, for 15 minutes.'),
  );
}

signOut.addEventListener('click', () => {
  void post('sign-out', {}).then(() => askToSignIn('You are signed out.'));
});

/** Signs in with the link's fragment, if there is one. */
async function enter(): Promise<void> {
  const token = location.hash.slice(1);
  if (token !== '') {
    // Out of the address bar, and out of the history, before anything else.
    history.replaceState(null, '', location.pathname);
    const entered = await post('sign-in', { token });
    say(entered.status === 200 ? '' : entered.problem);
  }
  await look();
}

window.addEventListener('hashchange', () => void enter());
await enter();
setInterval(() => {
  if (document.visibilityState === 'visible' && state !== undefined) void look();
}, LOOK_MS);
