import type { Page } from 'playwright-core';

/**
 * What can be pressed and is smaller than 44 px, counting the area around it that also takes the press.
 * @param within a selector: what lies under an open panel cannot be pressed
 */
export function smallTargets(page: Page, within = '.town'): Promise<string[]> {
  return page.evaluate((part) => {
    const root = document.querySelector('town-square')?.shadowRoot;
    return [...(root?.querySelector(part)?.querySelectorAll('button,a,input,select') ?? [])].flatMap((node) => {
      const box = (node.closest('label.switch') ?? node).getBoundingClientRect();
      if (box.width === 0 || getComputedStyle(node).visibility === 'hidden') return [];
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      const takes = (x: number, y: number): boolean => {
        const hit = root?.elementFromPoint(x, y) ?? null;
        return hit !== null && (hit === node || node.contains(hit) || (hit.contains(node) && hit.tagName === 'FORM'));
      };
      const reach = 21;
      const isLarge =
        (box.width >= 44 || (takes(middle.x - reach, middle.y) && takes(middle.x + reach, middle.y))) &&
        (box.height >= 44 || (takes(middle.x, middle.y - reach) && takes(middle.x, middle.y + reach)));
      const what = `${node.tagName}.${node.className} "${node.ariaLabel ?? node.textContent}"`;
      return isLarge ? [] : [`${what} ${box.width}×${box.height}`];
    });
  }, within);
}
