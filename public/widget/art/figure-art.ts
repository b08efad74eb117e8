/**
 * The wayfarers: line figures as path data, one list of strokes for each look and frame. Units are px; the origin is on
 * the ground between the feet, y grows downwards, and the figure faces right. It stands 36 px tall without its hat.
 */
import { CARRIED, HEADWEAR, type Look } from '../../../src/protocol/look.ts';

export const FRAMES = [
  'stand',
  'walk0',
  'walk1',
  'walk2',
  'walk3',
  'walk4',
  'walk5',
  'run0',
  'run1',
  'run2',
  'run3',
  'run4',
  'run5',
  'climb0',
  'climb1',
  'climb2',
  'sit',
  'nap',
  'lean',
  'read',
  'doze',
  'wave0',
  'wave1',
  'cheer',
  'jump',
  'shrug',
  'point',
  'look',
] as const;
export type Frame = (typeof FRAMES)[number];
export const WALK_FRAMES = 6;
export const CLIMB_FRAMES = 3;

/** What a frame may reach to: half its width, its height above and its depth below the ground, in px. */
export const CELL = { half: 20, above: 47, below: 5 } as const;

export type Tone = 'ink' | 'paper' | 'coat' | 'accent' | 'lamp';

export interface Stroke {
  /** SVG path data. */
  readonly d: string;
  readonly fill?: Tone;
  /** Width of the ink line, px; 0 for none. */
  readonly line: number;
  /** Where the path's own origin lies, and its turn in radians about it. */
  readonly at?: readonly [x: number, y: number, turn: number];
  /** Left out of silhouettes, which are all ink. */
  readonly isDetail?: boolean;
  /** A soft light behind what follows: radius in px; `d` is ignored. */
  readonly glow?: number;
}

const LINE = 1.7;
const FINE = 1.15;

interface Stance {
  /** Shift of everything above the hips. */
  readonly dx: number;
  readonly dy: number;
  /** Turn of the upper body about the hips. */
  readonly turn: number;
  /** Extra turn of the head. */
  readonly nod: number;
  readonly isAsleep: boolean;
  readonly legs: readonly string[];
  /** Forward swing of the hem. */
  readonly sway: number;
  readonly arms: readonly Stroke[];
}

/** Strokes from back to front. */
export function figureArt(look: Look, frame: Frame): Stroke[] {
  const stance = stanceOf(frame);
  const hips: readonly [number, number, number] = [stance.dx, -10 + stance.dy, stance.turn];
  const headTurn = stance.turn + stance.nod;
  const head: readonly [number, number, number] = [
    stance.dx + Math.sin(stance.turn) * 20.4 + stance.nod * 3,
    -10 + stance.dy - Math.cos(stance.turn) * 20.4 + Math.abs(stance.nod) * 1.5,
    headTurn,
  ];
  const headwear = HEADWEAR[look.headwear] ?? 'none';
  const carried = CARRIED[look.carried] ?? 'none';
  const bodyPart = (stroke: Stroke): Stroke => ({ ...stroke, at: hips });
  const airPart = (stroke: Stroke): Stroke => ({ ...stroke, at: [head[0], head[1], 0] });
  const headPart = (stroke: Stroke): Stroke => ({ ...stroke, at: head });
  const thing = carriedArt(carried);
  return [
    ...(carried === 'cat' ? thing : []),
    ...(carried === 'lantern'
      ? [{ d: '', line: 0, glow: 10, at: [10 + stance.dx, -13.6 + stance.dy, 0] as const }]
      : []),
    ...(carried === 'scarf' ? [bodyPart(SCARF_TAIL)] : []),
    ...stance.legs.map((d) => ({ d, line: LINE })),
    bodyPart({ d: coatPath(stance.sway), fill: 'coat', line: LINE }),
    bodyPart({ d: 'M1.6-8.6Q3.2-5.4 2.6-2.8', line: FINE, isDetail: true }),
    headPart({ d: 'M-4.9 0A4.9 4.9 0 1 0 4.9 0A4.9 4.9 0 1 0-4.9 0Z', fill: 'paper', line: LINE }),
    headPart(
      stance.isAsleep
        ? { d: 'M1 .2Q2.2 1.1 3.4.2', line: FINE, isDetail: true }
        : { d: 'M1.4-.4A.95 .95 0 1 0 3.3-.4A.95 .95 0 1 0 1.4-.4Z', fill: 'ink', line: 0, isDetail: true },
    ),
    ...HEADWEAR_ART[headwear].map(headPart),
    ...(carried === 'cat' ? [] : thing.map(bodyPart)),
    ...stance.arms.map(bodyPart),
    ...(stance.isAsleep ? SLEEP.map(airPart) : []),
  ];
}

/** A straight poncho from neck to hem, origin at the hips. */
function coatPath(sway: number): string {
  return (
    `M-2.9-15.6C-5.2-15.2-5.9-12-6.1-8.4C-6.3-5-6.5-2-${(6.6 - sway).toFixed(1)} .6` +
    `Q0 2.2 ${(6.4 + sway).toFixed(1)} .5C6.3-2.4 6-5.2 5.8-8.6C5.6-12 5-15.2 2.9-15.6Q0-14.2-2.9-15.6Z`
  );
}

function stanceOf(frame: Frame): Stance {
  const standing: Stance = {
    dx: 0,
    dy: 0,
    turn: 0,
    nod: 0,
    isAsleep: false,
    legs: ['M-2.3-9.6L-2.5-.8l1.7.1', 'M2.3-9.6L2.6-.8l1.7.1'],
    sway: 0,
    arms: [],
  };
  const sitting: Stance = {
    ...standing,
    dx: -2,
    dy: 2.6,
    legs: ['M-3.5-7.6L4.4-7.8L4.2-.9l1.6.1', 'M-2.8-7.4L6.2-7.2L6.8-.8l1.6.1'],
    sway: 0.4,
  };
  switch (frame) {
    case 'stand':
      return standing;
    case 'sit':
      return sitting;
    case 'nap':
      return { ...sitting, nod: 0.3, isAsleep: true };
    case 'lean':
      return { ...standing, turn: -0.13, legs: ['M-2-9.6Q1.4-5.4 3-.8l1.8.1', 'M1.6-9.6Q3.6-5-.6-.9l1.7.2'] };
    case 'read':
      return { ...standing, nod: 0.24, arms: BOOK };
    case 'doze':
      return { ...standing, nod: 0.3, isAsleep: true };
    case 'wave0':
      return { ...standing, arms: armUp('M4.7-12.6Q9.8-14.6 10.4-21.6', 10.6, -22.8) };
    case 'wave1':
      return { ...standing, arms: armUp('M4.7-12.6Q8.6-15.6 7-23.4', 6.7, -24.6) };
    case 'cheer':
      return {
        ...standing,
        arms: [...armUp('M4.7-12.6Q9.4-15 9.2-23', 9.2, -24.2), ...armUp('M-4.7-12.6Q-9.4-15-9.2-22.4', -9.2, -23.6)],
      };
    case 'jump':
      return {
        ...standing,
        legs: ['M-2.3-9.6Q-5-6.4-4.6-3.4l1.6.5', 'M2.3-9.6Q5.6-6.4 2.6-2.8l1.6.6'],
        arms: armUp('M4.7-12.6Q8.8-13 10-17.4', 10.4, -18.4),
      };
    case 'shrug':
      return {
        ...standing,
        dy: -0.6,
        nod: -0.16,
        arms: [
          ...armUp('M4.7-12.2Q8.2-6.6 11.6-11.2', 12.3, -12.2),
          ...armUp('M-4.7-12.2Q-8.2-6.6-11.6-11.2', -12.3, -12.2),
        ],
      };
    case 'point':
      return { ...standing, arms: armUp('M4.7-12.4Q9-12.2 13.6-15', 14.8, -15.6) };
    case 'look':
      return { ...standing, turn: 0.08, nod: -0.06, arms: armUp('M4.7-12.4Q10.4-14.6 6.6-20.6', 5.6, -21.6) };
    case 'climb0':
    case 'climb1':
    case 'climb2':
      return climbing(standing, Number(frame.slice(5)) / CLIMB_FRAMES);
    default:
      return striding(standing, Number(frame.slice(-1)) / WALK_FRAMES, frame.startsWith('run') ? RUN : WALK);
  }
}

interface Gait {
  /** Reach of a foot to either side of the hips, px. */
  readonly reach: number;
  /** Height of a foot in the air, px. */
  readonly lift: number;
  /** Bob of the body, px. */
  readonly bob: number;
  readonly lean: number;
}

const WALK: Gait = { reach: 5.6, lift: 3, bob: 0.9, lean: 0.05 };
const RUN: Gait = { reach: 8.2, lift: 5.6, bob: 2.2, lean: 0.2 };

function striding(standing: Stance, part: number, gait: Gait): Stance {
  const angle = part * 2 * Math.PI;
  const swing = Math.sin(angle);
  return {
    ...standing,
    dy: -Math.abs(Math.cos(angle)) * gait.bob,
    turn: gait.lean,
    legs: [leg(-1.6, angle + Math.PI, gait), leg(1.6, angle, gait)],
    sway: swing * 0.1 * gait.reach,
    arms: gait === RUN ? [runningArm(-swing), runningArm(swing)] : [],
  };
}

/** A bent arm that swings against its leg. */
function runningArm(swing: number): Stroke {
  const elbow = swing * 4;
  return {
    d: `M${(swing * 3).toFixed(1)}-12.4L${(elbow - 1.6).toFixed(1)}-8l${(4.6 + swing).toFixed(1)}-1.6`,
    line: FINE,
  };
}

/** Up a hill: bent forward, one knee high after the other, a hand on it. */
function climbing(standing: Stance, part: number): Stance {
  const angle = part * 2 * Math.PI;
  const gait: Gait = { reach: 4.6, lift: 4.6, bob: 1.4, lean: 0.26 };
  return {
    ...striding(standing, part, gait),
    nod: -0.16,
    arms: [{ d: `M3.4-11.6Q6.6-8.4 ${(6.4 + Math.sin(angle) * 1.6).toFixed(1)}-4.4`, line: LINE }],
  };
}

/** One leg of the cycle: on the ground it goes back, in the air it comes forward with a bent knee. */
function leg(hipX: number, angle: number, gait: Gait): string {
  const lift = Math.max(0, Math.cos(angle)) * gait.lift;
  const footX = hipX * 0.4 + Math.sin(angle) * gait.reach;
  const footY = -0.8 - lift;
  const kneeX = (hipX + footX) / 2 + 1 + lift * 0.7;
  const toe = lift > 1 ? 'l1.5.9' : 'l1.7.1';
  return `M${hipX}-9.8Q${kneeX.toFixed(1)}${(-5.4 - lift * 0.3).toFixed(1)} ${footX.toFixed(1)}${footY.toFixed(1)}${toe}`;
}

function armUp(d: string, handX: number, handY: number): Stroke[] {
  const hand = `M${handX - 1.3} ${handY}a1.3 1.3 0 1 0 2.6 0a1.3 1.3 0 1 0-2.6 0Z`;
  return [
    { d, line: LINE },
    { d: hand, fill: 'paper', line: FINE },
  ];
}

const BOOK: readonly Stroke[] = [
  { d: 'M3.6-8.8Q5.4-6.4 8-6.8', line: FINE },
  { d: 'M4.4-11.4L8.6-9.6L13-11.8L12.6-6.6L8.6-4.6L4.6-6.2Z', fill: 'paper', line: FINE },
  { d: 'M8.6-9.6V-4.8', line: FINE, isDetail: true },
];

const SLEEP: readonly Stroke[] = [
  { d: 'M6.6-8.4h3.4l-3.4 3.6h3.4', line: FINE },
  { d: 'M11.4-13.2h2.4l-2.4 2.6h2.4', line: 0.9 },
];

const HAIR: Stroke = {
  d: 'M-4.9-.4C-5.8-5.8 4.2-7.4 4.9-1.6C2.6-2-1.2-3-2.2-4C-2.6-2.4-3.6-.8-4.9-.4Z',
  fill: 'ink',
  line: 0.8,
};

/** Origin at the middle of the head, radius 4.9. */
const HEADWEAR_ART: Readonly<Record<(typeof HEADWEAR)[number], readonly Stroke[]>> = {
  none: [HAIR],
  cap: [{ d: 'M-5.1-.9C-5.6-7.2 4.6-7.6 5-2L9-1.2Q7.4-.2 4.4-.8Q-.4-2.2-5.1-.9Z', fill: 'accent', line: FINE }],
  brim: [
    { d: 'M-4.3-2.8C-4.6-8.8-2.6-9.2 0-8.2C2.6-9.2 4.6-8.8 4.3-2.8Z', fill: 'accent', line: FINE },
    { d: 'M-8.4-2.2Q0-4.6 8.4-2.4Q0-.4-8.4-2.2Z', fill: 'accent', line: FINE },
  ],
  hood: [
    {
      d: 'M-5.6 5.8C-8-1-5.2-7.6 .8-7.2C4.6-7 6-4.2 5-1.8C2.6-3.8 .2-3.2-.6 0C-1 2.6-.4 4.4 .8 5.4Q-2.4 6.8-5.6 5.8Z',
      fill: 'coat',
      line: FINE,
    },
  ],
  bun: [HAIR, { d: 'M-6.6-5.6a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0Z', fill: 'ink', line: 0.8 }],
  bobble: [
    { d: 'M-1.9-9.4a2 2 0 1 0 4 0a2 2 0 1 0-4 0Z', fill: 'paper', line: FINE },
    { d: 'M-5-2.4C-5.4-9.4 5.2-9.6 5-2.6Q0-4.4-5-2.4Z', fill: 'accent', line: FINE },
    { d: 'M-5.3-2.8Q0-5 5.3-3L5.3-1.2Q0-3-5.3-1Z', fill: 'paper', line: FINE },
  ],
  cone: [{ d: 'M-5.6-1Q-1.8-4.8 .6-12.2Q1.2-13 1.7-12Q3-5 5.6-1.6Q0-3.6-5.6-1Z', fill: 'accent', line: FINE }],
  leaf: [
    HAIR,
    { d: 'M.2-5.4C-1-9 1.8-11.4 6.6-11.2C6.2-7.4 3.8-5 .2-5.4Z', fill: 'accent', line: FINE },
    { d: 'M.2-5.2Q2.4-8 4.6-9.6', line: 0.8, isDetail: true },
  ],
};

const SCARF_TAIL: Stroke = {
  d: 'M-2.6-14.6Q-6.8-14.4-9.6-9.6L-6.8-8.2Q-5.6-11-2-12.4Z',
  fill: 'accent',
  line: FINE,
};

/** Origin at the hips, except the cat, which walks by itself. */
function carriedArt(carried: (typeof CARRIED)[number]): readonly Stroke[] {
  switch (carried) {
    case 'none':
      return [];
    case 'scarf':
      return [
        { d: 'M-4.5-16Q0-13.4 4.6-16Q5.4-13.8 3.8-12.8Q0-11-3.9-12.8Q-5.4-14-4.5-16Z', fill: 'accent', line: FINE },
      ];
    case 'satchel':
      return [
        { d: 'M-3.9-14.4Q-.4-8 4.6-4.6', line: FINE, isDetail: true },
        { d: 'M2.4-5.4Q5.6-6.4 8.6-5L8.2.4Q5.4 1.6 2.6.6Z', fill: 'accent', line: FINE },
        { d: 'M2.5-3.4Q5.4-1.8 8.4-3.2', line: 0.9, isDetail: true },
      ];
    case 'lantern':
      return [
        { d: 'M4.6-10.6Q7.6-8.4 11-8.6', line: LINE },
        { d: 'M9-6.4Q11-9.8 13-6.4', line: 0.9 },
        { d: 'M8.8-6.2H13.2L13.8-1.4H8.2Z', fill: 'lamp', line: FINE },
      ];
    case 'umbrella':
      return [
        { d: 'M4.4-10.6Q7-8.4 9.6-8.8', line: LINE },
        { d: 'M10.4-6.6Q13.6-1 10.4 5.6Q7.6-.6 9.6-6.8Z', fill: 'accent', line: FINE },
        { d: 'M7.2-10.6Q8.4-13 9.8-10.8L10.4 8.4', line: FINE },
      ];
    default:
      return [
        { d: 'M-15.4-1.2Q-19.4-2.4-17.8-7.4', line: LINE },
        { d: 'M-15.8-.2C-16.8-4.6-13.8-7-11.4-7C-9.2-6.8-8.6-3.4-8.8-.2Z', fill: 'accent', line: FINE },
        {
          d: 'M-12.6-8.4L-12.4-12.4L-10.5-10.8L-8.2-12.2L-7.6-8.6Q-7.8-5.8-10.2-5.8Q-12.6-6-12.6-8.4Z',
          fill: 'accent',
          line: FINE,
        },
        { d: 'M-9.6-8.8h.9', line: FINE, isDetail: true },
      ];
  }
}
