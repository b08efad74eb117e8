import * as keys from '../../../federation/node/peer-keys.ts';
import { rememberByText, textOf } from './answers.ts';

export * from '../../../federation/node/peer-keys.ts';

export const squareOfPublicKey = rememberByText(keys.squareOfPublicKey, textOf);
