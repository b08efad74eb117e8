/** The square lab itself: what developers and the visual tests rely on. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { recordingFrom } from '../../public/lab/recording.ts';
import { STATES } from '../../public/lab/states.ts';
import { startLabSquare, type LabSquareProcess } from '../../scripts/lab-square.ts';
import { startSquareProcess } from '../../scripts/square-process.ts';
import { launchChromium, WHOLE_RASTER } from '../support/chromium.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openLab } from './lab-page.ts';

let browser: Browser;
let lab: LabSquareProcess;
before(async () => {
  [browser, lab] = await Promise.all([launchChromium([WHOLE_RASTER]), startLabSquare()]);
});
after(async () => {
  await browser.close();
  await lab.stop();
});

test('a square that was not asked for a lab has none', async (t) => {
  const square = await startSquareProcess({
    DATA_DIR: tempDir(t),
    SHARDS: '0',
    PORT: '0',
    P2P_HOST: '127.0.0.1',
    P2P_TCP_PORT: '0',
    P2P_WS_PORT: '0',
  });
  t.after(() => square.stop());
  for (const path of ['/lab', '/lab/', '/lab/lab.js']) assert.equal((await fetch(square.url + path)).status, 404, path);
  assert.equal((await fetch(`${lab.url}/lab?state=alone`)).url, `${lab.url}/lab/?state=alone`);
});

test('the bundle that visitors load holds nothing of the lab', async () => {
  const bundle = await (await fetch(`${lab.url}/townring.js`)).text();
  for (const word of ['FakeSocket', 'saved your lamp', 'saw your lamp', 'labClock'])
    assert.ok(!bundle.includes(word), word);
});

test('the same address gives the same picture to the pixel, in a profile of its own each time', async () => {
  for (const query of [{ state: 'evening' }, { state: 'throng', theme: 'dark', width: '390' }]) {
    const pictures = [];
    for (let times = 0; times < 2; times += 1) {
      const { page } = await openLab(browser, lab, query);
      pictures.push(await page.screenshot());
      await page.context().close();
    }
    assert.ok(pictures[0]?.equals(pictures[1] ?? Buffer.alloc(0)), JSON.stringify(query));
  }
});

test('every state can be reached by its address, without an error of the page', async (t) => {
  const { page, errors } = await openLab(browser, lab, {});
  t.after(() => page.context().close());
  for (const { id, trouble } of STATES) {
    await page.goto(lab.still({ state: id }));
    await page.locator('html[data-lab=ready]').waitFor();
    const state = await page.locator('town-square .town').getAttribute('data-state');
    const wanted =
      id === 'lazy'
        ? [null, 'idle']
        : trouble === 'none'
          ? ['live']
          : trouble === 'silent'
            ? ['connecting']
            : trouble === 'lost' || id === 'full'
              ? ['waiting', 'connecting']
              : ['stopped'];
    assert.ok(wanted.includes(state), `${id} is ${state}`);
    assert.deepEqual(errors, [], id);
  }
});

test('what a page received can be saved and shown again as it was', async (t) => {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${lab.url}/lab/?state=talk`);
  await page.locator('town-square .bubble').first().waitFor();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as recording' }).click();
  const file = await (await saving).path();
  assert.match(await readFile(file, 'utf8'), /"type":"hello"/);
  await page.locator('input[type=file]').setInputFiles(file);
  await page.waitForURL(/replay=kept/);
  await page.locator('town-square .town[data-state=live]').waitFor();
  assert.equal(
    await page.evaluate(() => Number(Reflect.get(document.querySelector('town-square') ?? {}, 'people'))),
    15,
  );
  await page.locator('town-square .bubble').first().waitFor();
});

test('a recorded evening is shown at any speed, to its last frame', async (t) => {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  t.after(() => context.close());
  const page = await context.newPage();
  const scene = await readFile('public/lab/scenes/five-residents.json', 'utf8');
  const frames = recordingFrom(scene)?.length ?? 0;
  assert.ok(frames > 100);
  await page.goto(`${lab.url}/lab/?replay=five-residents&speed=16`);
  await page.locator('town-square .plate', { hasText: 'Wick, resident' }).waitFor();
  await page.getByText(`${frames} recorded`).waitFor();
});

test('a visit to a real square is recorded by command, without the visitor’s secret', async (t) => {
  const file = join(tempDir(t), 'visit.json');
  const run = promisify(execFile);
  await run(process.execPath, ['scripts/record-visit.ts', lab.url, '1', file]);
  const [hello] = recordingFrom(await readFile(file, 'utf8')) ?? [];
  assert.ok(hello?.frame.type === 'hello' && 'browserSecret' in hello.frame);
  assert.equal(hello.frame.browserSecret, '');
  await assert.rejects(run(process.execPath, ['scripts/record-visit.ts', 'nowhere']), /usage/);
});
