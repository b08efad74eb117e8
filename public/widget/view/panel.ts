/** What panels share: they stand over everything, beside the strip, and hold one tab stop for a long list. */
import { el } from './dom.ts';
import type { Frame } from './frame.ts';

export interface Panel {
  readonly node: HTMLElement;
  readonly isOpen: boolean;
  show(): void;
  hide(): void;
}

/** A panel, that its button opens and closes if it has one. `onToggle` hears that it opened (before it is seen) or closed. */
export function createPanel(
  frame: Frame,
  button: HTMLButtonElement | undefined,
  host: HTMLElement,
  onToggle: (isOpen: boolean) => unknown,
): Panel {
  const node = el('div', { class: 'panel', popover: 'auto', role: 'dialog' });
  const isOpen = (): boolean => node.matches(':popover-open');
  let hadFocus = false;
  node.addEventListener('beforetoggle', () => {
    hadFocus = node.matches(':focus-within');
  });
  node.addEventListener('toggle', () => {
    button?.setAttribute('aria-expanded', String(isOpen()));
    if (isOpen()) placePanel(node, host);
    // Browsers give the focus back to the host, which cannot hold it.
    else if (hadFocus) (button ?? frame.stage).focus();
    onToggle(isOpen());
  });
  frame.bar.after(node);
  if (button !== undefined) button.popoverTargetElement = node;
  return {
    node,
    get isOpen() {
      return isOpen();
    },
    show: () => void (isOpen() || node.showPopover()),
    hide: () => node.hidePopover(),
  };
}

/** Places a popover over the strip, or under it where there is more room. */
function placePanel({ style }: HTMLElement, host: HTMLElement): void {
  const strip = host.getBoundingClientRect();
  const under = innerHeight - strip.bottom;
  const over = innerHeight - under - 44;
  const isOver = over >= under;
  style.insetInlineEnd = `${Math.max(0, strip.left) + 8}px`;
  style.top = isOver ? 'auto' : `${strip.bottom + 8}px`;
  style.bottom = isOver ? `${Math.max(0, under) + 48}px` : 'auto';
  style.maxHeight = `${Math.min(440, Math.max(over, under) - 16)}px`;
}

/** One tab stop for a list of buttons; arrows move inside it. */
export function rove(list: HTMLElement): void {
  const buttons = (): HTMLButtonElement[] => [...list.querySelectorAll('button')];
  for (const [index, button] of buttons().entries()) button.tabIndex = index === 0 ? 0 : -1;
  list.addEventListener('keydown', (event) => {
    const all = buttons();
    const at = all.findIndex((button) => button.matches(':focus'));
    const goals: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
    };
    const goal = goals[event.key];
    if (goal === undefined) return;
    const next = all[Math.min(Math.max(goal, 0), all.length - 1)];
    if (next === undefined) return;
    event.preventDefault();
    for (const button of all) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  });
}
