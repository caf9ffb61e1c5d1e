import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { TributaryError } from '#sdk/protocol/problem';
import type { Run } from './commands/command.ts';
import { createContext } from './context.ts';
import type { Surroundings } from './context.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { cleanText, jsonLine } from './terminal/clean-text.ts';

export interface RunParameters extends Surroundings {
  /** Words after the program's name. */
  readonly words: readonly string[];
  /** Aborted by Ctrl-C, for commands that end in an orderly way; calling it says that this one does. */
  readonly interrupted: () => AbortSignal;
}

/**
 * Runs one command.
 *
 * @returns The exit code. Never throws: what went wrong is said in a sentence on the standard error, with --json as
 * problem details (RFC 9457).
 */
export async function runTributary({ words, interrupted, ...surroundings }: RunParameters): Promise<number> {
  const { out, err } = surroundings;
  const json = words.includes('--json');
  const run: Run =
    (task) =>
    async (...given) => {
      const command = given.at(-1) as Command;
      const options = given.at(-2) as Parameters<typeof task>[1];
      const named = given
        .slice(0, -2)
        .flat()
        .filter((word) => typeof word === 'string');
      await task(createContext(command.optsWithGlobals(), surroundings, interrupted), options, named);
    };
  const program = createProgram(run, surroundings.version);
  quieten(program, out);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    if (isAbort(error)) return exitCodes.interrupted;
    const code = error instanceof CommanderError ? exitCodes.usage : exitCodeOf(error);
    err.write(`${json ? jsonLine(problemOf(error)) : cleanText(sentenceOf(error, program, words))}\n`);
    return code;
  }
}

/** Commander throws instead of ending the process, and says nothing itself but help. */
function quieten(command: Command, out: Surroundings['out']): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      out.write(text);
    },
    writeErr: () => undefined
  });
  for (const each of command.commands) quieten(each, out);
}

const isAbort = (error: unknown) => error instanceof Error && error.name === 'AbortError';

function sentenceOf(error: unknown, program: Command, words: readonly string[]): string {
  if (error instanceof CommanderError) {
    if (error.code === 'commander.help') return helpFor(program, words);
    return `${error.message.replace(/^error: /, '')}\nHelp: tributary ${helpWords(program, words)}--help`;
  }
  if (error instanceof TributaryError) return `${error.title}. ${error.message}`;
  // Unforeseen: its first line, never its stack.
  const message = error instanceof Error ? error.message : String(error);
  return `This failed in a way that was not foreseen: ${message.split('\n')[0] ?? ''}`;
}

/** The command that was meant, as far as it can be told. */
function helpWords(program: Command, words: readonly string[]): string {
  const path: string[] = [];
  let command = program;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (next === undefined) continue;
    path.push(next.name());
    command = next;
  }
  return path.length === 0 ? '' : `${path.join(' ')} `;
}

function helpFor(program: Command, words: readonly string[]): string {
  let command = program;
  for (const word of words) command = command.commands.find((each) => each.name() === word) ?? command;
  return command.helpInformation().trimEnd();
}

function problemOf(error: unknown): unknown {
  if (error instanceof TributaryError) return error.toProblem();
  const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const usage = error instanceof CommanderError;
  return {
    type: usage ? '/problems/usage' : 'about:blank',
    title: usage ? 'The command was not understood' : 'This was not foreseen',
    status: usage ? 400 : 500,
    detail
  };
}
