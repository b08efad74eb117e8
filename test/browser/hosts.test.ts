/** Pages that were written to be difficult: the strip works on each, and each is what it was without the strip. */
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startHostSite, type HostPage, type HostSite } from '../support/host-pages.ts';
import { eventually } from '../support/sharded-square.ts';

const TEXT = '<main><h1>Notes from a small garden</h1><p id="words">A page about tomatoes and rain barrels.</p></main>';
const page = (head: string, body: string, html = 'lang="en"'): HostPage => ({
  html: `<!doctype html><html ${html}><head><meta charset="utf-8"><title>A garden</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`,
});
const plain = (style: string, html?: string): HostPage =>
  page(`<style>${style}</style>`, `${TEXT}__STRIP__<footer id="foot">the end</footer>__SCRIPT__`, html);

const RESET = `*,*::before,*::after{all:unset!important;display:inline!important;letter-spacing:.4em!important;
  text-transform:uppercase!important;line-height:3!important;word-spacing:9px!important;text-indent:40px!important;
  visibility:visible!important;font-size:31px!important;white-space:nowrap!important;
  text-shadow:3px 3px red!important;pointer-events:none!important;word-break:break-all!important}
  html,body,main,p{display:block!important}`;

const PAGES: Readonly<Record<string, (squareUrl: string) => HostPage>> = {
  '/plain': () => plain('town-square{display:block;min-height:148px}'),
  '/without': () => page('<style>div{height:148px}</style>', `${TEXT}<div></div><footer id="foot">the end</footer>`),
  '/resets': () => plain(RESET),
  '/zoom': () => plain('html{zoom:1.5}town-square{display:block;min-height:148px}'),
  '/csp': (squareUrl) => ({
    ...page('', `${TEXT}__STRIP____SCRIPT__`),
    headers: {
      'content-security-policy': [
        "default-src 'none'",
        `script-src ${squareUrl}`,
        `connect-src ${squareUrl} ${squareUrl.replace('http', 'ws')}`,
        "img-src data:; style-src 'none'; base-uri 'none'; form-action 'none'",
        "require-trusted-types-for 'script'; trusted-types 'none'",
      ].join('; '),
    },
  }),
  '/rtl': () => plain('town-square{display:block;min-height:148px}', 'lang="ar" dir="rtl"'),
  '/sticky': () =>
    page(
      `<style>body{margin:0}main{height:1400px}.dock{position:fixed;inset:auto 0 0;background:#fff;z-index:5}
       .banner{position:fixed;inset:auto 0 0;height:60px;z-index:2147483647;background:#fc0;pointer-events:none}</style>`,
      `${TEXT}<div class="dock">__STRIP__</div><div class="banner"></div>__SCRIPT__`,
    ),
  '/long': () => page('<style>main{height:30000px}</style>', `${TEXT}__STRIP____SCRIPT__`),
  '/app': () =>
    page(
      '',
      `<nav><button id="go">next page</button></nav><div id="app">${TEXT}__STRIP__</div>__SCRIPT__
<script>
let number = 0;
document.getElementById('go').onclick = () => {
  const strip = document.querySelector('town-square');
  const app = document.createElement('div');
  app.id = 'app';
  app.append('page ' + ++number, number % 2 ? strip : strip.cloneNode(true));
  document.getElementById('app').replaceWith(app);
  history.pushState({ number }, '', '/app?' + number);
};
</script>`,
    ),
  '/dark': () =>
    page(
      `<style>:root{color-scheme:light}body{background:#fff;color:#222}
       :root.dark{color-scheme:dark}:root.dark body{background:#14161b;color:#eee}</style>`,
      `${TEXT}__STRIP____SCRIPT__`,
    ),
  '/frames': () =>
    page(
      '',
      `${TEXT}<iframe id="narrow" title="narrow" src="/plain" width="300" height="400"></iframe>
       <iframe id="boxed" title="boxed" sandbox="allow-scripts" src="/plain" width="700" height="400"></iframe>`,
    ),
  '/old': () =>
    page(
      `<base href="http://127.0.0.1:1/elsewhere/"><script>
Object.defineProperty(Object.prototype, 'extra', { value: 'x', enumerable: false, writable: true });
Array.prototype.last = function () { return this[this.length - 1]; };
Object.prototype.hasKey = function (key) { return key in this; };
window.name = 'old'; var status = 'loading'; var event2 = 1;
</script>`,
      `${TEXT}__STRIP____SCRIPT__`,
    ),
};

let browser: Browser;
let site: HostSite;
const ends: (() => unknown)[] = [];
before(async () => {
  browser = await launchChromium();
  site = await startHostSite({ after: (end: () => unknown) => void ends.unshift(end) }, PAGES);
});
after(async () => {
  await browser.close();
  for (const end of ends) await end();
});

interface Visit {
  readonly page: Page;
  readonly strip: Locator;
  /** Errors and refusals of the content security policy. */
  readonly errors: readonly string[];
}

async function visit(
  t: TestContext,
  path: string,
  options: BrowserContextOptions & { awaits?: string } = {},
): Promise<Visit> {
  const { awaits = 'live', ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1_280, height: 700 }, ...rest });
  t.after(() => context.close());
  const opened = await context.newPage();
  const errors: string[] = [];
  opened.on('pageerror', ({ message }) => errors.push(message));
  opened.on('console', (line) => {
    if (line.type() === 'error') errors.push(line.text());
  });
  await opened.goto(site.origin + path);
  const strip = opened.locator('town-square');
  if (awaits !== '') {
    await strip.locator(`.town[data-state=${awaits}]`).waitFor();
    await strip.locator('.ridge').first().waitFor({ state: 'attached' });
  }
  return { page: opened, strip, errors };
}

/** Where the parts of the strip that never move lie, relative to its corner, and how their words look. */
function anatomy({ strip }: Visit): Promise<string[]> {
  return strip.evaluate((host) => {
    const corner = host.getBoundingClientRect();
    const nodes = [...(host.shadowRoot?.querySelectorAll('.town,.scene,.stage,canvas,.bar,.say,input,.tool') ?? [])];
    return nodes.map((node) => {
      const box = node.getBoundingClientRect();
      const { fontSize, lineHeight, letterSpacing, wordSpacing, textTransform, textIndent, textShadow, wordBreak } =
        getComputedStyle(node);
      const looks = [
        fontSize,
        lineHeight,
        letterSpacing,
        wordSpacing,
        textTransform,
        textIndent,
        textShadow,
        wordBreak,
      ];
      const place = [box.x - corner.x, box.y - corner.y, box.width, box.height].map(Math.round);
      return `${node.tagName}.${node.className}: ${place.join()} ${looks.join(' ')}`;
    });
  });
}

/** What a page is apart from its strip: where its own parts lie, how far it scrolls, what its window holds. */
function surroundings({ page: opened }: Visit): Promise<unknown> {
  return opened.evaluate(() => ({
    parts: [...document.querySelectorAll('h1,#words,#foot')].map((node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return [node.id, x, y, width, height];
    }),
    scroll: [document.documentElement.scrollWidth, document.documentElement.scrollHeight, scrollX, scrollY],
    globals: Object.keys(globalThis).filter((name) => !name.startsWith('__playwright')),
    history: history.length,
    title: document.title,
    focus: document.activeElement?.tagName,
    stored: Object.keys(localStorage),
    cookies: document.cookie,
  }));
}

test('a page with the strip is the page without it, and its window, history and storage too', async (t) => {
  const [without, plainVisit] = [await visit(t, '/without', { awaits: '' }), await visit(t, '/plain')];
  assert.deepEqual(await surroundings(plainVisit), await surroundings(without));
  assert.deepEqual(plainVisit.errors, []);
});

test('a style sheet that resets everything, forcefully, changes nothing in the strip', async (t) => {
  const [plainVisit, reset] = [await visit(t, '/plain'), await visit(t, '/resets')];
  const width = (at: Visit) => at.strip.evaluate((host) => host.getBoundingClientRect().width);
  await plainVisit.page.setViewportSize({ width: Math.round(await width(reset)) + 16, height: 700 });
  await plainVisit.page.waitForFunction(
    (wanted) => document.querySelector('town-square')?.getBoundingClientRect().width === wanted,
    await width(reset),
  );
  assert.deepEqual(await anatomy(reset), await anatomy(plainVisit));
  await reset.strip.getByRole('button', { name: 'Menu' }).click();
  await reset.strip.getByLabel('Your name here').fill('Ada');
});

test('on a zoomed page a click on the ground walks to where it was', async (t) => {
  // Where nothing glides one has arrived at once, and a click is one step.
  const { page: opened, strip } = await visit(t, '/zoom', { reducedMotion: 'reduce' });
  const moves: number[] = [];
  opened.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const message: unknown = JSON.parse(String(payload));
      if (typeof message === 'object' && message !== null && 'x' in message) moves.push(Number(message.x));
    }),
  );
  await opened.reload();
  await strip.locator('.town[data-state=live]').waitFor();
  const stage = await strip.locator('.stage').boundingBox();
  assert.ok(stage !== null);
  const walkTo = async (x: number): Promise<number> => {
    const before_ = moves.length;
    let clickedAt = -Infinity;
    await eventually('the visitor walks', async () => {
      if (moves.length > before_) return true;
      // On a machine under load a press can last longer than a tap does, and means nothing then.
      if (performance.now() - clickedAt > 2_000) {
        clickedAt = performance.now();
        await opened.mouse.click(x, stage.y + stage.height - 24);
      }
      return false;
    });
    let last = NaN;
    await eventually('the visitor stops', async () => {
      const now = moves.at(-1) ?? NaN;
      const hasStopped = now === last;
      last = now;
      await opened.waitForTimeout(250);
      return hasStopped;
    });
    return last;
  };
  // Not where the camera shows the visitor already, and both inside the part of the strip in which it stands still: 90 px of the screen are 60 of the page, and so
  // many units of the street's 1,200.
  const first = await walkTo(560);
  const second = await walkTo(650);
  assert.ok(Math.abs(second - first - 60 / 1_200) < 0.006, `${first} → ${second}`);
});

test('the picture has a pixel for each pixel of the screen, also after the page is zoomed', async (t) => {
  const { page: opened, strip } = await visit(t, '/zoom');
  /** Pixels of the picture for each of the screen, and of the screen for each that the page was written in. */
  const isSharp = (ratio: number): Promise<void> =>
    eventually(`${ratio} pixels for each`, () =>
      strip.evaluate((host, wanted) => {
        const canvas = host.shadowRoot?.querySelector('canvas');
        if (!canvas) return false;
        const { width } = canvas.getBoundingClientRect();
        return (
          Math.abs(canvas.width / (width * devicePixelRatio) - 1) < 0.01 &&
          Math.abs(canvas.width / canvas.clientWidth - wanted) < 0.02
        );
      }, ratio),
    );
  await isSharp(1.5);
  await opened.evaluate(() => {
    document.documentElement.style.zoom = '2';
  });
  await isSharp(2);
});

test('under a strict content security policy nothing is refused, and the strip lives', async (t) => {
  const { strip, page: opened, errors } = await visit(t, '/csp');
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Your name here').fill('Ada');
  await strip.getByRole('button', { name: 'Save' }).click();
  await opened.keyboard.press('Escape');
  assert.deepEqual(errors, []);
  await strip.getByRole('button', { name: /People/ }).click();
  await strip.locator('.list').getByText('Ada (you)').waitFor();
  assert.deepEqual(errors, []);
});

test('on a right-to-left page left is still left, words run the other way, and the page does not scroll sideways', async (t) => {
  const { strip, page: opened } = await visit(t, '/rtl');
  const x = async (selector: string): Promise<number> => (await strip.locator(selector).boundingBox())?.x ?? NaN;
  assert.match((await strip.locator('.gate.left').textContent()) ?? '', /Moss & Ink/);
  assert.ok((await x('.gate.left')) < (await x('.gate.right')), 'the gates are not mirrored');
  assert.ok((await x('.say')) > (await x('.tool.calm')), 'the bar is');
  assert.equal(await opened.evaluate(() => document.documentElement.scrollWidth - innerWidth <= 0), true);
});

test('in a sticky footer the panels open above everything and the page scrolls under the strip', async (t) => {
  const { strip, page: opened } = await visit(t, '/sticky');
  await strip.getByRole('button', { name: 'Menu' }).click();
  const save = strip.getByRole('button', { name: 'Save' });
  await save.scrollIntoViewIfNeeded();
  const box = await save.boundingBox();
  assert.ok(box !== null && box.y + box.height <= 700);
  const hit = await opened.evaluate(
    ([left = 0, top = 0]) => document.elementFromPoint(left, top)?.tagName,
    [box.x + box.width / 2, box.y + box.height / 2],
  );
  assert.equal(hit, 'TOWN-SQUARE');
  await opened.keyboard.press('Escape');
  await opened.mouse.move(640, 600);
  await opened.mouse.wheel(0, 300);
  await eventually('the wheel scrolls the page', () => opened.evaluate(() => scrollY > 200));
});

test('far down a long page nothing is opened until it comes near, and arrow keys on the path do not scroll', async (t) => {
  const { strip, page: opened } = await visit(t, '/long', { awaits: '' });
  let sockets = 0;
  opened.on('websocket', () => (sockets += 1));
  await opened.waitForTimeout(600);
  assert.equal(sockets, 0);
  assert.equal(await strip.locator('.town[data-state=live]').count(), 0);
  await strip.scrollIntoViewIfNeeded();
  await strip.locator('.town[data-state=live]').waitFor();
  assert.equal(sockets, 1);
  await strip.getByRole('application').focus();
  const at = await opened.evaluate(() => scrollY);
  for (const key of ['ArrowDown', 'ArrowUp', 'Home', 'End', ' ']) await opened.keyboard.press(key);
  assert.equal(await opened.evaluate(() => scrollY), at);
});

test('an application that moves and replaces the strip on each of its pages keeps one figure and its own history', async (t) => {
  const { strip, page: opened, errors } = await visit(t, '/app');
  const open = new Set<object>();
  opened.on('websocket', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  const length = await opened.evaluate(() => history.length);
  for (let pages = 1; pages <= 5; pages += 1) {
    await opened.getByText('next page').click();
    await strip.locator('.town[data-state=live]').waitFor();
  }
  await eventually('one socket is open', async () => open.size === 1);
  // The same browser on the same page is one visitor, however often its strip was made anew.
  await eventually('one figure stands on the street', async () => (await census(site)) === 1);
  assert.equal(await opened.evaluate(() => history.length), length + 5);
  assert.deepEqual(errors, []);
  await opened.goBack();
  assert.equal(await strip.locator('.town[data-state=live]').count(), 1);
});

test('when the page switches to dark the strip follows, and its words stay readable both ways', async (t) => {
  const { strip, page: opened } = await visit(t, '/dark');
  const contrast = () =>
    strip.evaluate((host) => {
      const words = host.shadowRoot?.querySelector('.gate .name');
      if (words === null || words === undefined) return 0;
      const light = (color: string): number => {
        const parts = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
          const value = Number(part) / 255;
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
      };
      const [ink, paper] = [getComputedStyle(words).color, getComputedStyle(document.body).backgroundColor].map(light);
      return (Math.max(ink ?? 0, paper ?? 0) + 0.05) / (Math.min(ink ?? 0, paper ?? 0) + 0.05);
    });
  const theme = () => strip.locator('.town').getAttribute('data-theme');
  assert.equal(await theme(), 'light');
  assert.ok((await contrast()) >= 4.5);
  await opened.evaluate(() => document.documentElement.classList.add('dark'));
  await eventually('the strip is dark', async () => (await theme()) === 'dark');
  assert.ok((await contrast()) >= 4.5);
  await opened.evaluate(() => document.documentElement.classList.remove('dark'));
  await eventually('the strip is light again', async () => (await theme()) === 'light');
});

test('in a narrow frame it is a narrow strip; in a frame without an origin it says that it is not known', async (t) => {
  const { page: opened, errors } = await visit(t, '/frames', { awaits: '' });
  const narrow = opened.frameLocator('#narrow').locator('town-square');
  await narrow.locator('.town[data-state=live]').waitFor();
  assert.equal(await narrow.locator('.town.chips').count(), 1);
  const boxed = opened.frameLocator('#boxed').locator('town-square');
  await boxed.locator('.town[data-state=stopped]').waitFor();
  await boxed.locator('.notice').getByText('The square does not know this page.').waitFor();
  assert.deepEqual(errors, [], 'a frame that may keep nothing is no error');
});

test('on paper the strip takes no page of its own', async (t) => {
  const { page: opened, strip } = await visit(t, '/plain');
  const pages = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.equal(pages(await opened.pdf({ format: 'A6' })), 1);
  await opened.emulateMedia({ media: 'print' });
  assert.equal(await strip.isVisible(), false);
  await opened.emulateMedia({ media: 'screen' });
  assert.equal(await strip.isVisible(), true);
});

test('beside old scripts that extend the language, and under a foreign base address, it draws and speaks as ever', async (t) => {
  const { strip, page: opened, errors } = await visit(t, '/old');
  assert.equal(await strip.locator('.gate.left').getAttribute('href'), 'http://127.0.0.1:1/moss');
  await strip.getByRole('textbox').fill('hello');
  await opened.keyboard.press('Enter');
  await strip.locator('.bubble.mine').getByText('hello').waitFor();
  const ground = strip.locator('path.ground').first();
  assert.match(await ground.evaluate((line) => getComputedStyle(line).stroke), /url\("?#fade"?\)/);
  assert.deepEqual(errors, []);
});

/** Visitors on the square's street, as it counts them. */
async function census({ square }: HostSite): Promise<number> {
  const text = await (await fetch(`${square.url}/metrics`)).text();
  return Number(/^square_visitors (\d+)/m.exec(text)?.[1]);
}
