/** What somebody does on a strip in a real ring, and what a screen reader would read out meanwhile. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { LiveClient } from '../support/live-client.ts';
import type { RingMember } from '../support/ring-of-processes.ts';
import type { StripPage } from './strip-page.ts';

export const stage = ({ page }: StripPage): Locator => page.getByRole('application');

/** The line that says where the strip is while it is away. */
export const ribbon = ({ page }: StripPage, name: string): Locator =>
  page.getByRole('group', { name: `You are at ${name}` });

/** Somebody who stands on a street and hears all that happens there. */
export async function witness(
  { socket }: RingMember,
  name: string,
  at: { readonly path?: string; readonly origin?: string } = {},
): Promise<LiveClient> {
  const client = await LiveClient.connect(`${socket}${at.path ?? ''}`, at);
  await client.join({ ring: 1, browserId: `witness-${name}`, displayName: name, x: 0.5 });
  return client;
}

/** Walks up to the right gate. The focus stays on the path. */
export async function toRightGate(strip: StripPage): Promise<void> {
  await stage(strip).focus();
  await strip.page.keyboard.press('End');
  await strip.page.getByText(/Walk on to visit/).waitFor();
}

/** Walks through the right gate by holding the arrow key. */
export async function walkRight(strip: StripPage): Promise<void> {
  await toRightGate(strip);
  await strip.page.keyboard.down('Shift');
  await strip.page.keyboard.down('ArrowRight');
  await strip.next('hopped', (frame) => 'edge' in frame, 20_000);
  await strip.page.keyboard.up('ArrowRight');
  await strip.page.keyboard.up('Shift');
}

/** Takes a name, through the menu. */
export async function nameOneself({ page }: StripPage, name: string): Promise<void> {
  const strip = page.locator('town-square');
  await strip.getByRole('button', { name: 'Menu' }).click();
  await strip.getByLabel('Your name here').fill(name);
  await strip.getByRole('button', { name: 'Save' }).click();
  await page.keyboard.press('Escape');
}

/** What the focus is on inside the strip: its accessible name, or its tag. "" when it is elsewhere. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const node = document.activeElement?.shadowRoot?.activeElement;
    return node?.getAttribute('aria-label') ?? (node?.textContent || node?.tagName) ?? '';
  });
}

/** Presses a key until the focus is where it is wanted, as somebody would who listens. */
export async function tabTo(page: Page, name: RegExp, key = 'Tab', most = 24): Promise<void> {
  for (let presses = 0; presses < most; presses += 1) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press(key);
  }
  assert.match(await focused(page), name, `not within ${most} presses of ${key}`);
}

/** Listens to the live regions. @returns what was put into them since, in order */
export async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.locator('town-square').evaluate((host) => {
    const spoken: string[] = [];
    Reflect.set(globalThis, 'spoken', spoken);
    for (const region of host.shadowRoot?.querySelectorAll('[role=log],[role=status]') ?? []) {
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const node of addedNodes) spoken.push(node.textContent ?? '');
      }).observe(region, { childList: true, subtree: true });
    }
  });
  return () => page.evaluate((): string[] => Reflect.get(globalThis, 'spoken'));
}
