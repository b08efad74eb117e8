/** What both admin pages are made of: elements with text, never with markup, a question before each deed, and a line that says how it went. */

/** @throws Error when the page was changed and its script was not */
export function byId<T extends Element>(id: string, kind: abstract new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

export type Child = Node | string;
export type Attributes = Readonly<Record<string, string | boolean>>;

/** `false` leaves an attribute away, `true` sets it without a value. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false) continue;
    node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}

export function button(text: string, run: () => unknown, attributes: Attributes = {}): HTMLButtonElement {
  const node = el('button', { type: 'button', ...attributes }, text);
  node.addEventListener('click', () => void run());
  return node;
}

/** A choice of one. @param options text by value @param run is told the value that was chosen */
export function choice(
  options: Readonly<Record<string, string>>,
  chosen: string,
  run: (value: string) => unknown,
  attributes: Attributes = {},
): HTMLSelectElement {
  const select = el('select', attributes);
  for (const [value, text] of Object.entries(options)) {
    select.append(el('option', { value, selected: value === chosen }, text));
  }
  select.addEventListener('change', () => void run(select.value));
  return select;
}

/** A box with its text. @param run when it answers false, nothing was done: the box is as it was */
export function tick(text: string, isChecked: boolean, run: (isChecked: boolean) => unknown): HTMLLabelElement {
  const box = el('input', { type: 'checkbox', checked: isChecked });
  box.addEventListener('change', () => {
    void Promise.resolve(run(box.checked)).then((outcome) => {
      if (outcome === false) box.checked = !box.checked;
    });
  });
  return el('label', { class: 'tick' }, box, ` ${text}`);
}

export function heading(text: string): HTMLElement {
  return el('th', { scope: 'col' }, text);
}

const numbers = new Intl.NumberFormat('en');

/** `1 site`, `2,000 sites` */
export function counted(count: number, one: string, other = `${one}s`): string {
  return `${numbers.format(count)} ${count === 1 ? one : other}`;
}

/** The dialog of the page asks. */
export function isAgreed(sentence: string): Promise<boolean> {
  const dialog = byId('confirm', HTMLDialogElement);
  byId('confirm-text', HTMLElement).textContent = sentence;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

/** How it went, for eyes and for screen readers. */
export function say(text: string): void {
  byId('status', HTMLElement).textContent = text;
}

/** The end of a key is as good as its beginning, which is the same for all. */
export function shortKey(square: string): string {
  return `…${square.slice(-8)}`;
}
