/**
 * The strip in every state, photographed in the square lab: `node scripts/screens.ts [folder]`. Widths × light and dark ×
 * left-to-right and right-to-left × states go into the folder (a temporary one unless given), a file each. What is wanted
 * can be narrowed: `--states alone,lost --widths 390 --themes dark --dirs rtl --lang ar`. With `--sheet file.png` it makes
 * one picture of all states instead, as in docs/strip-states.png.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { STATES, type LabState } from '../public/lab/states.ts';
import { buildWidget } from './build-widget.ts';
import { ensureChromium } from './find-chromium.ts';
import { encodeIndexedPng } from './indexed-png.ts';
import { startLabSquare, type LabSquareProcess } from './lab-square.ts';
import { draw, isPhone, light, show, turnTo, windowOptions } from './lab-window.ts';

/** Widths of widget.md, section 17; the first two are phones. */
const WIDTHS = ['320', '390', '768', '1280', '1920'];
/** The strips that the sheet shows of each state: two widths and themes, and the narrowest from right to left. */
const SHEET_STRIPS = [
  { width: 1_280, query: { theme: 'light' } },
  { width: 390, query: { theme: 'dark' } },
  { width: 320, query: { theme: 'light', lang: 'ar' } },
] as const;

const SHEET_STYLE = `
  body{margin:24px;font:14px/1.4 system-ui,sans-serif;color:#2d2a32;background:#f3efe4}
  h1{font:600 28px/1.2 Palatino,Georgia,serif;margin:0 0 20px}
  h2{font-size:15px;margin:18px 0 6px}small{font-weight:400;color:#67626b;margin-left:10px}
  div{display:flex;gap:24px;align-items:end}img{display:block}`;

interface Reduced {
  readonly width: number;
  readonly height: number;
  /** Base64. */
  readonly palette: string;
  readonly pixels: string;
}

/** Runs in a page, which can read pictures: the 256 most frequent of 32,768 colours, and for each pixel the nearest of them. */
const REDUCE = `async (picture) => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + picture)).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const counts = new Uint32Array(32768);
  const sums = Array.from({ length: 3 }, () => new Float64Array(32768));
  const bin = (at) => ((data[at] >> 3) << 10) | ((data[at + 1] >> 3) << 5) | (data[at + 2] >> 3);
  for (let at = 0; at < data.length; at += 4) {
    const key = bin(at);
    counts[key] += 1;
    for (let part = 0; part < 3; part += 1) sums[part][key] += data[at + part];
  }
  const used = [...counts.keys()].filter((key) => counts[key] > 0).sort((a, b) => counts[b] - counts[a]);
  const colors = used.slice(0, 256).map((key) => sums.map((sum) => Math.round(sum[key] / counts[key])));
  const indexOf = new Uint8Array(32768);
  for (const key of used) {
    const wanted = sums.map((sum) => sum[key] / counts[key]);
    let best = Infinity;
    for (const [index, color] of colors.entries()) {
      const distance = color.reduce((sum, part, at) => sum + (part - wanted[at]) ** 2, 0);
      if (distance < best) [best, indexOf[key]] = [distance, index];
    }
  }
  const pixels = new Uint8Array(image.width * image.height);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = indexOf[bin(at * 4)];
  const text = (bytes) => {
    let out = '';
    for (let at = 0; at < bytes.length; at += 30000) out += String.fromCharCode(...bytes.subarray(at, at + 30000));
    return btoa(out);
  };
  return { width: image.width, height: image.height, palette: text(Uint8Array.from(colors.flat())), pixels: text(pixels) };
}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    states: { type: 'string' },
    widths: { type: 'string', default: WIDTHS.join() },
    themes: { type: 'string', default: 'light,dark' },
    dirs: { type: 'string', default: 'ltr,rtl' },
    lang: { type: 'string', default: 'en' },
    extra: { type: 'string', default: '' },
    sheet: { type: 'string' },
  },
});
const wanted = values.states?.split(',');
const states = STATES.filter(({ id }) => wanted === undefined || wanted.includes(id));

await buildWidget({ outDir: 'dist/public', minify: true });
const lab = await startLabSquare();
const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox', '--disable-gpu'] });
try {
  if (values.sheet === undefined) await takeAll(browser, lab);
  else await takeSheet(browser, lab, values.sheet);
} finally {
  await browser.close();
  await lab.stop();
}

/** A state is opened once for a phone and once for anything wider; then the window is turned and lit. */
async function takeAll(from: Browser, square: LabSquareProcess): Promise<void> {
  const folder = positionals[0] ?? mkdtempSync(join(tmpdir(), 'townring-screens-'));
  mkdirSync(folder, { recursive: true });
  let taken = 0;
  const widths = values.widths.split(',').map(Number);
  for (const group of [widths.filter(isPhone), widths.filter((width) => !isPhone(width))]) {
    const [first] = group;
    if (first === undefined) continue;
    const page = await pageOf(from, first);
    for (const { id } of states) {
      const extra = Object.fromEntries(new URLSearchParams(values.extra));
      await show(page, square, { state: id, lang: values.lang, ...extra });
      for (const width of group) {
        await turnTo(page, width);
        for (const dir of values.dirs.split(',')) {
          for (const theme of values.themes.split(',')) {
            await light(page, theme, dir);
            await draw(page);
            await page.screenshot({ path: join(folder, `${id}-${width}-${theme}-${dir}.png`) });
            taken += 1;
          }
        }
      }
    }
    await page.context().close();
  }
  console.log(`${taken} pictures in ${folder}`);
}

/** All states under one another: wide and light, narrow and dark, narrowest and from right to left. */
async function takeSheet(from: Browser, square: LabSquareProcess, file: string): Promise<void> {
  const pages: Page[] = [];
  for (const { width } of SHEET_STRIPS) pages.push(await pageOf(from, width));
  const rows: string[] = [];
  for (const state of states) {
    const pictures: string[] = [];
    for (const [index, page] of pages.entries()) {
      await show(page, square, { state: state.id, ...SHEET_STRIPS[index]?.query });
      pictures.push((await page.locator('town-square').screenshot()).toString('base64'));
    }
    rows.push(sheetRow(state, pictures));
  }
  const sheet = await from.newPage({ viewport: { width: 2_086, height: 800 } });
  await sheet.setContent(
    `<!doctype html><style>${SHEET_STYLE}</style><h1>The strip, in every state</h1>${rows.join('')}`,
  );
  const picture = (await sheet.screenshot({ fullPage: true })).toString('base64');
  const { palette, pixels, width, height }: Reduced = await sheet.evaluate(`(${REDUCE})('${picture}')`);
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64');
  writeFileSync(file, encodeIndexedPng({ width, height, palette: bytes(palette), pixels: bytes(pixels) }));
  console.log(`${states.length} states in ${file}`);
}

function sheetRow({ title, shows }: LabState, pictures: readonly string[]): string {
  const images = pictures.map((picture) => `<img src="data:image/png;base64,${picture}">`).join('');
  return `<h2>${title}<small>${shows}</small></h2><div>${images}</div>`;
}

async function pageOf(from: Browser, width: number): Promise<Page> {
  return (await from.newContext(windowOptions(width))).newPage();
}
