/** What stands on other pages than the demo's: hard hosts, the classic protocol, an outage, and the square's own pages. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnSite } from './own-site.ts';
import { Street } from './street.ts';
import { focused, inkOf, isFurnished, isLive, openStrip, outOfView, PART, part, press, saying } from './strip.ts';
import type { Step } from './visit.ts';
import { KEY, until, type Tab } from './webdriver.ts';

export interface PageVisit {
  readonly tab: Tab;
  readonly site: OwnSite;
  readonly picture: (name: string) => Promise<void>;
}

/** An expression for the first part of a page that says so much. */
const onPage = (selector: string, words: string): string =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].find((node) => node.textContent.includes(${JSON.stringify(words)}))`;

/** Turns to the only frame of a page; the page is `null`. */
const frame = (tab: Tab, id: 0 | null): Promise<unknown> => tab.ask('SwitchToFrame', { id });

/** The menu in view, its words readable, and closed again. */
async function menuStands(tab: Tab, picture: () => Promise<void>): Promise<void> {
  await press(tab, part('.bar button[aria-haspopup]:last-of-type'));
  await tab.until('the menu is open', part(PART.panel));
  await picture();
  assert.equal(await outOfView(tab, part(PART.panel)), '', 'the menu stands in view');
  assert.deepEqual(await faintIn(tab), [], 'what the menu says can be read');
  await tab.press(KEY.escape);
  await tab.until('the menu is closed', `${part(PART.panel)} === null`);
}

/** Words of the open panel with too little contrast to their own ground or the nearest that has a colour. */
async function faintIn(tab: Tab): Promise<unknown> {
  return JSON.parse(
    await tab.text(`(() => {
    const parts = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
    const light = (color) => {
      const [red = 0, green = 0, blue = 0] = parts(color).map((value) => value / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = (node) => {
      const color = getComputedStyle(node).backgroundColor;
      return parts(color)[3] === 0 && node.parentElement !== null ? ground(node.parentElement) : color;
    };
    const faint = [];
    for (const node of ${part(PART.panel)}.querySelectorAll('button,select,input[type=text],p,dt,dd,h2,label span')) {
      if (node.getClientRects().length === 0) continue;
      const [ink, paper] = [getComputedStyle(node).color, ground(node)].map(light);
      const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      if (contrast < 4.5) faint.push(node.tagName + ' ' + contrast.toFixed(1) + ' ' + node.textContent.slice(0, 20));
    }
    return JSON.stringify(faint);
  })()`),
  );
}

export const PAGES: readonly Step<PageVisit>[] = [
  {
    promise: 'under the strictest content security policy it is drawn and speaks',
    async run({ tab, site, picture }) {
      const street = await Street.watch(site.square.socket, site.origin);
      try {
        await openStrip(tab, `${site.origin}/strict`);
        await until('figures are drawn', async () => (await inkOf(tab)) > 300);
        await press(tab, part(PART.composer));
        await tab.type('hello');
        await tab.press(KEY.enter);
        await street.saw('it is heard', 'say', ({ text }) => text === 'hello');
        await menuStands(tab, () => picture('strict'));
      } finally {
        await street.close();
      }
    },
  },
  {
    promise: 'in Arabic it speaks Arabic, from right to left, and its panels stand in view',
    async run({ tab, site, picture }) {
      await openStrip(tab, `${site.origin}/ar`);
      await tab.until('its words are Arabic', `/[\\u0600-\\u06ff]/.test(${part(PART.composer)}.placeholder)`);
      await menuStands(tab, () => picture('arabic'));
    },
  },
  {
    promise: 'on 320 px the camera follows, chips count, and its panels stand in view',
    async run({ tab, site, picture }) {
      for (const path of ['/narrow', '/narrow-ar']) {
        await tab.open(`${site.origin}${path}`);
        await frame(tab, 0);
        await tab.until('the strip is live', `${isLive} && ${isFurnished}`);
        assert.equal(await tab.number('document.documentElement.scrollWidth'), 320, 'nothing hangs over');
        await menuStands(tab, () => picture(path.slice(1)));
        await frame(tab, null);
      }
    },
  },
  {
    promise: 'the counter counts, and the strip that only watches shows names',
    async run({ tab, site, picture }) {
      const street = await Street.watch(site.square.socket, site.origin);
      try {
        await tab.open(`${site.origin}/count`);
        const words = "document.querySelector('town-square-count').shadowRoot?.textContent";
        await tab.until('the number is there', `/1 person|\\d people/.test(${words})`);
        await picture('count');
        await tab.open(`${site.origin}/watch`);
        await tab.until('names are there', saying('.plate', 'Witness'));
        assert.equal(await tab.value(`${part('.bar')}.checkVisibility()`), false);
        await picture('watch');
      } finally {
        await street.close();
      }
    },
  },
  {
    promise: 'on a server of the classic protocol it walks, talks and waves, and no hill is one',
    async run({ tab, site, picture }) {
      const street = await Street.watchClassic(site.classic);
      try {
        await tab.open(site.classic);
        await tab.until('the strip is live', `${isLive} && ${isFurnished}`);
        assert.equal(await tab.number(`${part('.town')}.querySelectorAll('.gate:not([hidden])').length`), 0);
        await press(tab, part(PART.composer));
        await tab.type('hello');
        await tab.press(KEY.enter);
        await street.saw('it is heard', 'say', ({ text }) => text === 'hello');
        await tab.value(`${part(PART.stage)}.focus()`);
        street.lookAnew();
        // At an end of the street one of them leads nowhere.
        for (const key of [KEY.left, KEY.right]) {
          await tab.hold(key);
          await sleep(400);
          await tab.letGo(key);
        }
        await street.saw('somebody walks', 'move');
        await tab.press(KEY.space);
        await street.saw('a hand is raised', 'action');
        await picture('classic');
      } finally {
        await street.close();
      }
    },
  },
  {
    promise: 'through an outage words are kept, and one is back as who one was',
    async run({ tab, site, picture }) {
      await openStrip(tab, `${site.origin}/`);
      await site.kill();
      await tab.until('it says so', saying('.notice', 'Lost the path'));
      await press(tab, part(PART.composer));
      await tab.type('still here');
      await tab.press(KEY.enter);
      await tab.until('the line waits', saying('.notice', 'Will send when back'));
      await picture('lost');
      await site.restart();
      await tab.until('the strip is live', isLive);
      await tab.until('the line went out', saying('.bubble.mine', 'still here'));
    },
  },
  {
    promise: 'the square’s own page and the ring’s stand as they should',
    async run({ tab, site, picture }) {
      await openStrip(tab, `${site.square.url}/`);
      await picture('home');
      await tab.open(`${site.square.url}/ring`);
      await tab.until('the ring is named', onPage('h1', 'Hedgerow'));
      await tab.until('the map is drawn', "document.querySelector('svg .place')");
      await picture('ring');
    },
  },
  {
    promise: 'the operator signs in by a link and is asked before anything changes',
    async run({ tab, site, picture }) {
      await tab.open(await site.operatorLink());
      await tab.until('the ring is listed', onPage('tbody th', 'Moss'));
      assert.equal(await tab.text('location.hash'), '');
      await tab.value("document.querySelector('select').scrollIntoView({ block: 'center' })");
      await picture('ring-admin');
      await press(tab, "document.querySelector('input[type=checkbox]')");
      await tab.until('a dialog asks', "document.querySelector('dialog[open]')");
      await picture('ring-admin-dialog');
      await press(tab, onPage('dialog button', 'Leave it'));
      await tab.until('the dialog is closed', "!document.querySelector('dialog[open]')");
    },
  },
  {
    promise: 'the owner of a site signs in by a link and sets how the strip is',
    async run({ tab, site, picture }) {
      await tab.open(await site.ownerLink());
      await tab.until('the site is named', onPage('h1', 'Moss'));
      assert.equal(await tab.text('location.hash'), '');
      await press(tab, `${onPage('label', 'Visitors may talk')}.querySelector('input')`);
      await tab.until('it is done', onPage('[role=status]', 'Nobody talks here now'));
      await picture('site-admin');
    },
  },
];

export const DARK: readonly Step<PageVisit>[] = [
  {
    promise: 'in the dark, on a fine screen: night colours, sharp figures, and menu and pages can be read',
    async run({ tab, site, picture }) {
      await openStrip(tab, `${site.square.url}/`);
      assert.equal(await tab.number('devicePixelRatio'), 2);
      await tab.until(
        'each pixel is drawn',
        `${part('.stage canvas')}.width === ${part('.stage canvas')}.clientWidth * 2`,
      );
      assert.equal(await tab.text(`${part('.town')}.dataset.theme`), 'dark');
      await menuStands(tab, () => picture('dark-menu'));
      await tab.open(await site.operatorLink());
      await tab.until('the ring is listed', onPage('tbody th', 'Moss'));
      await tab.value("document.querySelector('select').scrollIntoView({ block: 'center' })");
      await picture('dark-ring-admin');
      await tab.open(`${site.square.url}/ring`);
      await tab.until('the map is drawn', "document.querySelector('svg .place')");
      await picture('dark-ring');
    },
  },
];

/** What Tab leads to, by name or class; the rest of the page is "". */
const STOPS = [/^Path\./, /^gate left/, /^gate right/, /^Say something/, /^Wave/, /^People/, /^Calm/, /^Menu/, /^$/];

export const CALM: readonly Step<PageVisit>[] = [
  {
    promise: 'with less motion it starts in calm: a key is one step, nothing is animated; Tab leads through and out',
    async run({ tab, site }) {
      const street = await Street.watch(site.square.socket, site.origin);
      try {
        await openStrip(tab, `${site.origin}/`);
        assert.equal(await tab.text(`${part(PART.calm)}.ariaPressed`), 'true');
        await tab.value(`${part(PART.stage)}.focus()`);
        await tab.press(KEY.left);
        await street.saw('a step is made', 'move');
        assert.equal(await tab.number('document.getAnimations().length'), 0);
        for (const stop of STOPS) {
          assert.match(await tab.text(focused), stop);
          await tab.press(KEY.tab);
        }
      } finally {
        await street.close();
      }
    },
  },
];

export const FORCED: readonly Step<PageVisit>[] = [
  {
    promise: 'where the system has all colours chosen, figures are drawn in them',
    async run({ tab, site, picture }) {
      await openStrip(tab, `${site.origin}/`);
      if ((await tab.value("matchMedia('(forced-colors: active)').matches")) !== true)
        return 'nothing tells it so here';
      await until('figures are drawn', async () => (await inkOf(tab)) > 300);
      await picture('forced');
      // Faces and coats are paper: were one of the names not understood, all would be ink.
      await until('ink and paper', async () => (await inkOf(tab, 'data[at - 1] > 200')) > 100);
      return undefined;
    },
  },
];

export const TOUCH: readonly Step<PageVisit>[] = [
  {
    promise: 'by touch on 320 px: a tap walks, targets are large enough, and the menu opens',
    async run({ tab, site, picture }) {
      const street = await Street.watch(site.square.socket, site.origin);
      try {
        await tab.open(`${site.origin}/narrow`);
        await frame(tab, 0);
        await tab.until('the strip is live', `${isLive} && ${isFurnished}`);
        const { peer } = await street.saw('the visitor comes', 'join');
        await street.stands(peer.id);
        street.lookAnew();
        const { x, y, width, height } = JSON.parse(
          await tab.text(`JSON.stringify(${part(PART.stage)}.getBoundingClientRect())`),
        );
        await tab.tap({ x: x + width / 2 + (street.placeOf(peer.id) < 0.5 ? 90 : -90), y: y + height - 12 });
        await street.saw('a tap walks', 'move', ({ id }) => id === peer.id);
        const small = await tab.text(
          `[...${part('.bar')}.querySelectorAll('button:not([hidden]),input')].map((node) => node.getBoundingClientRect()).filter((box) => box.width < 44 || box.height < 44).length`,
        );
        assert.equal(small, '0', 'targets of 44 px');
        await press(tab, part('.bar button[aria-haspopup]:last-of-type'), true);
        await tab.until('the menu is open', part(PART.panel));
        await picture('touch');
      } finally {
        await street.close();
      }
    },
  },
];
