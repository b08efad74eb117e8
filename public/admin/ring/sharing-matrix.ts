/** What our sites share with whom: a row for each site, a column for all neighbours and one for each. */
import { choice, el, heading, shortKey, tick, type Child } from '../elements.ts';
import type { NeighbourCell, SharedSite, SharingTable, Sharing } from './api.ts';

/** Asks in a sentence, and does it when the operator agrees. */
type Propose = (path: 'site' | 'terms', body: object) => unknown;

const ALL = {
  nothing: 'nothing',
  count: 'how many are there',
  figures: 'grey figures',
  live: 'figures with names and words',
} as const satisfies Record<Sharing, string>;
const SEES = { count: 'they may not look', figures: 'grey figures', live: 'names and words too' } as const;
const GATE = { open: 'open both ways', in: 'their guests only', out: 'my visitors only', shut: 'shut' } as const;

export function sharingMatrix(tables: readonly SharingTable[], propose: Propose): HTMLElement {
  const filled = tables.filter(({ sites }) => sites.length > 0);
  return el(
    'section',
    { 'aria-labelledby': 'sharing' },
    el('h2', { id: 'sharing' }, 'What your sites share'),
    ...(filled.length === 0
      ? [el('p', {}, 'None of your sites stands in a ring.')]
      : [
          el(
            'p',
            {},
            'How many are there, and the grey figures on the ridge, are one signed word for all neighbours: that cannot differ. ' +
              'What one of them sees when it looks over the hill, and whose gate is open, can.',
          ),
          ...filled.map((table) => tableOf(table, filled.length > 1, propose)),
        ]),
  );
}

function tableOf(table: SharingTable, isOneOfMany: boolean, propose: Propose): HTMLElement {
  const { ring, name, neighbours, sites } = table;
  return el(
    'div',
    { class: 'wide' },
    el(
      'table',
      { class: 'matrix', role: 'table' },
      el('caption', isOneOfMany ? {} : { class: 'unseen' }, `In ${name}`),
      el(
        'thead',
        { role: 'rowgroup' },
        el(
          'tr',
          { role: 'row' },
          heading('Site'),
          heading('All neighbours'),
          ...neighbours.map(({ square, names }) =>
            el('th', { scope: 'col' }, names.join(', '), ' ', el('code', {}, shortKey(square))),
          ),
        ),
      ),
      el(
        'tbody',
        { role: 'rowgroup' },
        ...sites.map((site) =>
          el(
            'tr',
            { role: 'row' },
            el('th', { scope: 'row', role: 'rowheader' }, site.name),
            cell('All neighbours', ...withAll(site, propose)),
            ...neighbours.map((neighbour, index) => {
              const own = site.cells[index] ?? null;
              const names = neighbour.names.join(', ');
              if (own === null) return cell(names, el('span', { class: 'faint' }, 'not next door'));
              if (neighbour.isMuted) return cell(names, el('span', { class: 'faint' }, 'muted here'));
              const with_ = { ring, site: site.id, square: neighbour.square };
              return cell(names, ...withOne(site, own, names, (change) => propose('terms', { ...with_, change })));
            }),
          ),
        ),
      ),
    ),
  );
}

/** @param column said before the cell where the table is too narrow for columns */
function cell(column: string, ...children: readonly Child[]): HTMLElement {
  return el('td', { role: 'cell' }, el('span', { class: 'column', 'aria-hidden': 'true' }, column), ...children);
}

function withAll(site: SharedSite, propose: Propose): Child[] {
  const { key, name, sharing, admitsGuests, letsVisitorsOut } = site;
  // The shared scene has no owner: it is set where the square is (RING_SHARING), and its gates are open.
  if (key === null || key === 'default') return [ALL[sharing]];
  return [
    el(
      'label',
      {},
      'Neighbours see ',
      choice(ALL, sharing, (value) => propose('site', { key, sharing: value }), {
        'aria-label': `Neighbours see of ${name}`,
      }),
    ),
    tick('Guests may walk in', admitsGuests, (on) => propose('site', { key, admitsGuests: on })),
    tick('Visitors may walk out', letsVisitorsOut, (on) => propose('site', { key, letsVisitorsOut: on })),
  ];
}

function withOne(
  { name, sharing, admitsGuests, letsVisitorsOut }: SharedSite,
  { sees, gate }: NeighbourCell,
  neighbour: string,
  change: (change: object) => unknown,
): Child[] {
  const asAll = sharing === 'nothing' ? 'nothing' : SEES[sharing];
  const gateOfAll = admitsGuests ? (letsVisitorsOut ? 'open' : 'in') : letsVisitorsOut ? 'out' : 'shut';
  return [
    el(
      'label',
      {},
      'Over the hill ',
      choice(
        { '': `as all: ${asAll}`, ...SEES },
        sees ?? '',
        (value) => change({ sees: value === '' ? null : value }),
        { 'aria-label': `What ${neighbour} sees of ${name} over the hill`, disabled: sharing === 'nothing' },
      ),
    ),
    el(
      'label',
      {},
      'Gate ',
      choice(
        { '': `as all: ${GATE[gateOfAll]}`, ...GATE },
        gate ?? '',
        (value) => change({ gate: value === '' ? null : value }),
        { 'aria-label': `Gate between ${name} and ${neighbour}` },
      ),
    ),
  ];
}
