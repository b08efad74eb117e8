/** A real browser page with the strip on it, and what a person would read off it. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { decodePositions, type Position } from '../../src/protocol/compact.ts';
import type { NeighboursFrame, ServerFrame } from '../../src/protocol/frames.ts';
import type { Side } from '../../src/protocol/limits.ts';

type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;

export interface StripPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Every frame the strip received so far, oldest first, and when, ms on `performance.now()` of the test. */
  readonly frames: readonly { readonly at: number; readonly frame: ServerFrame }[];
  /** The next frame of a type, those already received included, that fits. */
  next<Type extends ServerFrame['type']>(
    type: Type,
    fits?: (frame: FrameOf<Type>) => boolean,
    withinMs?: number,
  ): Promise<FrameOf<Type>>;
  /** The newest neighbours frame. */
  neighbours(): NeighboursFrame | undefined;
  /** What the sign at one end says and shows: `data-state`, and its visible head-count. */
  sign(side: Side): Promise<{ readonly state: string | null; readonly count: string }>;
  /** Resolves when the sign fits. @returns how long that took, ms */
  untilSign(
    side: Side,
    fits: (sign: { readonly state: string | null; readonly count: string }) => boolean,
    withinMs: number,
  ): Promise<number>;
  /** A digest of the canvas pixels beyond one of the gates: another when silhouettes have moved. */
  horizon(side: Side): Promise<string>;
}

const LOOK_MS = 50;

/** Opens a square's page in a browser profile of its own, and waits until the strip is in. */
export async function openStrip(
  browser: Browser,
  url: string,
  options: { readonly width?: number; readonly context?: BrowserContext } = {},
): Promise<StripPage> {
  const context =
    options.context ?? (await browser.newContext({ viewport: { width: options.width ?? 1600, height: 700 } }));
  const page = await context.newPage();
  const strip = stripOn(page, context);
  await page.goto(url);
  await strip.next('hello');
  await page.locator('town-square .ridge').first().waitFor({ state: 'attached' });
  return strip;
}

/** Follows whatever strips a page shows, over its navigations. */
export function stripOn(page: Page, context: BrowserContext): StripPage {
  const frames: { at: number; frame: ServerFrame }[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      const at = performance.now();
      if (typeof payload === 'string') frames.push({ at, frame: JSON.parse(payload) });
      else for (const position of decodePositions(payload) ?? []) frames.push({ at, frame: stepOf(position) });
    });
  });
  const sign = (side: Side) =>
    page.evaluate((end) => {
      const gate = document.querySelector('town-square')?.shadowRoot?.querySelector(`.gate.${end}`);
      return { state: gate?.getAttribute('data-state') ?? null, count: gate?.querySelector('.n')?.textContent ?? '' };
    }, side);
  return {
    page,
    context,
    frames,
    async next(type, fits = () => true, withinMs = 30_000) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        for (const { frame } of frames) if (isOf(frame, type) && fits(frame)) return frame;
        if (performance.now() > deadline) throw new Error(`no fitting ${type} within ${withinMs} ms`);
        await page.waitForTimeout(LOOK_MS);
      }
    },
    neighbours: () => frames.map(({ frame }) => frame).findLast((frame) => frame.type === 'neighbours'),
    sign,
    async untilSign(side, fits, withinMs) {
      const begun = performance.now();
      for (;;) {
        const now = await sign(side);
        const tookMs = performance.now() - begun;
        if (fits(now)) return tookMs;
        if (tookMs > withinMs) throw new Error(`the ${side} sign shows ${JSON.stringify(now)} after ${withinMs} ms`);
        await page.waitForTimeout(LOOK_MS);
      }
    },
    horizon: (side) =>
      page.evaluate((end) => {
        const canvas = document.querySelector('town-square')?.shadowRoot?.querySelector('canvas');
        const context2d = canvas?.getContext('2d');
        if (canvas === null || canvas === undefined || context2d === null || context2d === undefined)
          return 'no canvas';
        const width = Math.floor(canvas.width * 0.115);
        const { data } = context2d.getImageData(end === 'left' ? 0 : canvas.width - width, 0, width, canvas.height);
        let digest = 0;
        for (const [index, value] of data.entries())
          if (value !== 0) digest = (Math.imul(digest, 31) + value * (index % 9_973)) | 0;
        return String(digest);
      }, side),
  };
}

/** A compact position as the `move` that it stands for; what it does not tell is empty. */
function stepOf({ id, x }: Position): ServerFrame {
  const reading = { readingLabel: '', readingUrl: '', readingActive: true, widgetVisible: true };
  return { type: 'move', id, x, pose: null, propId: null, displayName: '', color: '', ...reading };
}

function isOf<Type extends ServerFrame['type']>(frame: ServerFrame, type: Type): frame is FrameOf<Type> {
  return frame.type === type;
}
