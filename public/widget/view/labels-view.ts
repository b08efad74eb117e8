/** Plates and bubbles: a few elements that follow the figures. */
import { GEAR, icon, KEY, RING, type Icon } from '../art/icons.ts';
import { nameOf } from '../model/naming.ts';
import type { MoreWords } from '../words/more-strings.ts';
import {
  bubbleMs,
  bubbleRoom,
  place,
  plateRoom,
  SIGN_AIR_PX,
  type Placed,
  type Span,
  type Wish,
} from '../model/place.ts';
import type { Person } from '../model/world.ts';
import { bdi, el } from './dom.ts';

const PLATE_TOP = 98;
/** Bottom of bubbles: over the hats. */
const BUBBLE_BOTTOM = 49;
/** Of one line under what the strip has to say. */
const UNDER_BOTTOM = 53;
/** Padding of a plate, and what its sign takes, px. */
const PLATE_PADDING = 12;
const SIGN_ROOM = 14;
const PLATE_MAX_PX = 168;
/** So far beyond an edge a figure is still seen, px. */
const SEEN_PX = 6;
/** Who is named is chosen anew this often: names that come and go with each step are read by nobody. */
const CHOSEN_FOR_MS = 400;
/** Whoever is named is as near as if they stood so much nearer, px. */
const KEPT_PX = 60;

export interface Standing {
  readonly person: Person;
  /** Screen px. */
  readonly x: number;
}

export interface LabelContext {
  readonly widthPx: number;
  readonly isPhone: boolean;
  readonly selfId: number;
  readonly selfX: number;
  /** Hovered, tapped or focused. */
  readonly pointedId: number | undefined;
  readonly nowMs: number;
  /** Shown in place of one's own name. */
  readonly selfLine: string | undefined;
  /** Room between the signs of the gates. */
  readonly between: Span;
  readonly hint: Hint | undefined;
}

/** What one could do at a place of the street, and its screen px. */
export interface Hint {
  readonly text: string;
  readonly x: number;
}

/** Plate id of the hint; people's ids are positive. */
const HINT_ID = 0;
/** Stands for the line over the path, amid bubbles. */
const FIRM_ID = -1;
/** Classes of one's own plate, the only one in bold. */
const OWN_PLATE = 'plate me';

interface Plate {
  readonly text: string;
  /** Its classes. */
  readonly kind: string;
  readonly sign: Icon | undefined;
}

/** A plate that hangs, and how much it wants to. */
interface Hung extends Plate {
  readonly node: HTMLElement;
  readonly widthPx: number;
  rank: number;
  /** Where its middle was written, screen px; undefined while it finds no room. */
  shownX: number | undefined;
}

interface Bubble {
  readonly node: HTMLElement;
  readonly text: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

export class LabelsView {
  readonly #root: HTMLElement;
  readonly #words: MoreWords;
  readonly #plates = new Map<number, Hung>();
  #chosenAt = -Infinity;
  /** What the choice depends on, other than what {@link choose} is called for. */
  #chosenFor = '';
  readonly #bubbles = new Map<number, Bubble>();
  readonly #ruler: CanvasRenderingContext2D | null = document.createElement('canvas').getContext('2d');
  readonly #widths = new Map<string, number>();
  readonly #more: HTMLButtonElement;
  #overflow = 0;
  /** Width of the strip, and whether it has something to say itself, for which bubbles were measured. */
  #measuredFor = '';

  /** @param more the chip that counts words without room */
  constructor(root: HTMLElement, more: HTMLButtonElement, words: MoreWords) {
    this.#root = root;
    this.#words = words;
    this.#more = more;
  }

  render(standing: readonly Standing[], context: LabelContext): void {
    const { pointedId, selfLine, hint, widthPx, nowMs } = context;
    const chosenFor = `${pointedId} ${selfLine} ${hint?.text} ${widthPx}`;
    if (nowMs - this.#chosenAt >= CHOSEN_FOR_MS || chosenFor !== this.#chosenFor) {
      this.#chosenAt = nowMs;
      this.#chosenFor = chosenFor;
      this.#choosePlates(standing, context);
    }
    this.#movePlates(standing, context);
    this.#renderBubbles(standing, context);
  }

  /** Somebody came, left, spoke or changed: who is named is chosen anew with the next picture. */
  choose(): void {
    this.#chosenAt = -Infinity;
  }

  /** Another language is spoken: the count of what finds no room is written anew; plates are compared by their text. */
  reword(): void {
    this.#overflow = -1;
    this.choose();
  }

  /** Ms until the next bubble ends, for a timer; undefined when none hangs. */
  nextEnd(people: Iterable<Person>, nowMs: number): number | undefined {
    let next: number | undefined;
    for (const person of people) {
      if (person.said === undefined) continue;
      const left = person.said.at + bubbleMs(person.said.text) - nowMs;
      if (left > 0) next = Math.min(next ?? left, left);
    }
    return next;
  }

  #choosePlates(standing: readonly Standing[], context: LabelContext): void {
    const plates = new Map<number, Plate>();
    const wishes: Wish[] = [];
    const wish = (id: number, x: number, rank: number, plate: Plate): void => {
      if (plate.text === '' || !isSeen(x, context)) return;
      plates.set(id, plate);
      const kept = this.#plates.has(id) ? KEPT_PX : 0;
      wishes.push({ id, x, rank: rank + kept, widthPx: this.#widthOf(plate) });
    };
    for (const one of standing) wish(one.person.id, one.x, rankOf(one, context), this.#plateOf(one.person, context));
    const { hint } = context;
    if (hint !== undefined) wish(HINT_ID, hint.x, 2e6, { text: hint.text, kind: 'plate hint', sign: undefined });
    const chosen = new Set(place(wishes, plateRoom(context.widthPx)).map(({ id }) => id));
    for (const [id, { text, kind, sign, node }] of this.#plates) {
      const plate = plates.get(id);
      if (chosen.has(id) && plate?.text === text && plate.kind === kind && plate.sign === sign) continue;
      node.remove();
      this.#plates.delete(id);
    }
    for (const { id, rank, widthPx } of wishes) {
      const plate = plates.get(id);
      if (plate === undefined || !chosen.has(id)) continue;
      const hung = this.#plates.get(id);
      if (hung === undefined)
        this.#plates.set(id, { ...plate, node: this.#hang(plate), widthPx, rank, shownX: undefined });
      else hung.rank = rank;
    }
  }

  /** Those who were chosen, under their figures: who finds no room there is not named until they do. */
  #movePlates(standing: readonly Standing[], context: LabelContext): void {
    const wishes: Wish[] = [];
    const wish = (id: number, x: number): void => {
      const hung = this.#plates.get(id);
      if (hung !== undefined && isSeen(x, context)) wishes.push({ id, x, rank: hung.rank, widthPx: hung.widthPx });
    };
    for (const { person, x } of standing) wish(person.id, x);
    if (context.hint !== undefined) wish(HINT_ID, context.hint.x);
    const placed = place(wishes, plateRoom(context.widthPx));
    for (const [id, hung] of this.#plates) {
      const at = placed.find((one) => one.id === id);
      const x = at && Math.round(at.x);
      if (x === hung.shownX) continue;
      const { style } = hung.node;
      if (x === undefined || hung.shownX === undefined) style.visibility = x === undefined ? 'hidden' : '';
      if (x !== undefined) style.transform = `translate(${x}px,${PLATE_TOP}px) translateX(-50%)`;
      hung.shownX = x;
    }
  }

  /** Unnamed visitors carry no plate; one's own is always there. */
  #plateOf(person: Person, { selfId, selfLine, pointedId }: LabelContext): Plate {
    const words = this.#words;
    const sign = signOf(person);
    const { name } = person;
    if (person.id === selfId) {
      // Who has a name here has had a say in it, and arrives with the plate on.
      if (name !== '') return { text: words('withYou', { name }), kind: OWN_PLATE, sign };
      return { text: selfLine ?? words('youAlone'), kind: selfLine === undefined ? OWN_PLATE : 'plate me line', sign };
    }
    return { text: person.id === pointedId ? nameOf(person, words) : name, kind: 'plate', sign };
  }

  #hang({ text, kind, sign }: Plate): HTMLElement {
    const node = el('div', { class: kind, part: 'plate' }, ...(sign === undefined ? [] : [icon(sign)]), bdi(text));
    node.style.visibility = 'hidden';
    this.#root.append(node);
    return node;
  }

  #renderBubbles(standing: readonly Standing[], context: LabelContext): void {
    const speaking = standing.filter(
      ({ person, x }) => wordsOf(person, context.nowMs) !== undefined && x > -10 && x < context.widthPx + 10,
    );
    if (speaking.length === 0 && this.#bubbles.size === 0) return;
    const words = new Map(speaking.map(({ person }) => [person.id, wordsOf(person, context.nowMs)]));
    // What the strip itself has to say is not hidden: on one line, words hang under it.
    const firm = this.#root.parentElement?.querySelector<HTMLElement>('.firm') ?? undefined;
    const measuredFor = `${context.widthPx},${firm === undefined}`;
    const isTurned = measuredFor !== this.#measuredFor;
    this.#measuredFor = measuredFor;
    this.#root.classList.toggle('under', firm !== undefined);
    for (const [id, bubble] of this.#bubbles) {
      if (words.get(id) === bubble.text && !isTurned) continue;
      bubble.node.remove();
      this.#bubbles.delete(id);
    }
    const wishes = speaking.map(({ person, x }) => ({
      id: person.id,
      x,
      widthPx: this.#bubble(person.id, words.get(person.id) ?? '', context).widthPx,
      rank: person.said?.at ?? 0,
    }));
    // Between the chips of a phone there is no room under it.
    if (firm !== undefined && context.isPhone) {
      const { offsetLeft, offsetWidth } = firm;
      wishes.push({ id: FIRM_ID, x: offsetLeft + offsetWidth / 2, widthPx: offsetWidth, rank: Infinity });
    }
    const room = bubbleRoom(context.widthPx, context.isPhone, context.between);
    const placed = place(wishes, room);
    const bottom = firm === undefined ? BUBBLE_BOTTOM : UNDER_BOTTOM;
    const places = new Map(placed.map(({ id, x }) => [id, x]));
    this.#clearSigns(placed, context);
    for (const { id, x, widthPx } of wishes) {
      const bubble = this.#bubbles.get(id);
      const at = places.get(id);
      if (bubble === undefined) continue;
      const { style } = bubble.node;
      style.visibility = at === undefined ? 'hidden' : '';
      if (at === undefined) continue;
      const reach = widthPx / 2 - 14;
      style.setProperty('--tail', `${Math.round(Math.max(Math.min(x - at, reach), -reach))}px`);
      style.transform = `translate(${Math.round(at - widthPx / 2)}px,${Math.max(bottom - bubble.heightPx, 0)}px)`;
    }
    // Somebody typing who finds no room is no news; words that find none are in the log.
    const hidden = wishes.filter(({ id }) => !places.has(id) && words.get(id) !== '').length;
    if (hidden === this.#overflow) return;
    this.#overflow = hidden;
    this.#more.hidden = hidden === 0;
    this.#more.textContent = this.#words('moreTalk', { n: hidden });
    this.#more.setAttribute('aria-label', this.#words('moreTalkLabel', { n: hidden }));
  }

  /** A sign that would look out from behind a bubble is not shown while that hangs. */
  #clearSigns(placed: readonly Placed[], { between: [from, to], isPhone }: LabelContext): void {
    const air = isPhone ? 0 : SIGN_AIR_PX;
    const { classList } = this.#root;
    classList.toggle(
      'over-left',
      placed.some(({ x, half }) => x - half < from - air),
    );
    classList.toggle(
      'over-right',
      placed.some(({ x, half }) => x + half > to + air),
    );
  }

  #bubble(id: number, text: string, context: LabelContext): Bubble {
    const known = this.#bubbles.get(id);
    if (known !== undefined) return known;
    const kind = text === '' ? 'bubble typing' : id === context.selfId ? 'bubble mine' : 'bubble';
    const words = el('span', { dir: 'auto' }, text || '•••');
    const node = el('div', { class: kind, part: 'bubble' }, words);
    this.#root.append(node);
    fit(words);
    const bubble = { node, text, widthPx: node.offsetWidth, heightPx: node.offsetHeight };
    this.#bubbles.set(id, bubble);
    return bubble;
  }

  #widthOf({ text, kind, sign }: Plate): number {
    const key = [kind, sign?.kind, text].join();
    let width = this.#widths.get(key);
    if (width === undefined) {
      if (this.#widths.size > 500) this.#widths.clear();
      if (this.#ruler !== null) {
        this.#ruler.font = `${kind === OWN_PLATE ? 600 : 400} 12px ${getComputedStyle(this.#root).fontFamily}`;
      }
      const around = PLATE_PADDING + (sign === undefined ? 0 : SIGN_ROOM);
      const wanted = Math.ceil(this.#ruler?.measureText(text).width ?? text.length * 7) + around;
      width = Math.min(wanted, kind === 'plate' ? PLATE_MAX_PX : 480);
      this.#widths.set(key, width);
    }
    return width;
  }
}

/** Makes words of several lines as wide as their longest: an element that wraps keeps all the width it may have. */
function fit(words: HTMLElement): void {
  const lines = document.createRange();
  lines.selectNodeContents(words);
  words.style.width = `${Math.ceil(lines.getBoundingClientRect().width)}px`;
}

function isSeen(x: number, { widthPx }: LabelContext): boolean {
  return x >= -SEEN_PX && x <= widthPx + SEEN_PX;
}

/** What hangs over a person now: words, "" while typing, undefined for nothing. */
export function wordsOf(person: Person, nowMs: number): string | undefined {
  const { said } = person;
  if (said !== undefined && nowMs - said.at < bubbleMs(said.text)) return said.text;
  return person.isTyping ? '' : undefined;
}

export function signOf(person: Person): Icon | undefined {
  if (person.isOwner) return KEY;
  if (person.isResident) return GEAR;
  return person.from === undefined ? undefined : RING;
}

/** You, then who speaks, who is pointed at, who is near, who did something lately. */
function rankOf({ person, x }: Standing, context: LabelContext): number {
  if (person.id === context.selfId) return 1e6;
  const speaks = wordsOf(person, context.nowMs) === undefined ? 0 : 1e5;
  const isPointed = person.id === context.pointedId ? 5e4 : 0;
  const near = Math.max(0, 2_000 - Math.abs(x - context.selfX));
  const recent = Math.max(0, 600 - (context.nowMs - person.activeAt) / 50);
  return speaks + isPointed + near + recent;
}
