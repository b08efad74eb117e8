/** What somebody who listens hears of a path that is lost, full, closed, or shut to them, from the browser's own accessibility tree. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startLabSquare, type LabSquareProcess } from '../../scripts/lab-square.ts';
import { launchChromium } from '../support/chromium.ts';
import { listen } from './hill-walk.ts';
import { openLab } from './lab-page.ts';

let browser: Browser;
let lab: LabSquareProcess;
before(async () => {
  [browser, lab] = await Promise.all([launchChromium(), startLabSquare()]);
});
after(async () => {
  await browser.close();
  await lab.stop();
});

interface Region {
  readonly role: string;
  readonly live: string;
  readonly text: string;
}

/** Live regions with words in them, as the browser tells them to a screen reader. */
async function liveRegions(page: Page): Promise<Region[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const wordsOf = (id: string): string => {
    const node = byId.get(id);
    if (node?.role?.value === 'StaticText') return String(node.name?.value ?? '');
    return (node?.childIds ?? []).map(wordsOf).join('');
  };
  return nodes.flatMap((node) => {
    const live = node.properties?.find(({ name }) => name === 'live')?.value.value;
    const isRoot = node.properties?.some(({ name, value }) => name === 'root' && value.value !== undefined);
    const text = wordsOf(node.nodeId);
    if (live === undefined || text === '' || node.ignored || isRoot === true) return [];
    return [{ role: String(node.role?.value), live: String(live), text }];
  });
}

/** Time of the page passes: the square is tried again some times meanwhile. */
async function wait(page: Page, ms: number): Promise<void> {
  await page.evaluate(async (span) => {
    const clock: { now: number; advanceTo(ms: number): Promise<void> } = Reflect.get(globalThis, 'labClock');
    await clock.advanceTo(clock.now + span);
  }, ms);
}

for (const [state, line] of [
  ['lost', /^Lost the path\. Trying again in \d\ss\.$/],
  ['full', /^Full just now\. Trying again in \d\ss\.$/],
  ['closed', /^The path is closed here\.$/],
  ['kicked', /^You were shown out\.$/],
] as const) {
  test(`${state}: it is said once, politely and as a status, however long it lasts`, async (t) => {
    const { page } = await openLab(browser, lab, { state, at: '0' });
    t.after(() => page.context().close());
    const heard = await listen(page);
    await wait(page, 14_000);
    assert.deepEqual(
      (await heard()).filter((words) => words.startsWith('Lost') || line.test(words)).map((words) => line.test(words)),
      [true],
    );
    const regions = await liveRegions(page);
    assert.deepEqual(
      regions.filter(({ text }) => line.test(text)).map(({ role, live: manner }) => `${role}, ${manner}`),
      ['status, polite'],
    );
    assert.deepEqual(
      regions.filter(({ live: manner }) => manner !== 'polite'),
      [],
      'nothing else is talked over',
    );
  });
}
