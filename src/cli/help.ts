import type { Command } from './command.ts';

export function helpOf({ name, summary, usage, details }: Command): string {
  return [
    `townring ${name}: ${summary}`,
    '',
    `Usage: townring ${name} ${usage}`,
    '',
    ...details,
    '  --json                 print one JSON object',
    '  --help                 print this',
    '',
  ].join('\n');
}

export function helpOfAll(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    'townring: a ring of town squares',
    '',
    'Usage: townring COMMAND [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    '',
    'townring COMMAND --help says more. Exit codes: 0 done, 1 refused, 2 not understood.',
    'The square itself starts with `npm start`.',
    '',
  ].join('\n');
}
