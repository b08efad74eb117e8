/** The menu: who one is here, what others see of it, switches, and the keys. */
import { COAT_COUNT, type Look } from '../../../src/protocol/look.ts';
import { drawFigure, toneReader } from '../art/atlas.ts';
import { figureArt } from '../art/figure-art.ts';
import type { Palette } from '../art/palette.ts';
import { cleanName } from '../model/me.ts';
import type { Strings } from '../strings.ts';
import { bdi, el } from './dom.ts';

export interface MenuState {
  readonly name: string;
  readonly look: Look;
  readonly isCalm: boolean;
  readonly isBeyondHill: boolean;
  readonly isPageShared: boolean;
  readonly isRemembered: boolean;
  readonly palette: Palette;
}

export interface MenuActions {
  readonly save: (name: string, look: Look) => void;
  readonly calm: (isCalm: boolean) => void;
  readonly beyondHill: (isShown: boolean) => void;
  readonly forget: () => void;
}

/** Fills the menu when it opens. */
export function fillMenu(panel: HTMLElement, state: MenuState, strings: Strings, actions: MenuActions): void {
  panel.replaceChildren(
    profileForm(state, strings, actions),
    el('h2', {}, strings.whatOthersSee),
    seenCard(state, strings),
    toggle(strings.calm, state.isCalm, actions.calm),
    toggle(strings.showBeyond, state.isBeyondHill, actions.beyondHill),
    ...(state.isRemembered ? [forgetButton(strings, actions)] : []),
    el('h2', {}, strings.help),
    el('dl', {}, ...strings.helpKeys.flatMap(([key, does]) => [el('dt', {}, key), el('dd', {}, does)])),
  );
}

function profileForm(state: MenuState, strings: Strings, actions: MenuActions): HTMLFormElement {
  let { look } = state;
  const preview = el('canvas', { width: 128, height: 168, 'aria-hidden': 'true' });
  const wear = (change: Partial<Look>): void => {
    look = { ...look, ...change };
    drawPreview(preview, look, state.palette);
  };
  const name = el('input', { type: 'text', maxlength: 18, autocomplete: 'off', dir: 'auto' });
  name.value = state.name;
  const coats = el('fieldset', { class: 'coats' }, el('legend', {}, strings.coat));
  for (let coat = 0; coat < COAT_COUNT; coat += 1) {
    const input = el('input', {
      type: 'radio',
      name: 'coat',
      'aria-label': strings.coatNames[coat],
      title: strings.coatNames[coat],
    });
    input.checked = coat === look.coat;
    input.style.setProperty('--c', state.palette.coats[coat] ?? '');
    input.addEventListener('change', () => wear({ coat }));
    coats.append(input);
  }
  const headwear = choice(strings.headwear, strings.headwearNames, look.headwear, (index) => wear({ headwear: index }));
  const carried = choice(strings.carried, strings.carriedNames, look.carried, (index) => wear({ carried: index }));
  const save = el('button', { class: 'pill wide', type: 'submit' }, strings.save);
  const done = el('span', { class: 'quiet', role: 'status' });
  const form = el(
    'form',
    {},
    el('div', { class: 'row self' }, preview, el('label', { class: 'field' }, el('span', {}, strings.name), name)),
    el('p', { class: 'quiet' }, strings.nameHint),
    coats,
    el('div', { class: 'row' }, headwear, carried),
    el('div', { class: 'row' }, save, done),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    actions.save(cleanName(name.value), look);
    done.textContent = strings.saved;
  });
  form.addEventListener('input', () => {
    done.textContent = '';
  });
  wear({});
  return form;
}

function drawPreview(canvas: HTMLCanvasElement, look: Look, palette: Palette): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(3.1, 0, 0, 3.1, 64, 150);
  drawFigure(context, figureArt(look, 'stand'), toneReader(palette, look));
}

function choice(
  label: string,
  names: readonly string[],
  chosen: number,
  onChange: (index: number) => void,
): HTMLElement {
  const select = el(
    'select',
    {},
    ...names.map((name, index) => el('option', { value: index, selected: index === chosen }, name)),
  );
  select.addEventListener('change', () => onChange(select.selectedIndex));
  return el('label', { class: 'field' }, el('span', {}, label), select);
}

function seenCard(state: MenuState, strings: Strings): HTMLElement {
  const here = strings.seeHereText(
    strings.coatNames[state.look.coat] ?? '',
    state.name,
    state.isPageShared ? strings.pageShared : strings.pageKept,
  );
  return el(
    'dl',
    { class: 'keys' },
    el('dt', {}, strings.seeHere),
    el('dd', {}, bdi(here)),
    el('dt', {}, strings.seeHill),
    el('dd', {}, state.isBeyondHill ? strings.seeHillGrey : strings.seeHillNumber),
  );
}

function toggle(label: string, isOn: boolean, onChange: (isOn: boolean) => void): HTMLElement {
  const input = el('input', { type: 'checkbox' });
  input.checked = isOn;
  input.addEventListener('change', () => onChange(input.checked));
  return el('label', { class: 'switch' }, input, label);
}

function forgetButton(strings: Strings, actions: MenuActions): HTMLElement {
  const button = el('button', { class: 'pill wide', type: 'button' }, strings.forget);
  button.addEventListener('click', () => {
    actions.forget();
    button.remove();
  });
  return button;
}
