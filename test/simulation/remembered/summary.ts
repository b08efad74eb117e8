import * as summary from '../../../federation/presence/summary.ts';
import { rememberByText, rememberByThing, textOf } from './answers.ts';

export * from '../../../federation/presence/summary.ts';

// One message object goes to many squares, and nobody writes into it.
export const unsealSummary = rememberByThing(summary.unsealSummary);
// Its body is another object at the square that signs it.
export const parseSummary = rememberByText(summary.parseSummary, textOf);
