/** What all fuzz tests share: which runs, and bytes that were spoilt on their way. */
import * as fc from 'fast-check';

/** `FUZZ_SEED` and `FUZZ_RUNS` choose others; a failure prints its seed. @param runs unless the environment says how many */
export function fuzzRuns(runs: number): { readonly seed: number; readonly numRuns: number } {
  return {
    seed: Number(process.env['FUZZ_SEED'] ?? 20_261_123),
    numRuns: Number(process.env['FUZZ_RUNS'] ?? runs),
  };
}

/** The sample with bytes overwritten, then cut or lengthened. */
export function spoilt(sample: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc
    .record({
      edits: fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { maxLength: 6 }),
      cut: fc.option(fc.nat(sample.length)),
      tail: fc.uint8Array({ maxLength: 8 }),
    })
    .map(({ edits, cut, tail }) => {
      const bytes = Uint8Array.from(sample);
      for (const [at, value] of edits) bytes[at] = value;
      return Uint8Array.from(Buffer.concat([bytes.subarray(0, cut ?? bytes.length), tail]));
    });
}
