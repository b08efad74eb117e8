/** The people button's panel: who is here, what was said, and which gates there are. */
import type { Side } from '../../../src/protocol/limits.ts';
import { icon } from '../art/icons.ts';
import type { Palette } from '../art/palette.ts';
import { othersByDistance, selfOf, type Person, type World } from '../model/world.ts';
import type { Strings } from '../strings.ts';
import { bdi, el } from './dom.ts';
import { signOf } from './labels-view.ts';
import { rove } from './panel.ts';

/** Rows of people; the rest is a number. */
const ROWS_MAX = 40;

export interface PeopleActions {
  walkTo(person: Person): void;
  visit(side: Side): void;
  gateName(side: Side): string | undefined;
}

export class PeoplePanel {
  readonly #panel: HTMLElement;
  readonly #world: World;
  readonly #strings: Strings;
  readonly #actions: PeopleActions;
  readonly #tabs: readonly [HTMLButtonElement, HTMLButtonElement];
  readonly #body: HTMLElement;
  #palette: Palette | undefined;
  #isLog = false;

  constructor(panel: HTMLElement, world: World, strings: Strings, actions: PeopleActions) {
    this.#panel = panel;
    this.#world = world;
    this.#strings = strings;
    this.#actions = actions;
    const tab = (id: string, name: string): HTMLButtonElement =>
      el('button', { type: 'button', role: 'tab', id, 'aria-controls': 'tab-body' }, name);
    this.#tabs = [tab('tab-people', strings.people), tab('tab-log', strings.log)];
    this.#body = el('div', { role: 'tabpanel', id: 'tab-body', tabindex: 0 });
    const tabs = el('div', { class: 'tabs', role: 'tablist' }, ...this.#tabs);
    for (const [index, button] of this.#tabs.entries()) button.addEventListener('click', () => this.show(index === 1));
    panel.append(tabs, this.#body);
    this.show(false);
  }

  show(isLog: boolean): void {
    this.#isLog = isLog;
    for (const [index, button] of this.#tabs.entries()) {
      const isSelected = (index === 1) === isLog;
      button.setAttribute('aria-selected', String(isSelected));
    }
    this.#body.setAttribute('aria-labelledby', isLog ? 'tab-log' : 'tab-people');
    this.refresh();
  }

  get isOpen(): boolean {
    return this.#panel.matches(':popover-open');
  }

  /** Draws the list when somebody can see it. */
  refresh(palette = this.#palette): void {
    this.#palette = palette;
    if (!this.isOpen) {
      this.#body.replaceChildren();
      return;
    }
    // A list that changes under the reader's finger is worse than a late one.
    if (!this.#body.contains(rootFocus(this.#panel))) {
      this.#body.replaceChildren(...(this.#isLog ? this.#lines() : this.#people(palette)));
    }
  }

  #lines(): Node[] {
    const strings = this.#strings;
    const lines = this.#world.log.map(({ name, text, isMine }) =>
      el('p', {}, el('b', {}, bdi(isMine ? strings.you : name === '' ? strings.someone : name)), ' ', bdi(text)),
    );
    const list = el('div', { class: 'lines' }, ...lines);
    queueMicrotask(() => list.lastElementChild?.scrollIntoView({ block: 'nearest' }));
    return lines.length === 0 ? [el('p', { class: 'quiet' }, strings.logEmpty)] : [list];
  }

  #people(palette: Palette | undefined): Node[] {
    const strings = this.#strings;
    const self = selfOf(this.#world);
    const others = othersByDistance(this.#world, self?.x ?? 0.5);
    const list = el(
      'ul',
      { class: 'list' },
      ...(['left', 'right'] as const).flatMap((side) => this.#gateRow(side)),
      ...(self === undefined
        ? []
        : [el('li', {}, this.#row(self, self.name === '' ? strings.youAlone : strings.withYou(self.name), palette))]),
      ...others.slice(0, ROWS_MAX).map((person) => el('li', {}, this.#row(person, nameOf(person, strings), palette))),
    );
    rove(list);
    const more = others.length - ROWS_MAX;
    return more > 0 ? [list, el('p', { class: 'quiet' }, strings.peopleMore(more))] : [list];
  }

  #gateRow(side: Side): Node[] {
    const name = this.#actions.gateName(side);
    if (name === undefined) return [];
    const button = el(
      'button',
      { type: 'button' },
      bdi(name),
      el('span', { class: 'quiet' }, this.#strings.gate(side)),
    );
    button.addEventListener('click', () => this.#actions.visit(side));
    return [el('li', {}, button)];
  }

  #row(person: Person, name: string, palette: Palette | undefined): HTMLElement {
    const strings = this.#strings;
    const dot = el('span', { class: 'dot', 'aria-hidden': 'true' });
    dot.style.background = palette?.coats[person.look.coat] ?? '';
    const sign = signOf(person);
    const about = [
      person.isOwner ? strings.owner : '',
      person.isResident ? strings.resident : '',
      person.readingLabel === '' ? '' : strings.reading(person.readingLabel),
      person.isActive ? '' : strings.away,
    ].filter((part) => part !== '');
    const isSelf = person.id === this.#world.selfId;
    const button = el(
      'button',
      { type: 'button', 'aria-label': isSelf ? undefined : [strings.walkTo(name), ...about].join(', ') },
      dot,
      ...(sign === undefined ? [] : [icon(sign)]),
      bdi(name),
      el('span', { class: 'quiet' }, about.join(', ')),
    );
    button.addEventListener('click', () => {
      if (!isSelf) this.#actions.walkTo(person);
    });
    return button;
  }
}

export function nameOf(person: Person, strings: Strings): string {
  const name = person.name === '' ? strings.someone : person.name;
  return person.from === undefined ? name : strings.from(name, person.from.name);
}

function rootFocus(node: Node): Element | null {
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? root.activeElement : null;
}
