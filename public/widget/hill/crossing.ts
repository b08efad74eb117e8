/** One street slides out of view, the next one in: the camera pans over the hill. */
import type { Side } from '../../../src/protocol/limits.ts';
import type { Frame } from '../view/frame.ts';

/** Source: widget.md, section 9: the hop is over within a second, this is the part after the answer. */
const PAN_MS = 520;
/** Should the other street never come, the old picture does not stay for ever. */
const GHOST_MAX_MS = 1_500;

export class Crossing {
  readonly #frame: Frame;
  #ghost: HTMLElement | undefined;
  #from: Side = 'right';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** Keeps the picture of the street one leaves. `from`: the side the next one comes into view from. */
  hold(from: Side): void {
    this.#end();
    const { stage, canvas } = this.#frame;
    const ghost = document.createElement('div');
    ghost.className = 'ghost';
    const picture = stage.querySelector('svg');
    if (picture !== null) ghost.append(picture.cloneNode(true));
    const still = canvas.cloneNode();
    if (still instanceof HTMLCanvasElement && canvas.width > 0) {
      still.getContext('2d')?.drawImage(canvas, 0, 0);
      ghost.append(still);
    }
    stage.append(ghost);
    this.#ghost = ghost;
    this.#from = from;
    this.#timer = setTimeout(() => this.#end(), GHOST_MAX_MS);
  }

  /** Pans. */
  pan(): void {
    const ghost = this.#ghost;
    if (ghost === undefined) return;
    clearTimeout(this.#timer);
    const by = this.#from === 'right' ? 100 : -100;
    const how = { duration: PAN_MS, easing: 'cubic-bezier(.4,0,.2,1)' };
    const away = ghost.animate({ transform: ['none', `translateX(${-by}%)`] }, { ...how, fill: 'forwards' });
    away.addEventListener('finish', () => this.#end());
    for (const part of this.#frame.stage.children) {
      if (part !== ghost) part.animate({ transform: [`translateX(${by}%)`, 'none'] }, how);
    }
    // Words do not slide: they come when those they belong to have come.
    for (const part of [this.#frame.signs, this.#frame.labels]) part.animate({ opacity: [0, 0, 1] }, how);
  }

  /** Shows the other street at once. */
  cut(): void {
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#ghost?.remove();
    this.#ghost = undefined;
  }
}
