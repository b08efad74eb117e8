/** What a strip keeps: nothing of those who left, and nothing of an hour in which nothing happened. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { visitor } from '../support/fake-square.ts';
import { openWidget, type WidgetPage } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

/** Of one round, and how many rounds are looked at: so many that one thing kept of each visitor would be seen. */
const PEOPLE = 20;
const ROUNDS = 25;

interface Kept {
  /** Objects and functions of scripts. */
  readonly objects: number;
  readonly nodes: number;
  readonly listeners: number;
}

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: string[]; readonly node_types: [string[]] } };
  readonly nodes: readonly number[];
}

/** Counts, not bytes: those are the browser's own affair. */
async function kept(session: CDPSession): Promise<Kept> {
  const chunks: string[] = [];
  const take = ({ chunk }: { chunk: string }): void => void chunks.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', take);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', take);
  const { snapshot, nodes }: Snapshot = JSON.parse(chunks.join(''));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const kinds = new Set(['object', 'closure'].map((kind) => types[0].indexOf(kind)));
  let objects = 0;
  for (let at = fields.indexOf('type'); at < nodes.length; at += fields.length) {
    if (kinds.has(nodes[at] ?? -1)) objects += 1;
  }
  const counters = await session.send('Memory.getDOMCounters');
  return { objects, nodes: counters.nodes, listeners: counters.jsEventListeners };
}

/** Twenty people come, walk, speak, wave, and leave over a hill or where they stand. */
async function round({ page, square }: WidgetPage, number: number): Promise<void> {
  const ids = Array.from({ length: PEOPLE }, (_, index) => 100 + number * PEOPLE + index);
  for (const [index, id] of ids.entries()) {
    square.send({ type: 'join', peer: visitor(id, 0.1 + index * 0.04, { displayName: `V${index}` }) });
  }
  await counted(page, 1 + PEOPLE);
  await page.clock.runFor(300);
  for (const [index, id] of ids.entries()) {
    square.send({ type: 'move', ...visitor(id, 0.8 - index * 0.03) });
    if (index % 5 === 0) square.send({ type: 'say', id, text: 'well met' });
    if (index % 7 === 0) square.send({ type: 'action', id, action: 'raise-hand' });
  }
  await page.clock.runFor(500);
  for (const [index, id] of ids.entries()) {
    square.send({ type: 'leave', id, ...(index % 3 === 0 && { toward: 'left' }) });
  }
  await counted(page, 1);
  await page.clock.runFor(4_000);
}

async function counted(page: Page, people: number): Promise<void> {
  await page
    .locator('town-square')
    .getByRole('button', { name: `People, ${people}`, exact: true })
    .waitFor();
}

test('of five hundred people who came, spoke and left nothing is kept', async (t) => {
  const opened = await openWidget(t, browser, { hasClock: true, x: 0.5 });
  const { page, strip } = opened;
  await strip.locator('.town[data-more=here]').waitFor();
  const session = await page.context().newCDPSession(page);
  // What is kept of the last few lines, names and pictures is there after these.
  for (let number = 0; number < 8; number += 1) await round(opened, number);
  await page.clock.runFor(30_000);
  const first = await kept(session);
  for (let number = 8; number < 8 + ROUNDS; number += 1) await round(opened, number);
  await page.clock.runFor(30_000);
  const last = await kept(session);
  assert.ok(last.objects - first.objects < (ROUNDS * PEOPLE) / 2, `${last.objects} objects, ${first.objects} before`);
  assert.ok(last.nodes - first.nodes < PEOPLE, `${last.nodes} nodes, ${first.nodes} before`);
  assert.equal(last.listeners, first.listeners);
});

test('an hour in which nothing happens leaves nothing behind', async (t) => {
  const { page, strip } = await openWidget(t, browser, { hasClock: true, x: 0.5 });
  await strip.locator('.town[data-more=here]').waitFor();
  const session = await page.context().newCDPSession(page);
  await page.clock.runFor(5 * 60_000);
  const first = await kept(session);
  await page.clock.runFor(60 * 60_000);
  const last = await kept(session);
  assert.ok(last.objects - first.objects < 100, `${last.objects} objects, ${first.objects} before`);
  assert.equal(last.nodes, first.nodes);
  assert.equal(last.listeners, first.listeners);
});
