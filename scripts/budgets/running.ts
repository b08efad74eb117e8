/**
 * What a strip costs its page while it runs. CPU time of the main thread, not time by the clock: a busy machine makes a page
 * slow, but hardly lets it work more. An empty page and an idle strip are measured in the same run.
 */
import type { Browser, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import type { SquareProcess } from '../square-process.ts';
import { startWalkers } from './walkers.ts';

export interface Row {
  readonly what: string;
  readonly budget: string;
  readonly measured: string;
}

const WINDOWS = 5;
const WINDOW_MS = 2_500;
/** The figures settle: later files are loaded, the newcomer's line has gone. */
const SETTLE_MS = 10_000;
/** The cat that comes to whoever is alone has sat down. */
const ALONE_SETTLE_MS = 25_000;

/** Runs in the page: this program knows no DOM. A strip clears its canvas once for each picture. */
const COUNT_PICTURES = `
  globalThis.pictures = 0;
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...what) {
    globalThis.pictures += 1;
    clear.apply(this, what);
  };`;
const READ_SIZE = `(() => {
  const root = document.querySelector('town-square').shadowRoot;
  const stops = [...root.querySelectorAll('a[href],button,input,[tabindex]')];
  return {
    elements: root.querySelectorAll('*').length,
    stops: stops.filter((node) => node.tabIndex >= 0 && node.getClientRects().length > 0).length,
  };
})()`;
const HIDE = `
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'))`;

interface Street {
  readonly what: string;
  readonly walkers: number;
  readonly budget?: string;
  readonly options?: BrowserContextOptions;
  /** The device is made so many times slower. */
  readonly throttled?: number;
  readonly isHidden?: boolean;
  /** What is received and how large the page is, too. */
  readonly inFull?: boolean;
}

const PHONE = { viewport: { width: 390, height: 700 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true };
const STREETS: readonly Street[] = [
  { what: 'idle', walkers: 0, budget: '≤ 0.5 %', inFull: true },
  { what: '30 walkers', walkers: 30, budget: '≤ 8 %', inFull: true },
  { what: '200 walkers', walkers: 200, budget: '≤ 25 %', inFull: true },
  { what: '30 walkers, 1,920 px', walkers: 30, options: { viewport: { width: 1_920, height: 700 } } },
  { what: '30 walkers, 2 device px per px', walkers: 30, options: { deviceScaleFactor: 2 } },
  { what: '30 walkers, phone of 390 px', walkers: 30, options: PHONE },
  { what: 'the same made 4 times slower', walkers: 30, options: PHONE, throttled: 4 },
  { what: '30 walkers, calm', walkers: 30, options: { reducedMotion: 'reduce' } },
  { what: '30 walkers, hidden tab', walkers: 30, isHidden: true },
  { what: '500 walkers', walkers: 500 },
];

/** @param before runs in the page before anything else @returns a page in a profile of its own on which the strip is live */
export async function openStrip(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  before?: string,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 700 }, ...options });
  const page = await context.newPage();
  if (before !== undefined) await page.addInitScript({ content: before });
  await page.goto(url);
  await page.locator('town-square .town[data-state=live]').waitFor();
  return page;
}

export async function running(browser: Browser, square: SquareProcess): Promise<Row[]> {
  const empty = await (await browser.newContext()).newPage();
  const rows = [share('an empty page', undefined, await watch(empty))];
  await empty.context().close();
  for (const street of STREETS) rows.push(...(await onStreet(street, square, browser)));
  return rows;
}

async function onStreet(
  { what, walkers, budget, options, throttled, isHidden, inFull }: Street,
  { url, socket }: SquareProcess,
  browser: Browser,
): Promise<Row[]> {
  const leave = await startWalkers(socket, walkers);
  const page = await openStrip(browser, url, options);
  const session = await page.context().newCDPSession(page);
  await page.waitForTimeout(walkers === 0 ? ALONE_SETTLE_MS : SETTLE_MS);
  await page.evaluate(COUNT_PICTURES);
  if (isHidden === true) await page.evaluate(HIDE);
  if (throttled !== undefined) await session.send('Emulation.setCPUThrottlingRate', { rate: throttled });
  const rows = [share(what, budget, await watch(page))];
  if (inFull === true) {
    // Not while the thread is watched: to tell of each frame costs the browser something.
    const bytes = await receivedPerSecond(page, session);
    const { elements, stops }: { elements: number; stops: number } = await page.evaluate(READ_SIZE);
    rows.push(
      {
        what: `received, ${what}`,
        budget: walkers === 30 ? '≤ 4 kB/s' : '–',
        measured: `${(bytes / 1_000).toFixed(2)} kB/s`,
      },
      { what: `DOM elements, ${what}`, budget: '≤ 150', measured: String(elements) },
      { what: `tab stops, ${what}`, budget: '≤ 8', measured: String(stops) },
    );
  }
  await page.context().close();
  leave();
  return rows;
}

interface Watched {
  /** CPU time of the main thread's tasks in each window, a share. */
  readonly busy: readonly number[];
  readonly picturesPerSecond: number;
}

async function watch(page: Page): Promise<Watched> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const pictures = async (): Promise<number> => Number(await page.evaluate('globalThis.pictures ?? 0'));
  const busy: number[] = [];
  const [begun, drawn] = [performance.now(), await pictures()];
  for (let window = 0; window < WINDOWS; window += 1) {
    const [at, before] = [performance.now(), await taskSeconds(session)];
    await page.waitForTimeout(WINDOW_MS);
    busy.push(((await taskSeconds(session)) - before) / ((performance.now() - at) / 1_000));
  }
  return {
    busy: busy.toSorted((a, b) => a - b),
    picturesPerSecond: ((await pictures()) - drawn) / ((performance.now() - begun) / 1_000),
  };
}

function share(what: string, budget: string | undefined, { busy, picturesPerSecond }: Watched): Row {
  const percent = (part: number | undefined): string => (100 * (part ?? NaN)).toFixed(1);
  const pictures = picturesPerSecond === 0 ? '' : `; ${picturesPerSecond.toFixed(1)} pictures a second`;
  return {
    what: `main thread, ${what}`,
    budget: budget ?? '–',
    measured: `${percent(busy[Math.floor(WINDOWS / 2)])} % (${percent(busy[0])} to ${percent(busy.at(-1))})${pictures}`,
  };
}

async function receivedPerSecond(page: Page, session: CDPSession): Promise<number> {
  let bytes = 0;
  session.on('Network.webSocketFrameReceived', ({ response: { opcode, payloadData } }) => {
    bytes += opcode === 1 ? Buffer.byteLength(payloadData) : Buffer.from(payloadData, 'base64').length;
  });
  await session.send('Network.enable');
  await page.waitForTimeout(2 * WINDOW_MS);
  return bytes / ((2 * WINDOW_MS) / 1_000);
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
}
