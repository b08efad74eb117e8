/**
 * The browser's half of the soccer ball: draws where the square says that it is. Served as
 * `/widget/plugins/soccer-ball.mjs`; any widget may mount it (docs/plugins.md).
 */

/** What a widget gives a plugin's module. */
interface WidgetPluginHost {
  /** The stage: positioned, its width the whole strip, its lower edge the ground. */
  readonly element: HTMLElement;
}

interface WidgetPlugin {
  /** Takes the snapshot of the entity, and then every frame of the plugin. */
  receive(frame: unknown): void;
  unmount(): void;
}

const SIZE_PX = 12;
/** Time between two frames while it moves: it glides from one to the next. */
const STEP_MS = 50;
/** How high a height of 1 is drawn, in parts of the stage's height. A hard kick reaches 0.32. */
const HEIGHT_SHARE = 1.6;

const SVG = 'http://www.w3.org/2000/svg';

export function mountWidgetPlugin({ element }: WidgetPluginHost): WidgetPlugin {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const ball = drawBall();
  element.append(ball);
  let at: { readonly x: number; readonly y: number } | undefined;
  let turnedDegrees = 0;

  return {
    receive(frame) {
      const next = positionIn(frame);
      if (next === undefined) return;
      const { clientWidth, clientHeight } = element;
      if (at !== undefined) turnedDegrees += (((next.x - at.x) * clientWidth) / (Math.PI * SIZE_PX)) * 360;
      // What it jumped to, on arrival or after a pause, it does not glide to.
      const isStep = at !== undefined && Math.abs(next.x - at.x) < 0.1;
      ball.style.transition = isStep && !isCalm ? `transform ${STEP_MS}ms linear` : 'none';
      const left = next.x * clientWidth - SIZE_PX / 2;
      const up = next.y * clientHeight * HEIGHT_SHARE;
      const turn = isCalm ? '' : ` rotate(${turnedDegrees.toFixed(1)}deg)`;
      ball.style.transform = `translate(${left.toFixed(1)}px, ${(-up).toFixed(1)}px)${turn}`;
      ball.style.visibility = 'visible';
      at = next;
    },
    unmount: () => ball.remove(),
  };
}

function positionIn(frame: unknown): { readonly x: number; readonly y: number } | undefined {
  if (typeof frame !== 'object' || frame === null || !('x' in frame) || !('y' in frame)) return undefined;
  const { x, y } = frame;
  return Number.isFinite(x) && Number.isFinite(y) ? { x: Number(x), y: Number(y) } : undefined;
}

/** A pale ball with a dark patch in the middle and three at the rim, so that one sees it roll. */
function drawBall(): SVGSVGElement {
  const ball = document.createElementNS(SVG, 'svg');
  ball.setAttribute('viewBox', '-6 -6 12 12');
  ball.setAttribute('aria-hidden', 'true');
  Object.assign(ball.style, {
    position: 'absolute',
    left: '0',
    bottom: '0',
    width: `${SIZE_PX}px`,
    height: `${SIZE_PX}px`,
    visibility: 'hidden',
    pointerEvents: 'none',
  });
  const leather = document.createElementNS(SVG, 'circle');
  leather.setAttribute('r', '5.4');
  leather.setAttribute('fill', '#f6f1e4');
  leather.setAttribute('stroke', '#3d3a35');
  leather.setAttribute('stroke-width', '0.9');
  const patches = document.createElementNS(SVG, 'path');
  patches.setAttribute('fill', '#3d3a35');
  patches.setAttribute(
    'd',
    'M0-1.9 1.8-.6 1.1 1.6H-1.1L-1.8-.6ZM-2-5 2-5 0-3.8ZM4.7 1.6 2.9 4.4 3 2.6ZM-4.7 1.6-2.9 4.4-3 2.6Z',
  );
  ball.append(leather, patches);
  return ball;
}
