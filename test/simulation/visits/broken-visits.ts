/** Mistakes that a maintainer could make where visitors cross a border, each in the place of the right part. */
import { createVisitHost } from '../../../federation/passage/visit-host.ts';
import type { VisitInterference } from './simulate-visits.ts';

/** Guests are there until somebody says that they have left. */
export const noLeaseExpiry: VisitInterference = {
  parts: {
    createVisitHost: (mayAdmit, openedAtMs) => ({
      ...createVisitHost(mayAdmit, openedAtMs),
      nextWakeAtMs: () => undefined,
    }),
  },
};

/** Who was let in over there goes on standing here. */
export const figureStaysAtHome: VisitInterference = {
  tamper(live) {
    live.walkOut = () => {};
  },
};

/** Somebody who is here already is let in once more. */
export const admissionTakenTwice = takingAgain(true);

/** Somebody who left is let in once more by what was said before that. */
export const staleAdmissionTaken = takingAgain(false);

/** Nobody who walks out of a tab's sight is told of it: a page that is closed leaves its figure behind. */
export const leavingUnsaid: VisitInterference = {
  parts: {
    createVisitHost(mayAdmit, openedAtMs) {
      const host = createVisitHost(mayAdmit, openedAtMs);
      const isLeaving = (input: Parameters<typeof host.step>[0]): boolean =>
        input.kind === 'received' && input.message?.kind === 'leave';
      return { ...host, step: (input, nowMs) => (isLeaving(input) ? [] : host.step(input, nowMs)) };
    },
  },
};

/** @param isHere of those who were let in before, whom the host takes again */
function takingAgain(isHere: boolean): VisitInterference {
  return {
    parts: {
      createVisitHost(mayAdmit, openedAtMs) {
        const host = createVisitHost(mayAdmit, openedAtMs);
        const known = new Map<number, boolean>();
        return {
          ...host,
          step(input, nowMs) {
            const message = input.kind === 'received' ? input.message : undefined;
            if (message?.kind === 'leave') known.set(message.guest, false);
            if (message?.kind === 'admit') {
              if (known.get(message.guest) === isHere) return [{ kind: 'tell', command: message }];
              known.set(message.guest, true);
            }
            return host.step(input, nowMs);
          },
        };
      },
    },
  };
}
