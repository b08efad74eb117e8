/** The lab's page around the strip: a list of states, and controls that are links to other addresses of the lab. */
import { DIRECTIONS, LANGUAGES, PEOPLE_MAX, SCENES, SKIES, SPEEDS, THEMES, type LabSetup } from './setup.ts';
import { GATES, STATES } from './states.ts';

/** Where the strip is put, and what the page reports of it. */
export interface Bench {
  readonly place: HTMLElement;
  readonly report: (line: string) => void;
}

export interface Tape {
  /** Offers everything received since the page was loaded as a file. */
  save(): void;
  /** Shows a file of that kind. */
  open(file: File): void;
}

type Attributes = Readonly<Record<string, string>>;

export function node<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Attributes,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K];
export function node(tag: string, attributes?: Attributes, ...children: readonly (Node | string)[]): HTMLElement;
export function node(tag: string, attributes: Attributes = {}, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A small page with room for the strip, and nothing else: for pictures. */
export function drawBare(setup: LabSetup): Bench {
  const place = stripPlace(setup);
  document.body.replaceChildren(node('div', { class: 'bench', style: 'min-height:100vh' }, samplePage(), place));
  return { place, report: () => undefined };
}

export function drawLab(setup: LabSetup, tape: Tape): Bench {
  const place = stripPlace(setup);
  const report = node('output');
  document.body.replaceChildren(
    node(
      'div',
      { class: 'lab' },
      node(
        'nav',
        { 'aria-label': 'States' },
        node('h1', {}, 'The square lab'),
        node('p', {}, 'The real strip, with a square that lives in this page. Every view has its own address.'),
        node('ol', {}, ...STATES.map(({ id, title }) => node('li', {}, stateLink(id, title, id === setup.state.id)))),
      ),
      node(
        'main',
        {},
        node('div', { class: 'about' }, node('h2', {}, setup.state.title), node('p', {}, setup.state.shows)),
        controls(setup, tape, place),
        report,
        node('div', { class: 'bench' }, samplePage(), place),
      ),
    ),
  );
  return { place, report: (line) => (report.textContent = line) };
}

/** The address of this lab with some of its parameters changed. */
function addressWith(changes: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  return `?${query.toString()}`;
}

function stateLink(id: string, title: string, isShown: boolean): HTMLAnchorElement {
  // Another state brings its own people and gates along.
  const href = addressWith({ state: id, people: '', walkers: '', left: '', right: '', at: '', replay: '' });
  return node('a', { href, ...(isShown && { 'aria-current': 'page' }) }, title);
}

function controls(setup: LabSetup, tape: Tape, place: HTMLElement): HTMLFormElement {
  const form = node(
    'form',
    {},
    choice('theme', 'Theme', THEMES, setup.theme),
    choice('lang', 'Language', LANGUAGES, setup.lang),
    choice('dir', 'Direction', DIRECTIONS, setup.dir),
    widthSlider(setup, place),
    number('people', `Others, 0–${PEOPLE_MAX}`, setup.people, PEOPLE_MAX),
    number('walkers', 'Walking', setup.walkers, PEOPLE_MAX),
    choice('left', 'Left gate', GATES, setup.left),
    choice('right', 'Right gate', GATES, setup.right),
    choice('sky', 'Weather', SKIES, setup.sky),
    number('birds', 'Birds', setup.birds, 6),
    tick('calm', 'Calm', setup.isCalm),
    tick('clock', 'Time stands still', setup.atMs !== undefined, 'still'),
    saveButton(tape),
    openButton(tape),
    choice('replay', 'Recording', SCENES, new URLSearchParams(location.search).get('replay') ?? 'none'),
    choice('speed', 'Its speed', SPEEDS, setup.speed),
  );
  form.addEventListener('change', (event) => {
    const { target } = event;
    if (target instanceof HTMLInputElement && target.type === 'checkbox') {
      location.search = addressWith({ [target.name]: target.checked ? target.value : '' });
    } else if (
      (target instanceof HTMLInputElement && target.type === 'number') ||
      target instanceof HTMLSelectElement
    ) {
      location.search = addressWith({ [target.name]: target.value === 'none' ? '' : target.value });
    }
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  return form;
}

function choice(name: string, title: string, values: readonly string[], chosen: string): HTMLElement {
  const select = node('select', { name });
  for (const value of values) select.append(new Option(value, value, false, value === chosen));
  return node('label', {}, title, select);
}

function number(name: string, title: string, value: number, max: number): HTMLElement {
  return node(
    'label',
    {},
    title,
    node('input', { name, type: 'number', min: '0', max: String(max), value: String(value) }),
  );
}

function tick(name: string, title: string, isOn: boolean, value = '1'): HTMLElement {
  return node(
    'label',
    { class: 'tick' },
    node('input', { name, type: 'checkbox', value, ...(isOn && { checked: '' }) }),
    title,
  );
}

/** The one control that needs no new address to be loaded: a strip follows its width by itself. */
function widthSlider(setup: LabSetup, place: HTMLElement): HTMLElement {
  const slider = node('input', { type: 'range', min: '280', max: '1920', step: '10' });
  slider.value = String(setup.width === 0 ? 1_920 : setup.width);
  const title = node('span', {}, widthText(setup.width));
  slider.addEventListener('input', () => {
    const width = slider.value === slider.max ? 0 : Number(slider.value);
    setWidth(place, width);
    title.textContent = widthText(width);
    history.replaceState(null, '', addressWith({ width: width === 0 ? '' : String(width) }));
  });
  return node('label', {}, title, slider);
}

function widthText(width: number): string {
  return width === 0 ? 'Width: all there is' : `Width: ${width} px`;
}

function saveButton(tape: Tape): HTMLElement {
  const button = node('button', { type: 'button' }, 'Save as recording');
  button.addEventListener('click', () => tape.save());
  return button;
}

function openButton(tape: Tape): HTMLElement {
  const input = node('input', { type: 'file', accept: '.json,application/json' });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file !== undefined) tape.open(file);
  });
  return node('label', {}, 'Show a recording', input);
}

function stripPlace(setup: LabSetup): HTMLElement {
  const place = node('div', { class: 'strip' });
  setWidth(place, setup.width);
  return place;
}

function setWidth(place: HTMLElement, width: number): void {
  place.style.width = width === 0 ? '' : `${width}px`;
  place.classList.toggle('cut', width !== 0);
}

function samplePage(): HTMLElement {
  return node(
    'div',
    { class: 'page' },
    node('h2', {}, 'Notes from a small garden'),
    node('p', {}, 'A page about tomatoes, rain barrels and the long way home.'),
  );
}
