import type { Clock } from '../lib/clock.ts';
import type { PassageFrame } from '../protocol/frames.ts';
import type { Side } from '../protocol/limits.ts';
import type { Arrival, Plate, RingPort } from '../ring/ring-port.ts';

/** A hop code that is not redeemed in this time makes an ordinary arrival: nobody waits longer to appear. */
const REDEEM_TIMEOUT_MS = 1_000;

/** A connection may ask for a passage this often; each one costs the neighbour a code. */
export const GATE_INTERVAL_MS = 1_000;

/** Redeems a hop code, within a second or not at all. */
export function redeemInTime(
  ring: RingPort,
  clock: Clock,
  sceneKey: string,
  code: string,
): Promise<Arrival | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => resolve(undefined), REDEEM_TIMEOUT_MS);
    ring
      .redeem(sceneKey, code)
      .then(resolve, reject)
      .finally(() => timer.cancel());
  });
}

/** Asks the ring for a way through a gate. */
export async function passageThrough(
  ring: RingPort,
  sceneKey: string,
  side: Side,
  plate: Plate,
): Promise<PassageFrame> {
  const passage = await ring.requestPassage(sceneKey, side, plate);
  if (!passage.ok) return { type: 'passage', side, refused: passage.reason };
  return { type: 'passage', side, url: passage.url, ...(passage.code !== undefined && { code: passage.code }) };
}
