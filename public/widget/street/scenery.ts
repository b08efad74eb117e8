/** What stands on a street and at its ends, and does not move. Inline SVG, drawn once per layout. */
import type { Side } from '../../../src/protocol/limits.ts';
import { propsOf, type Prop, type SceneConfig } from '../../../src/protocol/scene-kit.ts';
import { groundRise, scenePx, STREET_UNITS, streetPx, type Layout } from '../model/layout.ts';
import { svg } from '../view/dom.ts';
import { grassPath, pebblePath, ridgePath } from '../art/ground-lines.ts';

/** How a lamp burns. */
export type LampState = 'lit' | 'low' | 'out';

export interface HillState {
  readonly hasGate: boolean;
  readonly lamp: LampState;
  readonly isMisty: boolean;
  readonly isAsleep: boolean;
}

/** Height of a gate's lamp over the ground, px. */
export const GATE_HEIGHT = 75;

/** Fills the picture; its user units are scene px with y = 0 at the street's level. */
export function drawScenery(root: SVGGElement, layout: Layout, scene: SceneConfig): void {
  const left = -layout.horizonPx;
  const right = streetPx(layout) + layout.horizonPx;
  const rise = (px: number): number => groundRise(layout, px);
  root.replaceChildren(
    svg('path', { class: 'ridge far', d: ridgePath(layout, 'left', 1.5) + ridgePath(layout, 'right', 1.6) }),
    svg('path', { class: 'ridge', d: ridgePath(layout, 'left', 1) + ridgePath(layout, 'right', 1) }),
    ...propsOf(scene).flatMap((prop) => propArt(prop, scenePx(layout, prop.x * STREET_UNITS))),
    svg('path', { class: 'soft', d: grassPath(left, right, rise) }),
    svg('path', { class: 'soft pebbles', d: pebblePath(left, right, rise) }),
  );
}

/** The gate, its lamp and what the weather is like on its hill. */
export function drawHill(root: SVGGElement, layout: Layout, side: Side, state: HillState): void {
  const gateX = side === 'left' ? 0 : streetPx(layout);
  const out = side === 'left' ? -1 : 1;
  const parts: SVGElement[] = [];
  if (state.isAsleep) parts.push(moon(gateX + out * layout.horizonPx * 0.5));
  if (state.isMisty) parts.push(mist(layout, gateX, out));
  if (state.hasGate) parts.push(...gate(gateX, out, state.lamp));
  root.replaceChildren(...parts);
}

/** The lamp hangs this far under the strip's upper edge; a wider halo would be cut off there. */
const LIT_GLOW_PX = 20;

function gate(x: number, out: number, lamp: LampState): SVGElement[] {
  const top = -GATE_HEIGHT;
  return [
    ...(lamp === 'out'
      ? []
      : [svg('circle', { class: `glow ${lamp}`, cx: x, cy: top + 2, r: lamp === 'lit' ? LIT_GLOW_PX : 12 })]),
    svg('path', {
      class: 'line strong',
      d: `M${x - 0.6} 0Q${x + 0.8}-30 ${x} ${top + 9}M${x - 5} .6Q${x - 3}-5.5 ${x + 0.4}-6Q${x + 4}-5.5 ${x + 5.5} .5`,
    }),
    svg('path', { class: 'line', d: `M${x} ${top + 24}q${out * 3}-8 ${out * 11}-11` }),
    svg('path', {
      class: `lamp ${lamp}`,
      d: `M${x - 4} ${top + 8}L${x - 5.2} ${top - 3}Q${x} ${top - 5.5} ${x + 5.2} ${top - 3}L${x + 4} ${top + 8}Z`,
    }),
    svg('path', {
      class: 'line',
      d: `M${x - 6.6} ${top - 2.8}Q${x} ${top - 11} ${x + 6.6} ${top - 2.8}M${x} ${top - 7}v-3`,
    }),
  ];
}

function moon(x: number): SVGElement {
  return svg('path', {
    class: 'moon',
    transform: `translate(${x - 10} -37)`,
    d: 'M16.5 14.6A8.4 8.4 0 0 1 8.4 2.4A8.6 8.6 0 1 0 16.5 14.6Z',
  });
}

function mist(layout: Layout, gateX: number, out: number): SVGElement {
  const reach = layout.horizonPx;
  const bands = [
    [0.12, 0.62, -9],
    [0.42, 0.9, -17],
    [0.2, 0.74, -26],
  ].map(([from = 0, to = 1, y = 0]) => {
    const start = gateX + out * reach * from;
    const length = out * reach * (to - from);
    return `M${start} ${y}q${length / 4}-5 ${length / 2} 0t${length / 2} 0`;
  });
  return svg('path', { class: 'mist', d: bands.join('') });
}

function propArt(prop: Prop, x: number): SVGElement[] {
  const at = `translate(${x} 0)`;
  switch (prop.kind) {
    case 'bench':
      return [
        svg('path', {
          class: 'line',
          transform: at,
          d: 'M-24-18.4Q0-19.4 24-18.2M-24-14.2Q0-15 24-14.1M-19-18.5L-20.5 0M19-18.3L20.5 0M-15-9L-16 0M15-9L16.2 0',
        }),
        svg('path', { class: 'plank', transform: at, d: 'M-26-10.8Q0-11.6 26-10.6L25.6-7.6Q0-8.4-25.8-7.8Z' }),
      ];
    case 'tree':
      return [
        svg('path', {
          class: 'crown',
          transform: at,
          d: 'M-15-37C-25-37-29-47-22-53C-25-62-16-70-8-67C-5-77 9-78 13-69C22-71 29-62 25-54C31-48 26-38 16-38C12-33 4-32-1-35C-5-32-12-33-15-37Z',
        }),
        svg('path', { class: 'trunk', transform: at, d: 'M-3.6 0Q-2.2-20-2.6-40L2.6-40Q1.8-20 3.6 0Z' }),
        svg('path', {
          class: 'line',
          transform: at,
          d: 'M-3.6 0Q-2.2-20-2.6-44M3.6 0Q1.8-20 2.6-46M-2.6-36Q-8-42-12-44M2.4-40Q8-46 13-47M-2.4-12h2.6M2.3-20h-2.4M-2.4-28h2.2M-14-56q3 2.5 6.5.5M4-62q3.5 2.4 6.5-.6M12-52q2.5 2 5.5.2M-5-49q3 2 5.6 0',
        }),
      ];
    default:
      return [
        svg('circle', { class: 'glow lit street', transform: at, cx: 7, cy: -47, r: 28 }),
        svg('path', { class: 'line strong', transform: at, d: 'M-.4 0Q.6-30 0-49Q.2-55 7-54.6M-4.5.4Q0-6 4.6.4' }),
        svg('path', {
          class: 'lamp lit',
          transform: at,
          d: 'M3.6-52.4L2.2-44.6Q7-42.4 11.8-44.6L10.4-52.4Q7-54.6 3.6-52.4Z',
        }),
      ];
  }
}
