/**
 * Deliberate failures, for tests of what is done about them. The door opens only in a process whose NODE_ENV is "test" and
 * whose TOWNRING_CRASH_DOOR is "1"; then a newcomer's browser id says what fails:
 * `door-throw` the handling of that one message · `door-scene` the next thing that changes its scene's roster, once ·
 * `door-loop` the process's loop, for ever · `door-crash` the process.
 */
import type { RealtimeDeps } from '../realtime/deps.ts';

export function withCrashDoor(deps: RealtimeDeps, env: NodeJS.ProcessEnv): RealtimeDeps {
  if (env['NODE_ENV'] !== 'test' || env['TOWNRING_CRASH_DOOR'] !== '1') return deps;
  const armed = new Set<string>();
  const spent = new Set<string>();
  const { ring, secretFor } = deps;
  return {
    ...deps,
    ring: {
      touch(sceneKey) {
        ring.touch(sceneKey);
        if (armed.delete(sceneKey)) throw new Error('the door: scene');
      },
      neighbours: (sceneKey) => ring.neighbours(sceneKey),
      onNeighbours: (listener) => ring.onNeighbours(listener),
      requestPassage: (sceneKey, side, plate, to) => ring.requestPassage(sceneKey, side, plate, to),
      redeem: (sceneKey, code) => ring.redeem(sceneKey, code),
      findSite: (sceneKey, site) => ring.findSite(sceneKey, site),
      visit: (sceneKey, site) => ring.visit(sceneKey, site),
      look: (sceneKey, site, side) => ring.look(sceneKey, site, side),
      wave: (sceneKey, side, h) => ring.wave(sceneKey, side, h),
      onWaved: (listener) => ring.onWaved(listener),
      birds: ring.birds,
      onWatch: (listener) => ring.onWatch(listener),
      onGuests: (listener) => ring.onGuests(listener),
    },
    secretFor(sceneKey, browserId) {
      if (browserId === 'door-throw') throw new Error('the door: message');
      if (browserId === 'door-crash') setImmediate(() => fail());
      if (browserId === 'door-loop') for (;;);
      // Once the newcomer is in: a fault over their own message would be theirs alone. Once only: the restarted scene asks
      // for its visitors' secrets as well.
      if (browserId === 'door-scene' && !spent.has(sceneKey)) {
        spent.add(sceneKey);
        setImmediate(() => armed.add(sceneKey));
      }
      return secretFor(sceneKey, browserId);
    },
  };
}

function fail(): never {
  throw new Error('the door: process');
}
