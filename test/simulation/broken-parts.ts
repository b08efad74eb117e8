/** Three mistakes that a maintainer could make, each as a part put in the place of the right one: the oracle must notice. */
import { createRegister, DIM_MAX_AGE_MS, LIVE_MAX_AGE_MS } from '../../federation/presence/register.ts';
import type { Summary } from '../../federation/presence/summary.ts';
import type { Interference } from './simulate.ts';

/** Order is the sequence number alone: a run that begins again is taken for the past. */
export const noEpochCheck: Interference = {
  parts: {
    createRegister(clock, onChange) {
      const register = createRegister(clock, onChange);
      const withoutEpoch = (summary: Summary): Summary => ({ ...summary, epoch: 0 });
      return {
        ...register,
        order: (summary, body) => register.order(withoutEpoch(summary), body),
        keep: (summary, body, author) => register.keep(withoutEpoch(summary), body, author),
      };
    },
  },
};

/** Freshness by what the author's clock said. */
export const freshBySendersClock: Interference = {
  parts: {
    createRegister(clock, onChange) {
      const register = createRegister(clock, onChange);
      const latest = new Map<string, Summary>();
      return {
        ...register,
        keep(summary, body, author) {
          latest.set(summary.site, summary);
          register.keep(summary, body, author);
        },
        heard(site) {
          const summary = latest.get(site);
          const ageMs = summary === undefined ? Number.POSITIVE_INFINITY : clock.now() - summary.ts;
          if (summary === undefined || summary.bye || ageMs > DIM_MAX_AGE_MS)
            return { state: 'dark', summary: undefined };
          return { state: ageMs > LIVE_MAX_AGE_MS ? 'dim' : 'live', summary };
        },
      };
    },
  },
};

/** Who was shown out is not listened to any more, but goes on being told. */
export const revocationOneWay: Interference = {
  tamper(node) {
    node.hangUp = async () => {};
  },
};
