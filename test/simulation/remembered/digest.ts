import * as digest from '../../../federation/presence/digest.ts';
import { rememberByThing } from './answers.ts';

export * from '../../../federation/presence/digest.ts';

export const parseDigest = rememberByThing(digest.parseDigest);
