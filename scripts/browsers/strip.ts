/** The strip of the page that a tab shows: where its parts are, what they say, and how a person uses them. */
import type { Box, Tab } from './webdriver.ts';
import { KEY } from './webdriver.ts';

const ROOT = "document.querySelector('town-square').shadowRoot";

/** The parts that visits press. */
export const PART = {
  town: '.town',
  stage: '.stage',
  composer: '.say input',
  wave: '.wave',
  people: 'button[aria-label^="People"]',
  menu: 'button[aria-label="Menu"]',
  calm: '.calm',
  panel: '.panel:popover-open',
  ribbon: '.ribbon:not(.remark):not([hidden])',
  remark: '.remark:not([hidden])',
} as const;

/** An expression for a part of the strip. */
export const part = (selector: string): string => `${ROOT}.querySelector(${JSON.stringify(selector)})`;

/** An expression for the first of the parts that says so much. */
export const saying = (selector: string, words: string): string =>
  `[...${ROOT}.querySelectorAll(${JSON.stringify(selector)})].find((node) => node.textContent.includes(${JSON.stringify(words)}))`;

/** An expression for the buttons of the open panel that say one of these; undefined when there is none. */
export const buttonsSaying = (...words: readonly string[]): string =>
  `((all) => all.length > 0 ? all : undefined)([...${ROOT}.querySelectorAll('${PART.panel} button')].filter((node) => ${JSON.stringify(words)}.some((text) => node.textContent.includes(text))))`;

export const isLive = `${part(PART.town)}.dataset.state === 'live'`;
export const isFurnished = `${part(PART.town)}.dataset.more === 'here'`;

/** @param of an expression that comes to an element, of the strip or the page */
export async function boxOf(tab: Tab, of: string): Promise<Box> {
  await tab.until(`${of} is there`, `(${of})?.getClientRects().length`);
  const text = await tab.text(
    `(() => { const node = ${of}; const box = node.getBoundingClientRect(); if (box.top < 0 || box.bottom > innerHeight) node.scrollIntoView({ block: 'nearest', behavior: 'instant' }); return JSON.stringify(node.getBoundingClientRect()); })()`,
  );
  const box: Box = JSON.parse(text);
  return box;
}

/** Presses the middle of something with the mouse, or with a finger. */
export async function press(tab: Tab, of: string, isTouch = false): Promise<void> {
  const { x, y, width, height } = await boxOf(tab, of);
  const middle = { x: x + width / 2, y: y + height / 2 };
  await (isTouch ? tab.tap(middle) : tab.click(middle));
}

export async function openStrip(tab: Tab, url: string): Promise<void> {
  await tab.open(url);
  await tab.until('the strip is live', isLive);
  await tab.until('names and panels are there', isFurnished);
}

/**
 * Pixels with ink of the street's canvas, which is the picture of its people.
 * @param isWanted an expression about the pixel whose opacity is `data[at]`
 */
export function inkOf(tab: Tab, isWanted = 'true'): Promise<number> {
  return tab.number(`(() => {
    const canvas = ${part('.stage canvas')};
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let ink = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at] > 0 && ${isWanted}) ink += 1;
    return ink;
  })()`);
}

/** What has the focus inside the strip: its name, or its class. */
export const focused = `(() => {
  const node = ${ROOT}.activeElement;
  return node === null ? '' : node.ariaLabel ?? node.className;
})()`;

/** Takes a name, through the menu. */
export async function nameOneself(tab: Tab, name: string): Promise<void> {
  await press(tab, part(PART.menu));
  await press(tab, part(`${PART.panel} input[type=text]`));
  await tab.type(name);
  await press(tab, saying(`${PART.panel} button`, 'Save'));
  await tab.until('it is saved', saying(`${PART.panel} [role=status]`, 'Saved'));
  await tab.press(KEY.escape);
  await tab.until('the menu is closed', `${part(PART.panel)} === null`);
}

/** Is something outside what is in view? Given in px; empty when not. */
export async function outOfView(tab: Tab, of: string): Promise<string> {
  const { x, y, width, height } = await boxOf(tab, of);
  const [wide = 0, high = 0] = (await tab.text('`${document.documentElement.clientWidth} ${innerHeight}`'))
    .split(' ')
    .map(Number);
  const isIn = x >= -0.5 && y >= -0.5 && x + width <= wide + 0.5 && y + height <= high + 0.5;
  return isIn ? '' : `${x},${y} ${width}×${height} of ${wide}×${high}`;
}
