/** Every site of the square: how it is doing, and what its operator may do about it. */
import { button, counted, el, heading, isAgreed, say, tick, type Child } from '../elements.ts';
import type { Activity, Operator, ServedSite } from './api.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const number = new Intl.NumberFormat('en');
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** What may be switched: its words, whether it is on, and how the square is told. */
const SWITCHES: readonly {
  readonly text: string;
  readonly isOn: (site: ServedSite) => boolean;
  readonly action: string;
  readonly fields: (isOn: boolean) => object;
}[] = [
  { text: 'Open', isOn: (site) => !site.disabled, action: 'setSiteDisabled', fields: (isOn) => ({ disabled: !isOn }) },
  {
    text: 'Visitors may talk',
    isOn: (site) => !site.chatDisabled,
    action: 'setChatDisabled',
    fields: (isOn) => ({ disabled: !isOn }),
  },
  {
    text: 'On the map',
    isOn: (site) => !site.hiddenFromMap,
    action: 'setSiteMapHidden',
    fields: (isOn) => ({ hidden: !isOn }),
  },
  {
    text: 'Supporter',
    isOn: (site) => site.supporter,
    action: 'setSiteSupporter',
    fields: (supporter) => ({ supporter }),
  },
  { text: 'Plus', isOn: (site) => site.plus, action: 'setSitePlus', fields: (plus) => ({ plus }) },
];

/** @param onGone the site was deleted */
export function siteCard(site: ServedSite, operator: Operator, onGone: () => void): HTMLElement {
  const { siteKey, name } = site;
  const below = el('div', {});
  const flip = async (at: (typeof SWITCHES)[number], isOn: boolean): Promise<boolean> => {
    const { problem } = await operator.act(siteKey, at.action, at.fields(isOn));
    say(problem === '' ? `${name}: ${at.text.toLowerCase()}, ${isOn ? 'yes' : 'no'}.` : problem);
    return problem === '';
  };
  const showTraffic = async (): Promise<void> => {
    const { value, problem } = await operator.traffic(siteKey);
    say(problem);
    if (value !== undefined) below.replaceChildren(traffic(name, value.activity));
  };
  const renewToken = async (): Promise<void> => {
    if (!(await isAgreed(`Makes a new token for ${name}. The owner's old one ends at once.`))) return;
    const { value, problem } = await operator.act(siteKey, 'resetAdminToken');
    say(problem);
    if (value?.adminUrl === undefined) return;
    below.replaceChildren(
      el('p', { class: 'warning' }, 'Give this to the owner. It is shown here and now, and never again.'),
      el('pre', { tabindex: '0' }, value.adminUrl),
    );
  };
  const remove = async (): Promise<void> => {
    const sentence = `Deletes ${name} with all that is kept of it, and sends out whoever is there. It cannot be undone.`;
    if (!(await isAgreed(sentence))) return;
    const { problem } = await operator.act(siteKey, 'deleteSite');
    if (problem !== '') return say(problem);
    onGone();
    say(`${name} is deleted.`);
  };
  const named = (text: string): { 'aria-label': string } => ({ 'aria-label': `${text}: ${name}` });
  return el(
    'li',
    {},
    el('h3', {}, name),
    el('p', { class: 'faint' }, el('a', { href: site.origin, rel: 'noreferrer' }, site.origin), ...facts(site)),
    el('p', {}, doing(site)),
    el(
      'fieldset',
      {},
      unseenLegend(name),
      ...SWITCHES.map((at) => tick(at.text, at.isOn(site), (isOn) => flip(at, isOn))),
    ),
    el(
      'div',
      { class: 'deeds' },
      button('When people come', showTraffic, named('When people come')),
      button('New token for its owner', renewToken, named('New token for its owner')),
      button('Delete', remove, named('Delete')),
    ),
    below,
  );
}

function unseenLegend(name: string): HTMLElement {
  return el('legend', { class: 'unseen' }, name);
}

function facts({ siteKey, email, verifiedAt, lastSeenAt }: ServedSite): Child[] {
  const seen = verifiedAt === null ? 'nobody came yet' : `last visitor ${day.format(lastSeenAt ?? verifiedAt)}`;
  return [` · ${siteKey} · ${seen}`, ...(email === null || email === '' ? [] : [` · ${email}`])];
}

function doing({ activeVisitors, visitorStats, messageStats }: ServedSite): string {
  const month = `${counted(visitorStats.monthly, 'visitor')} and ${counted(messageStats.monthly, 'line')} in 30 days`;
  return `${number.format(activeVisitors)} here now, ${number.format(visitorStats.daily)} today; ${month}.`;
}

/** By weekday, in four parts of the day: 24 columns are more than anybody reads. */
function traffic(name: string, { windowDays, weekdays }: Activity): HTMLElement {
  if (weekdays.every(({ hours }) => hours.every((visitors) => visitors === 0))) {
    return el('p', { class: 'faint' }, `Nobody came in the last ${windowDays} days.`);
  }
  const parts = [0, 6, 12, 18].map((from) => [from, from + 6] as const);
  const perDay = ({ hours, sampleDays }: Activity['weekdays'][number], from: number, to: number): string => {
    const sum = hours.slice(from, to).reduce((total, each) => total + each, 0);
    return sampleDays === 0 ? '–' : number.format(Math.round((sum / sampleDays) * 10) / 10);
  };
  return el(
    'div',
    { class: 'wide' },
    el(
      'table',
      {},
      el('caption', {}, `${name}: visitors in an average day of the last ${windowDays}, by hour in UTC`),
      el('thead', {}, el('tr', {}, heading('Day'), ...parts.map(([from, to]) => heading(`${from} to ${to}`)))),
      el(
        'tbody',
        {},
        ...weekdays.map((each) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, DAYS[each.weekday] ?? ''),
            ...parts.map(([from, to]) => el('td', {}, perDay(each, from, to))),
          ),
        ),
      ),
    ),
  );
}
