/**
 * The ring as a page that works without script: the ordered list of sites, and a drawing of the same as decoration. What a
 * later look may change carries `data-live`, so that `public/map/map.ts` can exchange just that.
 */
import { html } from 'hono/html';
import type { RingListing, RingListingSite } from '../ring/ring-port.ts';

type Html = ReturnType<typeof html>;

/** The drawing's own units. */
const WIDTH = 760;
const HEIGHT = 590;
const CENTRE = { x: WIDTH / 2, y: HEIGHT / 2 };
const ROAD_RADIUS = 208;

/** With more sites than this, names stand in the list alone. */
const NAMED_SITES_MAX = 20;
const FIGURES_MAX = 8;
/** Head and coat, about the origin, 15 units tall. */
const PERSON = 'M0-8.5a3 3 0 1 0 .01 0zM-1.8-1.6h3.6L4 7h-8z';
/** Names in the drawing are cut here, in characters; the list has them whole. */
const NAME_MAX = 22;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='5' fill='none' stroke='%237d8471'/%3E%3Ccircle cx='8' cy='3' r='2' fill='%23d9902b'/%3E%3C/svg%3E";

const STATE_WORDS = {
  live: 'awake',
  dim: 'fading',
  dark: 'out of sight',
  unknown: 'too far to see from here',
} as const;

/** @param origin public origin of this square, for the strip at the page's foot */
export function ringMapPage(rings: readonly RingListing[], origin: string): Html {
  const title = rings[0]?.name ?? 'No ring yet';
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – the ring</title>
        <link rel="alternate" type="application/json" href="/ring/list.json" />
        <link rel="alternate" type="text/x-opml" href="/ring/list.opml" />
        <link rel="icon" href="${ICON}" />
        <link rel="stylesheet" href="/ring/street.css" />
        <link rel="stylesheet" href="/ring/page.css" />
        <link rel="stylesheet" href="/ring/map.css" />
        <script type="module" src="/ring/map.js"></script>
        <script type="module" src="/townring.js"></script>
      </head>
      <body>
        <main>${rings.length === 0 ? firstLamp() : rings.map(ringSection)}</main>
        <footer class="street">
          <town-square href="${origin}" label="This square">
            ${rings.length === 0 ? '' : html`<a href="/ring/prev">← previous site</a> <a href="/ring/next">next site →</a>`}
          </town-square>
        </footer>
      </body>
    </html>`;
}

function firstLamp(): Html {
  return html`<section class="empty">
    <h1>Yours is the first lamp</h1>
    <p>This square is in no ring yet. Start one with a friend, or ask a ring’s keeper for an invitation.</p>
    <pre><code>npm run townring -- ring create --help
npm run townring -- join --help</code></pre>
  </section>`;
}

function ringSection(ring: RingListing): Html {
  const { id, name, version, sites, shownOut } = ring;
  const people = sites.reduce((sum, { count }) => sum + (count ?? 0), 0);
  const lit = sites.filter(({ state }) => state === 'live').length;
  const unseen = sites.filter(({ state }) => state === 'unknown').length;
  const query = `?ring=${encodeURIComponent(id)}`;
  return html`<section aria-labelledby="ring-${id}" data-ring="${id}" data-version="${version}">
    <header>
      <h1 id="ring-${id}">${name}</h1>
      ${shownOut === undefined ? '' : html`<p role="note">This square is in the ring no more: ${shownOut}</p>`}
      <p data-live="${id}/sum">
        ${counted(lit, 'lamp is', 'lamps are')} lit of ${sites.length}, and
        ${counted(people, 'person is', 'people are')} about.
        ${unseen > 0 ? html`${counted(unseen, 'site is', 'sites are')} too far to see from this square.` : ''}
      </p>
      <nav aria-label="Ways into ${name}">
        <a href="/ring/random${query}">Somewhere random</a> <a href="/ring/list.json">The list as JSON</a>
        <a href="/ring/list.opml">as OPML</a>
      </nav>
    </header>
    <div class="map">
      ${drawing(ring)}
      <ol>
        ${sites.map((site) => listEntry(id, site))}
      </ol>
    </div>
    <p class="small">
      List version ${version}, signed by the ring’s admins. Lamps and people as seen from this square.
    </p>
  </section>`;
}

function listEntry(ringId: string, site: RingListingSite): Html {
  return html`<li>
    <a href="${site.entry}">${site.name}</a>${site.isOurs ? html` <span class="ours">here</span>` : ''}
    <span class="state ${site.state}" data-live="${ringId}/${site.id}">${stateWords(site)}</span>
  </li>`;
}

function stateWords({ state, count, isAsleep }: RingListingSite): string {
  if (isAsleep === true && state !== 'live' && state !== 'dim') return 'asleep';
  if (state !== 'live' && state !== 'dim') return STATE_WORDS[state];
  if (count === undefined) return STATE_WORDS[state];
  const people = count === 0 ? 'nobody about' : counted(count, 'person', 'people');
  return state === 'dim' ? `${people} a moment ago` : people;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A decoration over the list: hidden from readers, and no place to tab to. */
function drawing({ id, name, sites }: RingListing): Html {
  const step = (2 * Math.PI) / sites.length;
  const angleOf = (index: number): number => index * step - Math.PI / 2;
  const isNamed = sites.length <= NAMED_SITES_MAX;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" class="${isNamed ? 'named' : ''}">
    <text class="centre" x="${CENTRE.x}" y="${CENTRE.y}">${cut(name)}</text>
    ${sites.map((site, index) => road(id, site, sites[(index + 1) % sites.length] ?? site, angleOf(index), step))}
    ${sites.map((site, index) => place(id, site, angleOf(index), step, isNamed))}
  </svg>`;
}

/** The way to the next site. It is broken where one of the two is out of sight. */
function road(ringId: string, from: RingListingSite, to: RingListingSite, angle: number, step: number): Html {
  const isBroken = from.state === 'dark' || to.state === 'dark';
  const isFar = from.state === 'unknown' || to.state === 'unknown';
  const start = at(angle, ROAD_RADIUS);
  // An arc cannot end where it began: a ring of one is drawn in two halves.
  const half = at(angle + step / 2, ROAD_RADIUS);
  const end = at(angle + step, ROAD_RADIUS);
  const arc = `${ROAD_RADIUS} ${ROAD_RADIUS} 0 0 1`;
  return html`<path
    class="road${isBroken ? ' broken' : isFar ? ' far' : ''}"
    data-live="${ringId}/${from.id}/road"
    d="M${start.x} ${start.y}A${arc} ${half.x} ${half.y}A${arc} ${end.x} ${end.y}"
  />`;
}

function place(ringId: string, site: RingListingSite, angle: number, step: number, isNamed: boolean): Html {
  const foot = at(angle, ROAD_RADIUS);
  const lamp = at(angle, ROAD_RADIUS + 26);
  const label = at(angle, ROAD_RADIUS + 48);
  const lean = Math.cos(angle);
  const anchor = lean > 0.2 ? 'start' : lean < -0.2 ? 'end' : 'middle';
  const people = Math.min(site.count ?? 0, FIGURES_MAX);
  const spread = Math.min(0.085, (step * 0.8) / FIGURES_MAX);
  const figures = Array.from({ length: people }, (_, index) =>
    at(angle + (index - (people - 1) / 2) * spread, ROAD_RADIUS - 24),
  );
  return html`<a
    href="${site.entry}"
    tabindex="-1"
    class="place ${site.state}${site.isOurs ? ' ours' : ''}"
    data-live="${ringId}/${site.id}/place"
  >
    <circle class="halo" cx="${lamp.x}" cy="${lamp.y}" r="15" />
    <path class="post" d="M${foot.x} ${foot.y}L${lamp.x} ${lamp.y}" />
    <circle class="lamp" cx="${lamp.x}" cy="${lamp.y}" r="6" />
    ${figures.map(({ x, y }) => html`<path class="person" transform="translate(${x} ${y})" d="${PERSON}" />`)}
    ${isNamed ? html`<text x="${label.x}" y="${label.y}" text-anchor="${anchor}">${cut(site.name)}</text>` : html`<title>${site.name}</title>`}
  </a>`;
}

function at(angle: number, radius: number): { x: string; y: string } {
  return {
    x: (CENTRE.x + radius * Math.cos(angle)).toFixed(1),
    y: (CENTRE.y + radius * Math.sin(angle)).toFixed(1),
  };
}

function cut(name: string): string {
  const characters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  return characters.length > NAME_MAX ? `${characters.slice(0, NAME_MAX - 1).join('')}…` : name;
}

/** The ring for feed readers and outliners. @see https://opml.org/spec2.opml, "link" outlines */
export function ringOpml(rings: readonly RingListing[]): Html {
  return html`<?xml version="1.0" encoding="utf-8"?>
    <opml version="2.0"
      ><head>
        <title>${rings.map(({ name }) => name).join(', ')}</title>
      </head>
      <body>
        ${rings.map(
          ({ name, sites }) =>
            html`<outline text="${name}">
              ${sites.map((site) => html`<outline type="link" text="${site.name}" url="${site.entry}" />`)}
            </outline>`,
        )}
      </body></opml
    > `;
}
