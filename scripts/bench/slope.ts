export interface Sample {
  readonly x: number;
  readonly y: number;
}

export interface Slope {
  /** How much y grows for each 1 of x, by least squares. */
  readonly slope: number;
  /** Its standard error: a slope within twice of it may as well be none. */
  readonly error: number;
}

/** @returns undefined for fewer than three samples, or when they all stand at one x */
export function slopeOf(samples: readonly Sample[]): Slope | undefined {
  const count = samples.length;
  if (count < 3) return undefined;
  const meanX = samples.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = samples.reduce((sum, { y }) => sum + y, 0) / count;
  const spread = samples.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (spread === 0) return undefined;
  const slope = samples.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const rest = samples.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (count - 2) / spread) };
}
