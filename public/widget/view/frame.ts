/** The skeleton of the strip: every element that exists from start to end. */
import type { CoreWords } from '../words/strings.ts';
import { CALM, CHEVRON, icon, MENU, PEOPLE, WAVE } from '../art/icons.ts';
import { BAND_ABOVE_PX, BAND_BELOW_PX } from '../art/painter.ts';
import { el, setText, svg } from './dom.ts';

/** The street's level under the scene's upper edge, px. */
export const GROUND_Y = 94;

export interface Frame {
  readonly town: HTMLDivElement;
  readonly scene: HTMLDivElement;
  readonly stage: HTMLDivElement;
  readonly bar: HTMLDivElement;
  readonly canvas: HTMLCanvasElement;
  readonly world: SVGGElement;
  readonly scenery: SVGGElement;
  readonly ground: SVGPathElement;
  readonly hills: { readonly left: SVGGElement; readonly right: SVGGElement };
  readonly fade: SVGLinearGradientElement;
  readonly labels: HTMLDivElement;
  readonly gates: { readonly left: HTMLAnchorElement; readonly right: HTMLAnchorElement };
  readonly signs: HTMLDivElement;
  readonly notice: HTMLDivElement;
  readonly more: HTMLButtonElement;
  readonly input: HTMLInputElement;
  readonly form: HTMLFormElement;
  readonly send: HTMLButtonElement;
  readonly wave: HTMLButtonElement;
  readonly waveWord: HTMLSpanElement;
  readonly calm: HTMLButtonElement;
  readonly people: HTMLButtonElement;
  readonly peopleCount: HTMLSpanElement;
  readonly menu: HTMLButtonElement;
  readonly log: HTMLDivElement;
  readonly status: HTMLDivElement;
}

export function buildFrame(): Frame {
  const scenery = svg('g');
  const ground = svg('path', { class: 'ground' });
  const hills = { left: svg('g'), right: svg('g') };
  const world = svg('g', {}, hills.left, hills.right, scenery, ground);
  const fade = svg(
    'linearGradient',
    { id: 'fade', gradientUnits: 'userSpaceOnUse', y1: 0, y2: 0 },
    ...[0, 1, 1, 0].map((opacity, index) =>
      svg('stop', { offset: [0, 0.04, 0.96, 1][index], 'stop-color': 'var(--ink)', 'stop-opacity': opacity }),
    ),
  );
  const picture = svg(
    'svg',
    { 'aria-hidden': 'true' },
    svg(
      'defs',
      {},
      svg(
        'radialGradient',
        { id: 'glow' },
        ...[1, 0.36, 0].map((opacity, index) =>
          svg('stop', { offset: index / 2, 'stop-color': 'var(--glow)', 'stop-opacity': opacity }),
        ),
      ),
      fade,
    ),
    world,
  );
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  canvas.style.top = `${GROUND_Y - BAND_ABOVE_PX}px`;
  canvas.style.height = `${BAND_ABOVE_PX + BAND_BELOW_PX}px`;
  const stage = el('div', { class: 'stage', role: 'application', tabindex: 0 }, picture, canvas);
  const gates = {
    left: el('a', { class: 'gate left', part: 'gate sign', hidden: true }),
    right: el('a', { class: 'gate right', part: 'gate sign', hidden: true }),
  };
  const signs = el('div', { class: 'signs' }, gates.left, gates.right);
  const labels = el('div', { class: 'labels', 'aria-hidden': 'true' });
  const notice = el('div', { class: 'notice' });
  const more = el('button', { class: 'pill more', type: 'button', tabindex: -1, hidden: true });
  const input = el('input', {
    type: 'text',
    maxlength: 140,
    enterkeyhint: 'send',
    autocomplete: 'off',
    dir: 'auto',
  });
  const send = el('button', { class: 'send', type: 'submit', tabindex: -1, hidden: true }, icon(CHEVRON));
  const form = el('form', { class: 'say', method: 'dialog' }, input, send);
  const waveWord = el('span', { class: 'word' });
  const wave = el('button', { class: 'pill tool wave', type: 'button' }, icon(WAVE), waveWord);
  const calm = el('button', { class: 'pill tool bare calm', type: 'button', 'aria-pressed': 'false' }, icon(CALM));
  const peopleCount = el('span', { class: 'count' });
  const people = el(
    'button',
    { class: 'pill tool', type: 'button', 'aria-haspopup': 'dialog' },
    icon(PEOPLE),
    peopleCount,
  );
  const menu = el('button', { class: 'pill tool bare', type: 'button', 'aria-haspopup': 'dialog' }, icon(MENU));
  const bar = el('div', { class: 'bar', part: 'bar' }, form, wave, people, calm, menu);
  const log = el('div', { class: 'vh', role: 'log', 'aria-live': 'polite' });
  const status = el('div', { class: 'vh', role: 'status' });
  const scene = el('div', { class: 'scene' }, stage, signs, labels, notice, more);
  const town = el('div', { class: 'town' }, scene, bar, log, status);
  return {
    town,
    scene,
    stage,
    bar,
    canvas,
    world,
    scenery,
    ground,
    hills,
    fade,
    labels,
    gates,
    signs,
    notice,
    more,
    input,
    form,
    send,
    wave,
    waveWord,
    calm,
    people,
    peopleCount,
    menu,
    log,
    status,
  };
}

/** Writes the words that never change while a language is spoken. */
export function nameFrame(frame: Frame, words: CoreWords): void {
  const named = [
    [frame.input, 'composer'],
    [frame.send, 'send'],
    [frame.wave, 'wave'],
    [frame.menu, 'menu'],
    [frame.calm, 'calm'],
    [frame.log, 'log'],
  ] as const;
  for (const [node, key] of named) node.ariaLabel = words(key);
  frame.calm.title = words('calm');
  setText(frame.waveWord, words('wave'));
}

/** Why neither a wave nor a word can go out; undefined when they can. */
export type BarShut = 'closed' | 'unseen' | undefined;

/** What cannot be done stays in its place and says why. */
export function shutBar(frame: Frame, words: CoreWords, why: BarShut): void {
  for (const node of [frame.input, frame.wave]) {
    node.ariaDisabled = why === undefined ? null : 'true';
    node.ariaDescription = why === undefined ? null : words(why);
  }
  frame.input.readOnly = why !== undefined;
}

/** Writes what follows from how many people are here, oneself included where one has a figure; 0 before the first hello. */
export function countPeople(
  frame: Frame,
  words: CoreWords,
  people: number,
  hasSelf: boolean,
  isLive: boolean,
  isPhone: boolean,
  shut: BarShut,
): void {
  const others = hasSelf ? people - 1 : people;
  frame.stage.ariaLabel = people === 0 ? words('stageLazy') : words('stage', { n: people });
  setText(frame.peopleCount, people === 0 ? '' : String(people));
  frame.people.ariaLabel = words('peopleButton', { n: people });
  frame.input.placeholder =
    shut !== undefined
      ? words(shut)
      : people === 0 || (isLive && isPhone)
        ? words('composer')
        : isLive
          ? others === 0
            ? words('composerAlone')
            : words('composerTo', { n: others })
          : words('composerOffline');
}
