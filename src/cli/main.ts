import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readSettingsHere } from '../config/dot-env.ts';
import { SettingsError } from '../config/settings.ts';
import { UsageError, type Command, type CommandInput, type CommandOutcome } from './command.ts';
import { helpOf, helpOfAll } from './help.ts';
import { ADMIN_COMMANDS } from './admin-commands.ts';
import { OPERATOR_COMMANDS } from './operator-commands.ts';
import { RING_COMMANDS } from './ring-commands.ts';
import { SITE_COMMANDS } from './site-commands.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...RING_COMMANDS,
  ...ADMIN_COMMANDS,
  ...SITE_COMMANDS,
  ...OPERATOR_COMMANDS,
];

const EXIT = { done: 0, refused: 1, usage: 2 } as const;

/**
 * Runs one command line. Answers go to stdout, problems to stderr; with `--json` one object on stdout either way.
 * @param argv the words after the program's name
 * @returns the exit code: 0 done, 1 refused, 2 not understood
 */
export async function main(argv: readonly string[]): Promise<number> {
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, index) => argv[index] === word));
  const wantsJson = argv.includes('--json');
  if (command === undefined) {
    const isHelp = argv.length === 0 || argv.includes('--help') || argv[0] === 'help';
    if (isHelp) process.stdout.write(helpOfAll(COMMANDS));
    else report(wantsJson, [`there is no command ${JSON.stringify(argv.slice(0, 2).join(' '))}; try townring --help`]);
    return isHelp ? EXIT.done : EXIT.usage;
  }
  try {
    const input = parseInput(command, argv.slice(command.name.split(' ').length));
    if (input.flag('help')) {
      process.stdout.write(helpOf(command));
      return EXIT.done;
    }
    return finish(await command.run(input), wantsJson);
  } catch (err) {
    if (err instanceof UsageError) {
      report(wantsJson, [`${err.message}; try townring ${command.name} --help`]);
      return EXIT.usage;
    }
    if (err instanceof SettingsError) {
      report(wantsJson, err.problems);
      return EXIT.usage;
    }
    // Full disk, no permission: the message says which file; the stack would help nobody who typed a command.
    report(wantsJson, [err instanceof Error ? err.message : String(err)]);
    return EXIT.refused;
  }
}

function finish(outcome: CommandOutcome, wantsJson: boolean): number {
  if (!outcome.ok) {
    report(wantsJson, outcome.problems);
    return EXIT.refused;
  }
  const text = wantsJson ? JSON.stringify({ ok: true, ...outcome.json }) : outcome.lines.join('\n');
  process.stdout.write(`${text}\n`);
  return outcome.isBad === true ? EXIT.refused : EXIT.done;
}

function report(wantsJson: boolean, problems: readonly string[]): void {
  if (wantsJson) process.stdout.write(`${JSON.stringify({ ok: false, problems })}\n`);
  else process.stderr.write(problems.map((problem) => `townring: ${problem}\n`).join(''));
}

function parseInput({ options, words: [fewest, most] }: Command, args: readonly string[]): CommandInput {
  const { values, positionals } = parse(args, options);
  // Before the count of words: `ring install --help` has none.
  if (values['help'] !== true) {
    if (positionals.length < fewest) throw new UsageError('a word is missing');
    if (positionals.length > most) throw new UsageError(`${JSON.stringify(positionals[most])} is one word too many`);
  }
  const text = (option: string): string | undefined => {
    const value = values[option];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    words: positionals,
    text,
    required(option) {
      const value = text(option);
      if (value === undefined) throw new UsageError(`--${option} is missing`);
      return value;
    },
    all(option) {
      const value = values[option];
      return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    },
    flag: (option) => values[option] === true,
    async secretLine(prompt) {
      if (process.stdin.isTTY) process.stderr.write(`${prompt}: `);
      for await (const line of createInterface({ input: process.stdin })) return line.trim();
      throw new UsageError(`${prompt} is expected on standard input`);
    },
    // The same sources as the square itself reads, so that both mean the same data folder.
    settings: () => readSettingsHere(dataDirFlag(text('data-dir'))),
  };
}

function parse(
  args: readonly string[],
  options: Command['options'],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, json: { type: 'boolean' }, help: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (err) {
    if (!(err instanceof TypeError)) throw err;
    throw new UsageError(err.message.split('. ')[0] ?? err.message, { cause: err });
  }
}

function dataDirFlag(dataDir: string | undefined): string[] {
  return dataDir === undefined ? [] : [`--data-dir=${dataDir}`];
}
