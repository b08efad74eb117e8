/** Keys and touches of the stage, as wishes. Listens on the stage only. */
import type { Side } from '../../../src/protocol/limits.ts';

/** A second press of the same arrow within this time runs. */
const DOUBLE_TAP_MS = 300;
/** A finger that stays this near and lifts this soon has tapped. */
const TAP_PX = 10;
const TAP_MS = 500;
/** A finger dragged this far to a side walks. */
const SWIPE_PX = 26;

export interface StageWishes {
  walk(direction: -1 | 0 | 1, isRunning: boolean): void;
  /** Stage px. */
  tap(x: number, y: number): void;
  point(x: number | undefined, y: number): void;
  toGate(side: Side): void;
  sit(): void;
  stand(): unknown;
  act(): void;
  wave(): void;
  jump(): void;
  speak(): void;
  /** Escape: closes what is open, else gives the page its keys back. */
  leave(): unknown;
}

export function listenToStage(stage: HTMLElement, wishes: StageWishes, now: () => number): void {
  listenToKeys(stage, wishes, now);
  listenToPointer(stage, wishes, now);
}

function listenToKeys(stage: HTMLElement, wishes: StageWishes, now: () => number): void {
  const held = new Set<-1 | 1>();
  let last: { direction: -1 | 1; at: number; runs: boolean } | undefined;
  const arrows: Readonly<Record<string, -1 | 1>> = { ArrowLeft: -1, ArrowRight: 1 };
  const others: Readonly<Record<string, () => unknown>> = {
    ArrowDown: () => wishes.sit(),
    ArrowUp: () => wishes.stand(),
    Home: () => wishes.toGate('left'),
    End: () => wishes.toGate('right'),
    Enter: () => wishes.act(),
    ' ': () => wishes.wave(),
    j: () => wishes.jump(),
    '/': () => wishes.speak(),
    t: () => wishes.speak(),
    Escape: () => wishes.leave(),
  };
  stage.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const direction = arrows[event.key];
    const other = others[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (direction === undefined && other === undefined) return;
    event.preventDefault();
    if (direction === undefined) {
      if (!event.repeat) other?.();
      return;
    }
    if (!event.repeat) {
      const isDouble = last?.direction === direction && now() - last.at < DOUBLE_TAP_MS;
      last = { direction, at: now(), runs: isDouble };
      held.add(direction);
    }
    wishes.walk(direction, event.shiftKey || last?.runs === true);
  });
  stage.addEventListener('keyup', (event) => {
    const direction = arrows[event.key];
    if (direction === undefined) return;
    held.delete(direction);
    const [other] = held;
    wishes.walk(other ?? 0, event.shiftKey);
  });
  stage.addEventListener('blur', () => {
    held.clear();
    wishes.walk(0, false);
  });
}

function listenToPointer(stage: HTMLElement, wishes: StageWishes, now: () => number): void {
  let down: { id: number; x: number; y: number; at: number; walks: boolean } | undefined;
  const local = (event: PointerEvent): { x: number; y: number } => {
    const box = stage.getBoundingClientRect();
    // A page's zoom or transform makes the box larger than what the strip reckons with.
    const scale = stage.clientWidth / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  };
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    down = { id: event.pointerId, ...local(event), at: now(), walks: false };
  });
  stage.addEventListener('pointermove', (event) => {
    const { x, y } = local(event);
    if (event.pointerType === 'mouse') wishes.point(x, y);
    if (down === undefined || event.pointerId !== down.id || event.pointerType === 'mouse') return;
    const dragged = x - down.x;
    if (Math.abs(dragged) < SWIPE_PX) return;
    down.walks = true;
    wishes.walk(dragged < 0 ? -1 : 1, Math.abs(dragged) > SWIPE_PX * 4);
  });
  stage.addEventListener('pointerup', (event) => {
    if (down === undefined || event.pointerId !== down.id) return;
    const { x, y } = local(event);
    const isTap = !down.walks && Math.hypot(x - down.x, y - down.y) < TAP_PX && now() - down.at < TAP_MS;
    if (down.walks) wishes.walk(0, false);
    down = undefined;
    if (isTap) wishes.tap(x, y);
  });
  const cancel = (): void => {
    if (down?.walks === true) wishes.walk(0, false);
    down = undefined;
  };
  stage.addEventListener('pointercancel', cancel);
  stage.addEventListener('pointerleave', (event) => {
    // A finger leaves when it lifts: what it tapped stays pointed at.
    if (event.pointerType === 'mouse') wishes.point(undefined, 0);
    cancel();
  });
}
