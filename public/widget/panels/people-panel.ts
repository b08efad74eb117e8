/** The people button's panel: who is here, what was said, and which gates there are. */
import type { Side } from '../../../src/protocol/limits.ts';
import { propsOf } from '../../../src/protocol/scene-kit.ts';
import { HIDE, LOOK, icon, MUTE, PEOPLE, WAVE, type Icon } from '../art/icons.ts';
import type { Palette } from '../art/palette.ts';
import type { GateView } from '../model/gate-view.ts';
import { STREET_UNITS } from '../model/layout.ts';
import { othersByDistance, selfOf, type Person, type Shunned, type World } from '../model/world.ts';
import { nameOf } from '../model/naming.ts';
import type { PanelWords } from './panel-words.ts';
import { bdi, el } from '../view/dom.ts';
import { signOf } from '../view/labels-view.ts';
import { rove, type Panel } from './panel.ts';

/** Rows of people; the rest is a number. */
const ROWS_MAX = 40;

export interface PeopleActions {
  readonly walkTo: (person: Person) => void;
  readonly waveTo: (person: Person) => void;
  /** Mutes or hides for this visitor alone. */
  readonly shun: (person: Person, as: Shunned | undefined) => void;
  /** To a place of the street, in units. */
  readonly goTo: (units: number) => void;
  /** undefined where there is no board. */
  readonly readBoard: () => (() => void) | undefined;
  readonly visit: (side: Side) => void;
  /** Looks over the hill. */
  readonly look: (side: Side) => void;
  readonly gateOf: (side: Side) => GateView | undefined;
  /** What is said of a gate beside its name: who is there, and which it is. */
  readonly aboutGate: (side: Side) => string;
  readonly palette: () => Palette;
}

export class PeoplePanel {
  readonly #panel: Panel;
  readonly #world: World;
  readonly #words: PanelWords;
  readonly #actions: PeopleActions;
  readonly #tabs: readonly [HTMLButtonElement, HTMLButtonElement];
  readonly #body: HTMLElement;
  #isLog = false;

  constructor(panel: Panel, world: World, words: PanelWords, actions: PeopleActions) {
    this.#panel = panel;
    this.#world = world;
    this.#words = words;
    this.#actions = actions;
    const tab = (id: string): HTMLButtonElement =>
      el('button', { type: 'button', role: 'tab', id, 'aria-controls': 'tab-body' });
    this.#tabs = [tab('tab-people'), tab('tab-log')];
    this.#body = el('div', { role: 'tabpanel', id: 'tab-body', tabindex: 0 });
    const tabs = el('div', { class: 'tabs', role: 'tablist' }, ...this.#tabs);
    for (const [index, button] of this.#tabs.entries()) button.addEventListener('click', () => this.show(index === 1));
    panel.node.append(tabs, this.#body);
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

  reword(): void {
    this.#tabs[0].textContent = this.#words('people');
    this.#tabs[1].textContent = this.#words('log');
    this.refresh();
  }

  /** Draws the list when somebody can see it. */
  refresh(): void {
    if (!this.#panel.isOpen) {
      this.#body.replaceChildren();
      return;
    }
    // A list that changes under the reader's finger is worse than a late one.
    if (!this.#body.contains(rootFocus(this.#panel.node))) {
      this.#body.replaceChildren(...(this.#isLog ? this.#lines() : this.#people()));
    }
  }

  #lines(): Node[] {
    const words = this.#words;
    const lines = this.#world.log.map(({ name, text, isMine }) =>
      el('p', {}, el('b', {}, bdi(isMine ? words('you') : name || words('someone'))), ' ', bdi(text)),
    );
    const list = el('div', { class: 'lines' }, ...lines);
    queueMicrotask(() => list.lastElementChild?.scrollIntoView({ block: 'nearest' }));
    const quiet = (key: 'logEmpty' | 'logKept'): Node => el('p', { class: 'quiet' }, words(key));
    return [...(lines.length === 0 ? [quiet('logEmpty')] : []), quiet('logKept'), list];
  }

  #people(): Node[] {
    const words = this.#words;
    const self = selfOf(this.#world);
    const others = othersByDistance(this.#world, self?.x ?? 0.5);
    const list = el(
      'ul',
      { class: 'list' },
      ...(self === undefined
        ? []
        : [
            el('li', {}, this.#row(self, self.name === '' ? words('youAlone') : words('withYou', { name: self.name }))),
          ]),
      ...others
        .slice(0, ROWS_MAX)
        .map((person) =>
          el('li', {}, this.#row(person, nameOf(person, words)), ...this.actionsOf(person, () => this.#redraw())),
        ),
    );
    const more = others.length - ROWS_MAX;
    const body = el(
      'div',
      {},
      list,
      ...(more > 0 ? [el('p', { class: 'quiet' }, words('peopleMore', { n: more }))] : []),
      ...this.#hiddenRow(),
      el('h2', {}, words('places')),
      el('ul', { class: 'list' }, ...this.#places()),
      el('p', { class: 'quiet' }, words('onlyYou')),
    );
    rove(body);
    return [body];
  }

  /** One way back for all who are hidden; there is nothing to tell them apart by. */
  #hiddenRow(): Node[] {
    const hidden = [...this.#world.people.values()].filter(({ shunned }) => shunned === 'hidden');
    if (hidden.length === 0) return [];
    const button = el('button', { type: 'button', class: 'pill wide' }, this.#words('unhide'));
    button.addEventListener('click', () => {
      for (const person of hidden) this.#actions.shun(person, undefined);
      this.#redraw();
    });
    return [button];
  }

  /** Where one can go without arrow keys. */
  #places(): Node[] {
    const words = this.#words;
    const place = (text: string, go: () => void): Node => {
      const button = el('button', { type: 'button' }, text);
      button.addEventListener('click', go);
      return el('li', {}, button);
    };
    const read = this.#actions.readBoard();
    return [
      ...(['left', 'right'] as const).flatMap((side) => this.#gateRow(side)),
      ...(read === undefined ? [] : [place(words('readBoard'), read)]),
      ...propsOf(this.#world.scene)
        .filter(({ kind }) => kind !== 'lamp')
        .map(({ kind, x }) =>
          place(words(kind === 'bench' ? 'sitOn' : 'leanOn'), () => this.#actions.goTo(x * STREET_UNITS)),
        ),
    ];
  }

  /** After a press inside the list, which else stays as it is. */
  #redraw(): void {
    this.#body.replaceChildren(...this.#people());
    this.#body.focus();
  }

  /** Visit, and look where something is to be seen. */
  #gateRow(side: Side): Node[] {
    const words = this.#words;
    const gate = this.#actions.gateOf(side);
    if (gate === undefined) return [];
    const { name, state } = gate;
    const about = this.#actions.aboutGate(side);
    const label = [words('visitGate', { name }), about].join(words('comma'));
    const button = el(
      'button',
      { type: 'button', 'aria-label': label },
      bdi(name),
      // What is read and what is seen are the same words.
      ' ',
      el('span', { class: 'quiet' }, about),
    );
    button.addEventListener('click', () => this.#actions.visit(side));
    const canLook = state === 'live' || state === 'dim';
    const title = words('lookGate', { name });
    return [el('li', {}, button, ...(canLook ? [act(LOOK, title, title, () => this.#actions.look(side))] : []))];
  }

  /** Wave, mute, hide. @param onShun hears that the last two were pressed */
  actionsOf(person: Person, onShun: () => void): HTMLButtonElement[] {
    const name = nameOf(person, this.#words);
    const [, wave = '', mute = '', unmute = '', hide = ''] = this.#words('actions').split('|');
    const isMuted = person.shunned === 'muted';
    const shun = (as: Shunned | undefined) => (): void => {
      this.#actions.shun(person, as);
      onShun();
    };
    return [
      act(WAVE, wave, this.#words('waveTo', { name }), () => this.#actions.waveTo(person)),
      isMuted
        ? act(PEOPLE, unmute, this.#words('unmute', { name }), shun(undefined))
        : act(MUTE, mute, this.#words('mute', { name }), shun('muted')),
      act(HIDE, hide, this.#words('hide', { name }), shun('hidden')),
    ];
  }

  /** What is known of them, beside the name. */
  about(person: Person): string {
    const words = this.#words;
    return [
      person.isOwner ? words('owner') : '',
      person.isResident ? words('resident') : '',
      person.readingLabel === '' ? '' : words('reading', { label: person.readingLabel }),
      person.isActive ? '' : words('away'),
      person.shunned === 'muted' ? words('muted') : '',
    ]
      .filter((part) => part !== '')
      .join(words('comma'));
  }

  #row(person: Person, name: string): HTMLElement {
    const words = this.#words;
    const dot = el('span', { class: 'dot', 'aria-hidden': 'true' });
    dot.style.background = this.#actions.palette().coats[person.look.coat] ?? '';
    const sign = signOf(person);
    const about = this.about(person);
    const isSelf = person.id === this.#world.selfId;
    const button = el(
      'button',
      {
        type: 'button',
        'aria-label': isSelf
          ? undefined
          : [words('walkTo', { name }), about].filter((part) => part !== '').join(words('comma')),
      },
      dot,
      ...(sign === undefined ? [] : [icon(sign)]),
      bdi(name),
      el('span', { class: 'quiet' }, about),
    );
    button.addEventListener('click', () => {
      if (!isSelf) this.#actions.walkTo(person);
    });
    return button;
  }
}

function rootFocus(node: Node): Element | null {
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? root.activeElement : null;
}

function act(sign: Icon, title: string, label: string, run: () => void): HTMLButtonElement {
  const button = el('button', { type: 'button', class: 'act', title, 'aria-label': label }, icon(sign));
  button.addEventListener('click', run);
  return button;
}
