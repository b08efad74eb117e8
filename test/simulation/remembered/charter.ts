import * as charter from '../../../federation/documents/charter.ts';
import { rememberByText } from './answers.ts';

export * from '../../../federation/documents/charter.ts';

export const verifyCharterChain = rememberByText(charter.verifyCharterChain, (...given) => JSON.stringify(given));
