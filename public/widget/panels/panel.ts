/** What panels share: they stand over everything, beside the strip, and hold one tab stop for a long list. */
import { el } from '../view/dom.ts';
import type { Frame } from '../view/frame.ts';

export interface Panel {
  readonly node: HTMLElement;
  readonly isOpen: boolean;
  show(): void;
  /** The caller says where the focus goes. */
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
    hide() {
      node.hidePopover();
      hadFocus = false;
    },
  };
}

/** Places a popover over the strip, or under it where there is more room. */
function placePanel({ style }: HTMLElement, host: HTMLElement): void {
  const strip = host.getBoundingClientRect();
  const under = innerHeight - strip.bottom;
  const over = innerHeight - under - 44;
  const isOver = over >= under;
  style.insetInlineEnd = `${Math.max(0, strip.left) + 6}px`;
  style.top = isOver ? 'auto' : `${strip.bottom + 8}px`;
  style.bottom = isOver ? `${Math.max(0, under) + 48}px` : 'auto';
  style.maxHeight = `${Math.min(440, Math.max(over, under) - 16)}px`;
}

/** One tab stop for a list of buttons: up and down by rows, left and right inside a row, as they lie on the screen. */
export function rove(list: HTMLElement): void {
  const buttons = (): HTMLButtonElement[] => [...list.querySelectorAll('button')];
  for (const [index, button] of buttons().entries()) button.tabIndex = index === 0 ? 0 : -1;
  list.addEventListener('keydown', (event) => {
    const all = buttons();
    const from = all.find((button) => button.matches(':focus'));
    const step = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
    const [aside = 0, down = 0] = step ?? [];
    if (from === undefined || step === undefined) return;
    event.preventDefault();
    const here = from.getBoundingClientRect();
    const [next] = all
      .map((button) => ({ button, box: button.getBoundingClientRect() }))
      .filter(({ button, box }) =>
        down === 0
          ? Math.abs(box.top - here.top) < here.height / 2 && (box.left - here.left) * aside > 0
          : (box.top - here.top) * down > here.height / 2 && button !== from,
      )
      .sort(
        (a, b) =>
          Math.abs(a.box.top - here.top) - Math.abs(b.box.top - here.top) ||
          Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left),
      );
    if (next === undefined) return;
    for (const button of all) button.tabIndex = button === next.button ? 0 : -1;
    next.button.focus();
  });
}
