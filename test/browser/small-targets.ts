import type { Page } from 'playwright-core';

/** What can be pressed and is smaller than 44 px, counting the area around it that also takes the press. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.querySelector('town-square')?.shadowRoot;
    return [...(root?.querySelectorAll('button,a,input') ?? [])].flatMap((node) => {
      const box = node.getBoundingClientRect();
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
      return isLarge ? [] : [`${node.tagName}.${node.className} ${box.width}×${box.height}`];
    });
  });
}
