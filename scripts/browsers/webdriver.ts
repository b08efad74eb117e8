/** A tab of any browser that takes the commands of W3C WebDriver: keys, presses and touches are as good as a person's. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Commands by Marionette's names, with the ways that the HTTP protocol gives them. */
export const COMMANDS = {
  NewSession: 'POST /session',
  DeleteSession: 'DELETE /session/:id',
  Navigate: 'POST /session/:id/url',
  Back: 'POST /session/:id/back',
  Forward: 'POST /session/:id/forward',
  Refresh: 'POST /session/:id/refresh',
  ExecuteScript: 'POST /session/:id/execute/sync',
  PerformActions: 'POST /session/:id/actions',
  ReleaseActions: 'DELETE /session/:id/actions',
  TakeScreenshot: 'GET /session/:id/screenshot',
  SetWindowRect: 'POST /session/:id/window/rect',
  NewWindow: 'POST /session/:id/window/new',
  GetWindowHandle: 'GET /session/:id/window',
  SwitchToWindow: 'POST /session/:id/window',
  SwitchToFrame: 'POST /session/:id/frame',
  CloseWindow: 'DELETE /session/:id/window',
} as const;

export type Command = keyof typeof COMMANDS;
/** Asks the browser. @throws Error with what it answers instead of a result */
export type Ask = (command: Command, params?: object) => Promise<unknown>;

/** Keys without a character. Source: WebDriver, section 17.4.2. */
export const KEY = {
  shift: '\uE008',
  escape: '\uE00C',
  tab: '\uE004',
  enter: '\uE007',
  space: ' ',
  end: '\uE010',
  home: '\uE011',
  left: '\uE012',
  up: '\uE013',
  right: '\uE014',
  down: '\uE015',
} as const;

/** Nothing that is waited for takes this long, not even on a busy machine. */
const GUARD_MS = 40_000;
const LOOK_MS = 80;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class Tab {
  readonly ask: Ask;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  async open(url: string): Promise<void> {
    await this.ask('Navigate', { url });
  }

  /** The value of an expression in the page; what a promise comes to. */
  value(expression: string): Promise<unknown> {
    return this.ask('ExecuteScript', { script: `return (${expression})`, args: [] });
  }

  async text(expression: string): Promise<string> {
    return String(await this.value(expression));
  }

  async number(expression: string): Promise<number> {
    return Number(await this.value(expression));
  }

  /** Waits until an expression is true in whatever page the tab shows. @throws with `what` when it does not become true */
  async until(what: string, expression: string): Promise<void> {
    await until(what, async () => {
      try {
        return (await this.value(`Boolean(${expression})`)) === true;
      } catch {
        // Between two pages there is nothing to ask.
        return false;
      }
    });
  }

  /** Presses keys one after the other and lets each go. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#keys(keys.flatMap((value) => ['keyDown', 'keyUp'].map((type) => ({ type, value }))));
  }

  async hold(...keys: readonly string[]): Promise<void> {
    await this.#keys(keys.map((value) => ({ type: 'keyDown', value })));
  }

  async letGo(...keys: readonly string[]): Promise<void> {
    await this.#keys(keys.map((value) => ({ type: 'keyUp', value })));
  }

  /** Types a text, a character a key. */
  type(text: string): Promise<void> {
    return this.press(...Array.from(text));
  }

  async click({ x, y }: Pick<Box, 'x' | 'y'>): Promise<void> {
    await this.#pointer('mouse', { x, y });
  }

  async tap({ x, y }: Pick<Box, 'x' | 'y'>): Promise<void> {
    await this.#pointer('touch', { x, y });
  }

  async moveTo({ x, y }: Pick<Box, 'x' | 'y'>): Promise<void> {
    await this.#perform({
      type: 'pointer',
      id: 'mouse',
      parameters: { pointerType: 'mouse' },
      actions: [{ type: 'pointerMove', duration: 0, x: Math.round(x), y: Math.round(y) }],
    });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.ask('SetWindowRect', { width, height });
  }

  /** @returns a PNG of what is in view */
  async screenshot(): Promise<Buffer> {
    return Buffer.from(String(await this.ask('TakeScreenshot', { full: false })), 'base64');
  }

  /** Opens another window, since tabs that a driver opens may stay hidden, and turns to it. @returns how to come back, which closes it */
  async another(): Promise<() => Promise<void>> {
    const here = await this.ask('GetWindowHandle');
    const made = await this.ask('NewWindow', { type: 'window' });
    await this.#turnTo(typeof made === 'object' && made !== null && 'handle' in made ? made.handle : made);
    return async () => {
      await this.ask('CloseWindow');
      await this.#turnTo(here);
    };
  }

  async #turnTo(handle: unknown): Promise<void> {
    await this.ask('SwitchToWindow', { handle });
  }

  async #keys(actions: readonly object[]): Promise<void> {
    await this.#perform({ type: 'key', id: 'keys', actions });
  }

  async #pointer(pointerType: 'mouse' | 'touch', at: Pick<Box, 'x' | 'y'>): Promise<void> {
    await this.#perform({
      type: 'pointer',
      id: pointerType,
      parameters: { pointerType },
      actions: [
        { type: 'pointerMove', duration: 0, x: Math.round(at.x), y: Math.round(at.y) },
        { type: 'pointerDown', button: 0 },
        { type: 'pause', duration: 40 },
        { type: 'pointerUp', button: 0 },
      ],
    });
  }

  async #perform(source: object): Promise<void> {
    await this.ask('PerformActions', { actions: [source] });
  }
}

/** Looks again and again. @throws with `what` when it is not so within {@link GUARD_MS} */
export async function until(what: string, isSo: () => unknown): Promise<void> {
  const deadline = performance.now() + GUARD_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${GUARD_MS / 1_000} s: ${what}`);
    await sleep(LOOK_MS);
  }
}

/** An answer as both protocols give it: the value alone, or in an object. */
export function valueIn(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : answer;
}
