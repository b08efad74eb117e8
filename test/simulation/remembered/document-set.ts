import * as set from '../../../federation/documents/document-set.ts';
import { rememberByText, textOf } from './answers.ts';

export * from '../../../federation/documents/document-set.ts';

export const checkDocumentSet = rememberByText(set.checkDocumentSet, (value) => JSON.stringify(value));
export const decodeDocuments = rememberByText(set.decodeDocuments, textOf);
