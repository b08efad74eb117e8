import { randomBytes } from 'node:crypto';
import type { SceneRandom } from '../scene/types.ts';

/** Chance from the operating system. */
export const systemRandom: SceneRandom = {
  fraction: () => Math.random(),
  bytes: (length) => randomBytes(length),
};
