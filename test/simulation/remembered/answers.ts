/** Answers kept of one function; at the bound all are forgotten, so that a million schedules need no more than one. */
const ANSWERS_MAX = 4_096;

/** A pure function that is run once for each distinct text that `keyOf` makes of what it is given. */
export function rememberByText<Given extends unknown[], Answer>(
  run: (...given: Given) => Answer,
  keyOf: (...given: Given) => string,
): (...given: Given) => Answer {
  const answers = new Map<string, { readonly answer: Answer }>();
  return (...given) => {
    const key = keyOf(...given);
    let known = answers.get(key);
    if (known === undefined) {
      known = { answer: run(...given) };
      if (answers.size >= ANSWERS_MAX) answers.clear();
      answers.set(key, known);
    }
    return known.answer;
  };
}

/** A pure function of one thing that never changes, run once for each. */
export function rememberByThing<Given extends object, Answer>(run: (given: Given) => Answer): (given: Given) => Answer {
  const answers = new WeakMap<Given, { readonly answer: Answer }>();
  return (given) => {
    let known = answers.get(given);
    if (known === undefined) {
      known = { answer: run(given) };
      answers.set(given, known);
    }
    return known.answer;
  };
}

let things = 0;
/** A number for each thing that never changes, as a part of a key. */
export const numberOf = rememberByThing((_thing: object) => (things += 1));

/** Bytes as a key: one character for each. */
export function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
