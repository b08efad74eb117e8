/** Who is at the site now, and what its owner may do about them. */
import { button, el, isAgreed, type Child } from '../elements.ts';
import type { PresentVisitor, SiteState } from './api.ts';

/** Does something to the site and says how it went. @returns the state then, undefined when it was refused */
export type Deed = (action: string, fields: object, done: string) => Promise<SiteState | undefined>;

export function people({ scene, site, owners }: SiteState, deed: Deed): Child[] {
  const { visitors } = scene;
  const many = visitors.length === 1 ? 'One person is here.' : `${visitors.length} people are here.`;
  const blocked = site.blockedCount + site.blockedIpCount;
  return [
    el('p', { class: 'lead' }, visitors.length === 0 ? 'Nobody is here just now.' : many),
    ...(visitors.length === 0 ? [] : [el('ul', { class: 'requests' }, ...visitors.map((each) => entry(each, deed)))]),
    ...(owners.length === 0
      ? [
          el(
            'p',
            { class: 'faint' },
            'Open your site in this browser, then say here which one you are: visitors see the owner’s badge.',
          ),
        ]
      : [
          el(
            'p',
            { class: 'faint' },
            `Owners: ${owners.map(({ displayName, online }) => `${displayName || 'without a name'}${online ? ' (here)' : ''}`).join(', ')}.`,
          ),
        ]),
    ...(blocked === 0
      ? []
      : [el('p', { class: 'faint' }, `Blocked: ${site.blockedCount} browsers and ${site.blockedIpCount} addresses.`)]),
    ...log(site.moderationLog),
  ];
}

function entry(visitor: PresentVisitor, deed: Deed): HTMLElement {
  const { id, displayName, clientCount, isOwner, muted, hidden, messages } = visitor;
  const name = displayName === '' ? `Visitor ${id}` : displayName;
  const states = [
    isOwner ? 'owner' : '',
    muted ? 'muted' : '',
    hidden ? 'hidden from the others' : '',
    clientCount === 0 ? 'just gone' : clientCount > 1 ? `${clientCount} tabs` : '',
  ].filter((state) => state !== '');
  const about = (action: string, done: string, more: object = {}) => deed(action, { visitorId: id, ...more }, done);
  const block = async (): Promise<void> => {
    const sentence = `Blocks ${name}: this browser and its address do not come in again, and there is no way back from this page.`;
    if (await isAgreed(sentence)) await about('blockVisitor', `${name} is blocked.`);
  };
  const deeds: readonly (readonly [text: string, run: () => unknown])[] = [
    muted
      ? ['Unmute', () => about('unmuteVisitor', `${name} is heard again.`)]
      : ['Mute', () => about('muteVisitor', `Nobody hears ${name} any more.`)],
    hidden
      ? ['Show', () => about('unhideVisitor', `${name} is seen again.`)]
      : ['Hide', () => about('hideVisitor', `The others do not see ${name} any more.`)],
    ['Send out', () => about('kickVisitor', `${name} was sent out, and may come back.`)],
    ['Block', block],
    isOwner
      ? ['Not an owner', () => about('setOwnerVisitor', `${name} is no owner any more.`, { owner: false })]
      : ['This is me', () => about('setOwnerVisitor', `${name} wears the owner’s badge.`, { owner: true })],
  ];
  return el(
    'li',
    {},
    el('div', {}, el('strong', {}, name), states.length === 0 ? '' : ` (${states.join(', ')})`),
    ...(messages.length === 0
      ? []
      : [el('ul', { class: 'said' }, ...messages.map(({ text, at }) => el('li', {}, `${timeOf(at)} “${text}”`)))]),
    el(
      'div',
      { class: 'deeds' },
      ...deeds.map(([text, run]) => button(text, run, { 'aria-label': `${text}: ${name}` })),
    ),
  );
}

function log(entries: SiteState['site']['moderationLog']): HTMLElement[] {
  if (entries.length === 0) return [];
  return [
    el(
      'details',
      {},
      el('summary', {}, 'What was done here'),
      el(
        'ul',
        { class: 'said' },
        ...entries.map(({ at, action, detail }) => el('li', {}, `${timeOf(at, 'short')} ${action} ${detail}`)),
      ),
    ),
  ];
}

function timeOf(ms: number, dateStyle?: 'short'): string {
  return new Date(ms).toLocaleString(undefined, { timeStyle: 'short', ...(dateStyle !== undefined && { dateStyle }) });
}
