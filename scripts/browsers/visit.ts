/** A visit to the demo ring, a promise after the other, as somebody with a keyboard and a mouse would try them. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Street } from './street.ts';
import {
  boxOf,
  buttonsSaying,
  focused,
  inkOf,
  isFurnished,
  isLive,
  nameOneself,
  openStrip,
  outOfView,
  PART,
  part,
  press,
  saying,
} from './strip.ts';
import { KEY, until, type Tab } from './webdriver.ts';

/** A square of the demo, as `npm run demo -- --json` tells of it. */
export interface DemoSquare {
  readonly name: string;
  readonly url: string;
  readonly socket: string;
}

export interface Visit {
  readonly tab: Tab;
  readonly home: DemoSquare;
  readonly next: DemoSquare;
  /** Those who watch: the street at home, and the next one to the right. */
  readonly here: Street;
  readonly there: Street;
  /** Keeps a picture of what is in view. */
  readonly picture: (name: string) => Promise<void>;
  /** The visitor's number at home; from the first step on. */
  id: number;
}

/** One row of the table: what a visitor is promised. @throws when it is not so @returns something to note beside it */
export interface Step<Of> {
  readonly promise: string;
  readonly run: (visit: Of) => Promise<string | undefined | void>;
}

const NAME = 'Ada';
/** Where one sits or leans, as the people panel lists them. */
const placesOf = buttonsSaying('Sit on', 'Lean on');
/** Far enough to be no accident, as a part of the street. */
const STEP = 0.02;

export const VISIT: readonly Step<Visit>[] = [
  {
    promise: 'the strip comes up, with figures and names',
    async run(visit) {
      const { tab, home, here } = visit;
      here.lookAnew();
      await openStrip(tab, home.url);
      const { peer } = await here.saw('the visitor comes', 'join', (frame) => frame.peer.displayName === '');
      visit.id = peer.id;
      await until('figures are drawn', async () => (await inkOf(tab)) > 300);
      await tab.until('residents carry their names', saying('.plate', ', resident').replace(', resident', ''));
      const rate = await tab.number(`${part('.stage canvas')}.width / ${part('.stage canvas')}.clientWidth`);
      assert.equal(rate, await tab.number('devicePixelRatio'), 'a pixel of the canvas is one of the screen');
    },
  },
  {
    promise: 'arrow keys walk, both ways, and Shift runs',
    async run({ tab, here, id }) {
      await here.stands(id);
      await tab.value(`${part(PART.stage)}.focus()`);
      for (const [key, heading] of [
        [KEY.left, -1],
        [KEY.right, 1],
      ] as const) {
        const from = here.placeOf(id);
        // Who stands at an end of the street has nowhere to go.
        if ((heading < 0 && from < 0.1) || (heading > 0 && from > 0.9)) continue;
        // A busy machine is soon out of breath; in calm nobody walks.
        if ((await tab.text(`${part(PART.calm)}.ariaPressed`)) === 'true') await press(tab, part(PART.calm));
        await tab.value(`${part(PART.stage)}.focus()`);
        await tab.hold(KEY.shift, key);
        await until('walked', () => (here.placeOf(id) - from) * heading > STEP);
        await tab.letGo(key, KEY.shift);
        await here.stands(id);
      }
    },
  },
  {
    promise: 'a click on the path walks there',
    async run({ tab, here, id }) {
      await here.stands(id);
      const { x, y, width, height } = await boxOf(tab, part(PART.stage));
      const from = here.placeOf(id);
      const goals = [0.15, 0.35, 0.45, 0.55, 0.65, 0.85].filter((goal) => Math.abs(goal - from) > 0.15);
      await until('walked', async () => {
        // Where somebody stands a click is for them: it opens their card.
        const goal = goals.shift() ?? 0.5;
        await tab.click({ x: x + width * (0.13 + 0.74 * goal), y: y + height - 8 });
        await sleep(1_500);
        await tab.press(KEY.escape);
        return Math.abs(here.placeOf(id) - from) > 0.05;
      });
      await here.stands(id);
    },
  },
  {
    promise: 'a name from the menu is worn; the menu stands in view and Escape closes it',
    async run({ tab, here, id, picture }) {
      await press(tab, part(PART.menu));
      await tab.until('the menu is open', part(PART.panel));
      assert.equal(await outOfView(tab, part(PART.panel)), '', 'it stands in view');
      await picture('menu');
      await tab.press(KEY.escape);
      await tab.until('the menu is closed', `${part(PART.panel)} === null`);
      assert.equal(await tab.text(focused), 'Menu', 'its button has the focus again');
      await nameOneself(tab, NAME);
      await here.saw('the name is worn', 'profile', (frame) => frame.id === id && frame.displayName === NAME);
    },
  },
  {
    promise: 'what is said is heard, and the page behind stays where it was',
    async run({ tab, here, id, picture }) {
      here.lookAnew();
      const scrolled = await tab.number('scrollY');
      await press(tab, part(PART.composer));
      await tab.type('good evening');
      assert.equal(await tab.number('scrollY'), scrolled);
      await tab.press(KEY.enter);
      await here.saw('it is heard', 'say', (frame) => frame.id === id && frame.text === 'good evening');
      await tab.until('it hangs over the figure', saying('.bubble.mine', 'good evening'));
      await picture('said');
    },
  },
  {
    promise: 'a wave is seen: by the button, and by Space',
    async run({ tab, here, id }) {
      for (const wave of [
        () => press(tab, part(PART.wave)),
        async () => {
          await tab.value(`${part(PART.stage)}.focus()`);
          await tab.press(KEY.space);
        },
      ]) {
        here.lookAnew();
        await until('it is seen', async () => {
          await wave();
          // Between two gestures the strip takes a breath.
          await sleep(700);
          return here.sees('action', (frame) => frame.id === id);
        });
      }
    },
  },
  {
    promise: 'the people panel lists who is here, and leads to a bench, where one sits down',
    async run({ tab, here, id, picture }) {
      await press(tab, part(PART.people));
      await tab.until('it lists oneself', saying(`${PART.panel} li`, NAME));
      assert.equal(await outOfView(tab, part(PART.panel)), '', 'it stands in view');
      await picture('people');
      here.lookAnew();
      await tab.press(KEY.escape);
      const isSeated = (): boolean => here.sees('move', (frame) => frame.id === id && frame.pose !== null);
      // Residents may have taken a bench.
      for (let place = 0; place < 3 && !isSeated(); place += 1) {
        await press(tab, part(PART.people));
        await tab.until('places are listed', placesOf);
        await press(tab, `${placesOf}[${place}]`);
        await here.stands(id);
      }
      assert.ok(isSeated(), 'the visitor sits or leans');
      await tab.press(KEY.up);
      await here.saw('the visitor stands up', 'move', (frame) => frame.id === id && frame.pose === null);
    },
  },
  {
    promise: 'at a gate: a look over the hill, and back',
    async run({ tab, picture }) {
      await tab.value(`${part(PART.stage)}.focus()`);
      await tab.press(KEY.end);
      await tab.until('the gate says what can be done', saying('.hint', 'to visit'));
      await tab.press(KEY.down);
      await tab.until('the next street is seen', saying(PART.remark, 'Over at'));
      await tab.until('in their own lines', part('.theirs'));
      await picture('over-the-hill');
      await tab.press(KEY.escape);
      await tab.until('back', `${saying(PART.remark, 'Over at')} === undefined`);
    },
  },
  {
    promise: 'over the hill and home again, and the page stays',
    async run({ tab, home, next, here, there, picture }) {
      here.lookAnew();
      there.lookAnew();
      await tab.value(`${part(PART.stage)}.focus()`);
      await tab.press(KEY.end);
      await tab.until('the gate says what can be done', saying('.hint', 'to visit'));
      // A busy machine may be out of breath, and calm since: then one does not walk.
      if ((await tab.text(`${part(PART.calm)}.ariaPressed`)) === 'true') await tab.press(KEY.enter);
      else await tab.hold(KEY.shift, KEY.right);
      await tab.until('the ribbon says where one is', saying(PART.ribbon, next.name));
      await tab.letGo(KEY.right, KEY.shift);
      await there.saw('the visitor comes in', 'join', (frame) => frame.peer.displayName === NAME);
      assert.equal(await tab.text('location.href'), home.url);
      await picture('next-door');
      await press(tab, saying(`${PART.ribbon} button`, 'walk home'));
      await tab.until('the ribbon is gone', `${part(PART.ribbon)} === null`);
      await there.saw('the visitor leaves', 'leave');
      await here.saw('the visitor is home', 'join', (frame) => frame.peer.displayName === NAME);
    },
  },
  {
    promise: 'a second tab is the same visitor; the page loaded anew as well',
    async run({ tab, home, here }) {
      const before = await peopleOf(tab);
      here.lookAnew();
      const back = await tab.another();
      await openStrip(tab, home.url);
      assert.equal(await peopleOf(tab), before, 'nobody is counted twice');
      await back();
      await tab.ask('Refresh');
      await tab.until('the strip is live', isLive);
      assert.equal(await peopleOf(tab), before);
      assert.ok(!here.sees('join', (frame) => frame.peer.displayName === NAME), 'nobody else came in');
    },
  },
  {
    promise: 'the sign leads to the next page, where one arrives by name; Back and Forward keep the visitor one',
    async run({ tab, home, next, there, picture }) {
      there.lookAnew();
      await press(tab, part('.gate.right'));
      await tab.until('the next page is open', `location.href.startsWith(${JSON.stringify(next.url)})`);
      await tab.until('the strip is live', isLive);
      await there.saw('the visitor arrives by name', 'join', (frame) => frame.peer.displayName === NAME);
      assert.equal(await tab.text('location.hash'), '', 'the claim code left the address bar');
      await picture('next-page');
      const seen: boolean[] = [];
      for (const [command, url] of [
        ['Back', home.url],
        ['Forward', next.url],
        ['Back', home.url],
      ] as const) {
        await tab.ask(command);
        await tab.until(`${command} is there`, `location.href === ${JSON.stringify(url)} && ${isLive}`);
        seen.push((await tab.value('Boolean(globalThis.wasHere)')) === true);
        await tab.value('void (globalThis.wasHere = true)');
      }
      assert.equal(await tab.number("document.querySelectorAll('town-square').length"), 1);
      await tab.until('names and panels are there', isFurnished);
      return seen.includes(true) ? 'out of the browser’s memory of pages' : 'pages are loaded anew';
    },
  },
];

function peopleOf(tab: Tab): Promise<number> {
  return tab.number("document.querySelector('town-square').people");
}
