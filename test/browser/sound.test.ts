/** What the street sounds like, and that it is silent unless asked. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { visitor } from '../support/fake-square.ts';
import { openWidget, type WidgetPage } from './widget-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

/** Counts what the page opens and plays. */
function countSounds(): void {
  const counts = { contexts: 0, sources: 0 };
  Reflect.set(globalThis, 'counts', counts);
  const Real = AudioContext;
  Reflect.set(
    globalThis,
    'AudioContext',
    class extends Real {
      constructor() {
        super();
        counts.contexts += 1;
      }
    },
  );
  for (const { prototype } of [OscillatorNode, AudioBufferSourceNode]) {
    const start: unknown = Reflect.get(prototype, 'start');
    Reflect.set(prototype, 'start', function play(this: AudioScheduledSourceNode, ...times: number[]) {
      counts.sources += 1;
      if (typeof start === 'function') Reflect.apply(start, this, times);
    });
  }
}

function countsOf(page: Page): Promise<{ contexts: number; sources: number }> {
  return page.evaluate(() => Reflect.get(globalThis, 'counts'));
}

/** Resolves when more was played than before. */
async function untilPlayed(page: Page, from: number): Promise<void> {
  await page.waitForFunction((least) => Reflect.get(globalThis, 'counts').sources > least, from);
}

function fetched({ square }: WidgetPage): number {
  return square.requests.filter((path) => path.startsWith('/townring-sound.js')).length;
}

test('sound is off, and fetches and opens nothing, until it is switched on and something is pressed; then words, waves, comers and steps are heard', async (t) => {
  const widget = await openWidget(t, browser, {
    height: 700,
    peers: [visitor(2, 0.45, { displayName: 'Ada' })],
    before: countSounds,
  });
  const { strip, square, stage, page, errors } = widget;
  await strip.locator('.town[data-more=here]').waitFor();
  await stage.focus();
  await page.keyboard.press('Space');
  await square.next('action');
  square.send({ type: 'say', id: 2, text: 'quiet here', at: 1 });
  await strip.locator('.bubble').getByText('quiet here').waitFor();
  assert.deepEqual([await countsOf(page), fetched(widget)], [{ contexts: 0, sources: 0 }, 0]);

  await strip.getByRole('button', { name: 'Menu' }).click();
  const asked = page.waitForResponse(/townring-sound\.js/);
  await strip.getByLabel(/^Sound/).check();
  await (await asked).finished();
  await page.keyboard.press('Escape');
  for (const frame of [
    { type: 'say', id: 2, text: 'hello', at: 2 },
    { type: 'action', id: 2, action: 'raise-hand' },
    { type: 'join', peer: visitor(3, 0.6) },
  ]) {
    const { sources } = await countsOf(page);
    square.send(frame);
    await untilPlayed(page, sources);
  }
  const { sources } = await countsOf(page);
  await stage.focus();
  await page.keyboard.down('ArrowRight');
  await untilPlayed(page, sources);
  await page.keyboard.up('ArrowRight');
  assert.deepEqual([(await countsOf(page)).contexts, fetched(widget)], [1, 1]);

  // Remembered, and yet silent until the next press: so browsers want it.
  await page.reload();
  await strip.locator('.town[data-more=here]').waitFor();
  square.send({ type: 'say', id: 2, text: 'again', at: 3 });
  await strip.locator('.bubble').getByText('again').waitFor();
  assert.deepEqual([await countsOf(page), fetched(widget)], [{ contexts: 0, sources: 0 }, 1]);
  const back = page.waitForResponse(/townring-sound\.js/);
  await stage.focus();
  await page.keyboard.press('Space');
  await back;
  assert.equal((await countsOf(page)).contexts, 1);
  assert.deepEqual(errors, []);
});

test('calm spares steps and birds and keeps words; switched off nothing is heard any more', async (t) => {
  const widget = await openWidget(t, browser, {
    height: 700,
    attributes: 'calm',
    peers: [visitor(2, 0.45, { displayName: 'Ada' })],
    before: countSounds,
  });
  const { strip, square, stage, page } = widget;
  await strip.getByRole('button', { name: 'Menu' }).click();
  const asked = page.waitForResponse(/townring-sound\.js/);
  await strip.getByLabel(/^Sound/).check();
  await (await asked).finished();
  square.send({ type: 'say', id: 2, text: 'one', at: 1 });
  await untilPlayed(page, 0);
  await strip.locator('.bubble').getByText('one').waitFor();
  await page.keyboard.press('Escape');
  const { sources } = await countsOf(page);
  await stage.focus();
  for (let steps = 0; steps < 5; steps += 1) await page.keyboard.press('ArrowRight');
  await square.next('move');
  square.send({ type: 'bird', action: 'spawn', id: 9, perchId: 'a', x: 0.4, from: 'left', at: 1 });
  square.send({ type: 'profile', ...visitor(2, 0.45, { displayName: 'Eve' }) });
  await strip.locator('.plate').getByText('Eve').waitFor();
  assert.equal((await countsOf(page)).sources, sources);

  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel(/^Sound/).uncheck();
  await page.keyboard.press('Escape');
  square.send({ type: 'say', id: 2, text: 'two', at: 2 });
  await strip.locator('.bubble').getByText('two').waitFor();
  assert.equal((await countsOf(page)).sources, sources);
});

test('a file of sounds that does not come switches sound off again, and the strip goes on', async (t) => {
  const { strip, square, errors } = await openWidget(t, browser, {
    height: 700,
    peers: [visitor(2, 0.45, { displayName: 'Ada' })],
    missing: ['/townring-sound.js'],
  });
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel(/^Sound/).click();
  await strip.getByRole('checkbox', { name: /^Sound/, checked: false }).waitFor();
  square.send({ type: 'say', id: 2, text: 'still here', at: 1 });
  await strip.locator('.bubble').getByText('still here').waitFor();
  assert.deepEqual(errors, []);
});

interface Rendered {
  readonly peak: number;
  /** Loudest after one second. */
  readonly tail: number;
  readonly samples: readonly number[];
}

test('every sound is quiet, is over within a second, differs from the one before, and no more than six sound at once', async (t) => {
  const { page } = await openWidget(t, browser, {});
  for (const name of ['step', 'wave', 'line', 'arrival', 'bird']) {
    const [first, second]: Rendered[] = await page.evaluate(`(async () => {
      const { openSounds } = await import('/townring-sound.js');
      const rate = 22_050;
      const context = new OfflineAudioContext(1, 4 * rate, rate);
      let seed = 7;
      const chance = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
      const sounds = openSounds(context, chance);
      sounds.play('${name}', 0, 1);
      context.suspend(2).then(() => { sounds.play('${name}', 0, 1); context.resume(); });
      const all = (await context.startRendering()).getChannelData(0);
      return [0, 2].map((from) => {
        const part = [...all.slice(from * rate, (from + 2) * rate)];
        const loudest = (some) => some.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
        return { peak: loudest(part), tail: loudest(part.slice(rate)), samples: part.slice(0, 2_000) };
      });
    })()`);
    for (const one of [first, second]) {
      assert.ok(one !== undefined && one.peak > 0.002 && one.peak < 0.1, `${name}: peak ${one?.peak}`);
      assert.ok(one.tail < 1e-4, `${name}: ${one.tail} after a second`);
    }
    const apart = first?.samples.reduce(
      (most, one, at) => Math.max(most, Math.abs(one - (second?.samples[at] ?? 0))),
      0,
    );
    assert.ok((apart ?? 0) > 0.001, `${name}: twice the same`);
  }
  const played: Record<string, boolean[]> = await page.evaluate(`(async () => {
    const { openSounds } = await import('/townring-sound.js');
    const open = () => openSounds(new OfflineAudioContext(1, 100, 22_050), Math.random);
    const [steps, lines] = [open(), open()];
    const eight = [...'12345678'];
    return { steps: eight.map(() => steps.play('step', 5, 9)), lines: eight.map(() => lines.play('line', 0, 1)) };
  })()`);
  assert.deepEqual(
    [played['steps'], played['lines']].map((all) => all?.filter(Boolean).length),
    [3, 6],
  );
});
