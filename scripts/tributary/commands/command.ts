import type { Command } from 'commander';
import type { Context } from '../context.ts';

/**
 * What a command does.
 *
 * @param options Its own options as commander gives them.
 * @param words Its arguments.
 */
export type Task<O> = (context: Context, options: O, words: readonly string[]) => Promise<void>;

/** Makes an action of a task: it gets its context from the options given before and after the command. */
export type Run = <O extends object>(task: Task<O>) => (...given: unknown[]) => Promise<void>;

/** Adds a command to the program. */
export type AddCommand = (program: Command, run: Run) => void;

/** Examples below the help of a command. */
export const examples = (...lines: readonly string[]) =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
