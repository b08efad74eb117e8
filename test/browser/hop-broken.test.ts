/** What a visitor notices when squares are killed, and those on the streets when a page is closed, in the middle of it all. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { launchChromium } from '../support/chromium.ts';
import { LiveClient } from '../support/live-client.ts';
import { gatesLive, startRing, type RingMember } from '../support/ring-of-processes.ts';
import { nameOneself, ribbon, stage, toRightGate, walkRight, witness } from './hill-walk.ts';
import { openStrip, type StripPage } from './strip-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

/** Walks into the right gate, whose square falls silent: on the way until something happens. */
async function climbRight(strip: StripPage, birch: RingMember): Promise<void> {
  await toRightGate(strip);
  birch.process().kill('SIGSTOP');
  await strip.page.keyboard.down('ArrowRight');
  await strip.page.getByText('Walking over to Birch…').first().waitFor();
  await strip.page.keyboard.up('ArrowRight');
}

/** Starts a square again that was killed, and waits until it hears its neighbours. */
async function returned(member: RingMember): Promise<void> {
  await member.process().exited;
  await member.restart();
  await gatesLive(member, 2);
}

/** Asks to be let in on the right until that is so: a link that hung may be made anew first. */
async function letIn(client: LiveClient): Promise<void> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline;) {
    client.send({ type: 'hop', side: 'right' });
    const hopped = await client.next('hopped');
    if ('edge' in hopped) return;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  assert.fail('nobody is let in on the right any more');
}

/** The way to the right is open: a square that came back may be heard of before it lets anybody in. */
async function scout(from: RingMember): Promise<void> {
  const client = await witness(from, 'Scout');
  await letIn(client);
  await client.close();
}

/** Who a newcomer finds on a street. */
async function namesAt({ socket }: RingMember): Promise<(string | undefined)[]> {
  const late = await LiveClient.connect(socket);
  const { peers } = await late.join({ browserId: `late-${performance.now()}` });
  await late.close();
  return (peers ?? []).map(({ displayName }) => displayName).sort();
}

const idOf = (frame: ServerFrame): number | null | undefined => (frame.type === 'hello' ? frame.id : undefined);

test('squares and pages that end in the middle of a hop, of a look, of a visit', async (t) => {
  const ring = await startRing(t, ['alder', 'birch', 'cedar'], { RING_SHARING: 'live' });
  const [alder, birch] = ring;
  assert.ok(alder && birch);

  await t.test('a page closed on the hill, or just after it, leaves nobody behind on either street', async () => {
    const home = await witness(alder, 'Di');
    const there = await witness(birch, 'Bo');
    const hasty = await openStrip(browser, alder.url);
    await walkRight(hasty);
    const { peer } = await there.next('join');
    await hasty.context.close();
    assert.equal((await there.next('leave')).id, peer.id);

    const climbing = await openStrip(browser, alder.url);
    await climbRight(climbing, birch);
    const { id } = await climbing.next('hello');
    await climbing.context.close();
    await home.next('leave', (leave) => leave.id === id);
    birch.process().kill('SIGCONT');
    // Whoever comes over the same hill next is let in after all that was asked before.
    const next = await witness(alder, 'Ed');
    await letIn(next);
    assert.deepEqual(await namesAt(birch), ['Bo', 'Ed']);
    assert.deepEqual(await namesAt(alder), ['Di']);
    await Promise.all([home.close(), there.close(), next.close()]);
  });

  await t.test(
    'the next square is killed: back down from the hill, back from the look, back from the visit',
    async () => {
      const home = await witness(alder, 'Di');
      const strip = await openStrip(browser, alder.url);
      const { page } = strip;
      const { id } = await strip.next('hello');
      const address = page.url();
      home.take();

      await climbRight(strip, birch);
      birch.process().kill('SIGKILL');
      await page.locator('.remark', { hasText: 'Birch does not answer.' }).waitFor();
      await page.keyboard.press('ArrowLeft', { delay: 300 });
      await home.next('move', (move) => move.id === id);
      assert.ok(
        !home.take().some((frame) => frame.type === 'leave' && frame.id === id),
        'those at home saw nobody leave',
      );
      await returned(birch);

      await toRightGate(strip);
      await page.keyboard.press('ArrowDown');
      const remark = page.locator('.remark', { hasText: 'Over at Birch: 0 people' });
      await remark.waitFor();
      birch.process().kill('SIGKILL');
      await page.locator('.remark', { hasText: 'Birch does not answer.' }).waitFor();
      await returned(birch);
      await scout(alder);

      await walkRight(strip);
      await ribbon(strip, 'Birch').waitFor();
      const killedAt = performance.now();
      birch.process().kill('SIGKILL');
      await page.getByText('The way was lost. You are home again.').first().waitFor();
      assert.ok(performance.now() - killedAt < 10_000, 'home within ten seconds');
      await home.next('join', (join) => join.peer.id === id);
      assert.equal(
        strip.frames.map(({ frame }) => idOf(frame)).findLast((one) => one !== undefined),
        id,
      );
      assert.equal(page.url(), address, 'in the same page');
      await returned(birch);
      await strip.context.close();
      await home.close();
    },
  );

  await t.test(
    'the own square is killed during a visit: gone from there, and home under the own name when it is back',
    async () => {
      await scout(alder);
      const there = await witness(birch, 'Bo');
      const strip = await openStrip(browser, alder.url);
      await nameOneself(strip, 'Ada');
      await walkRight(strip);
      const { peer } = await there.next('join', (join) => join.peer.displayName === 'Ada');
      alder.process().kill('SIGKILL');
      // The host lets go of the guest.
      await there.next('leave', (leave) => leave.id === peer.id);
      await strip.page
        .getByText(/Lost the path/)
        .first()
        .waitFor();
      await returned(alder);
      await strip.page.getByText('The way was lost. You are home again.').first().waitFor();
      await ribbon(strip, 'Birch').waitFor({ state: 'detached' });
      await stage(strip)
        .and(strip.page.getByRole('application', { name: 'Path. 1 person. Arrow keys walk.' }))
        .waitFor();
      assert.deepEqual(await namesAt(alder), ['Ada']);
      await strip.context.close();
      await there.close();
    },
  );
});
