/** The menu: who one is here, what others see of it, switches, and the keys. */
import { COAT_COUNT, type Look } from '../../../src/protocol/look.ts';
import type { Palette } from '../art/palette.ts';
import { cleanName } from '../model/me.ts';
import type { PanelWords } from './panel-words.ts';
import { bdi, el } from '../view/dom.ts';

const HELP = ['helpWalk', 'helpSit', 'helpWave', 'helpGates', 'helpSay', 'helpTouch'] as const;

export interface MenuState {
  readonly name: string;
  readonly look: Look;
  readonly isCalm: boolean;
  readonly isBeyondHill: boolean;
  /** undefined where the page's owner shows nobody what is read. */
  readonly isPageShared: boolean | undefined;
  readonly isUnseen: boolean;
  readonly hasSound: boolean;
  readonly isRemembered: boolean;
  readonly palette: Palette;
}

export interface MenuActions {
  readonly portrait: (canvas: HTMLCanvasElement, look: Look, palette: Palette) => void;
  readonly save: (name: string, look: Look) => void;
  readonly calm: (isCalm: boolean) => void;
  readonly sound: (isOn: boolean) => void;
  readonly beyondHill: (isShown: boolean) => void;
  readonly unseen: (isUnseen: boolean) => void;
  readonly pageShown: (isShown: boolean) => void;
  readonly remembered: (isRemembered: boolean) => void;
}

/** Fills the menu when it opens. */
export function fillMenu(panel: HTMLElement, state: MenuState, words: PanelWords, actions: MenuActions): void {
  panel.replaceChildren(
    profileForm(state, words, actions),
    el('h2', {}, words('whatOthersSee')),
    el('p', { class: 'quiet' }, words('firstVisit')),
    seenCard(state, words),
    toggle(words('calmSwitch'), state.isCalm, actions.calm),
    toggle(words('soundSwitch'), state.hasSound, actions.sound),
    toggle(words('showBeyond'), state.isBeyondHill, actions.beyondHill),
    ...(state.isPageShared === undefined ? [] : [toggle(words('sharePage'), state.isPageShared, actions.pageShown)]),
    toggle(words('watchUnseen'), state.isUnseen, actions.unseen),
    toggle(words('remember'), state.isRemembered, actions.remembered),
    el('h2', {}, words('help')),
    el('dl', {}, ...HELP.flatMap((key) => helpLine(words(key)))),
  );
}

function profileForm(state: MenuState, words: PanelWords, actions: MenuActions): HTMLFormElement {
  let { look } = state;
  const preview = el('canvas', { 'aria-hidden': 'true' });
  const wear = (change: Partial<Look>): void => {
    look = { ...look, ...change };
    actions.portrait(preview, look, state.palette);
  };
  const name = el('input', { type: 'text', maxlength: 18, autocomplete: 'off', dir: 'auto' });
  name.value = state.name;
  const coats = el('fieldset', { class: 'coats' }, el('legend', {}, words('coat')));
  const coatNames = words('coatNames').split('|');
  for (let coat = 0; coat < COAT_COUNT; coat += 1) {
    const input = el('input', {
      type: 'radio',
      name: 'coat',
      'aria-label': coatNames[coat],
      title: coatNames[coat],
    });
    input.checked = coat === look.coat;
    input.style.setProperty('--c', state.palette.coats[coat] ?? '');
    input.addEventListener('change', () => wear({ coat }));
    coats.append(input);
  }
  const headwear = choice(words('headwear'), words('headwearNames'), look.headwear, (index) =>
    wear({ headwear: index }),
  );
  const carried = choice(words('carried'), words('carriedNames'), look.carried, (index) => wear({ carried: index }));
  const save = el('button', { class: 'pill wide', type: 'submit' }, words('save'));
  const done = el('span', { class: 'quiet', role: 'status' });
  const form = el(
    'form',
    {},
    el('div', { class: 'row self' }, preview, el('label', { class: 'field' }, el('span', {}, words('name')), name)),
    el('p', { class: 'quiet' }, words('nameHint')),
    coats,
    el('div', { class: 'row' }, headwear, carried),
    el('div', { class: 'row' }, save, done),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    actions.save(cleanName(name.value), look);
    done.textContent = words('saved');
  });
  form.addEventListener('input', () => {
    done.textContent = '';
  });
  wear({});
  return form;
}

function choice(
  label: string,
  /** Separated by bars. */
  names: string,
  chosen: number,
  onChange: (index: number) => void,
): HTMLElement {
  const select = el(
    'select',
    {},
    ...names.split('|').map((name, index) => el('option', { value: index, selected: index === chosen }, name)),
  );
  select.addEventListener('change', () => onChange(select.selectedIndex));
  return el('label', { class: 'field' }, el('span', {}, label), select);
}

function seenCard(state: MenuState, words: PanelWords): HTMLElement {
  const coat = words('coatNames').split('|')[state.look.coat] ?? '';
  if (state.isUnseen)
    return el('dl', { class: 'keys' }, el('dt', {}, words('seeHere')), el('dd', {}, words('seeUnseen')));
  const figure = words(state.name === '' ? 'seeHereNameless' : 'seeHereNamed', { name: state.name, coat });
  return el(
    'dl',
    { class: 'keys' },
    el('dt', {}, words('seeHere')),
    el('dd', {}, bdi(figure)),
    el('dd', {}, words(state.isPageShared === true ? 'pageShared' : 'pageKept')),
    el('dt', {}, words('seeHill')),
    el('dd', {}, words(state.isBeyondHill ? 'seeHillGrey' : 'seeHillNumber')),
    el('dt', {}, words('seeRing')),
    el('dd', {}, words('seeHillNumber')),
  );
}

function toggle(label: string, isOn: boolean, onChange: (isOn: boolean) => void): HTMLElement {
  const input = el('input', { type: 'checkbox' });
  input.checked = isOn;
  input.addEventListener('change', () => onChange(input.checked));
  return el('label', { class: 'switch' }, input, label);
}

/** @param line keys and what they do, parted by a bar */
function helpLine(line: string): HTMLElement[] {
  const [keys = '', does = ''] = line.split('|');
  return [el('dt', {}, keys), el('dd', {}, does)];
}
