import * as parse from '../../../federation/documents/parse.ts';
import { numberOf, rememberByText } from './answers.ts';

export * from '../../../federation/documents/parse.ts';

export const verifyMembers = rememberByText(
  parse.verifyMembers,
  (value, charter) => `${numberOf(charter)} ${JSON.stringify(value)}`,
);
export const verifyBeat = rememberByText(
  parse.verifyBeat,
  (value, charter) => `${numberOf(charter)} ${JSON.stringify(value)}`,
);
