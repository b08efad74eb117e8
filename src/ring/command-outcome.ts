/** What a command has to say: lines for a person, an object for a program. */
export type CommandOutcome =
  | {
      readonly ok: true;
      readonly lines: readonly string[];
      readonly json: Readonly<Record<string, unknown>>;
      /** It was done, and what it found is bad: exit code 1. */
      readonly isBad?: boolean;
    }
  | Failed;

/** Why not, a line each. */
export interface Failed {
  readonly ok: false;
  readonly problems: readonly string[];
}

export function refused(problem: string): Failed {
  return { ok: false, problems: [problem] };
}
