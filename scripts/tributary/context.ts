import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { connectMarket } from '#sdk/actions/connect-market';
import type { Market } from '#sdk/actions/connect-market';
import { createAccounts } from './acting-account.ts';
import { onceSucceeded } from './once-succeeded.ts';
import type { Accounts, ActingAccount } from './acting-account.ts';
import { readSettings } from './settings.ts';
import type { GlobalOptions, Settings } from './settings.ts';
import { createOutput } from './terminal/output.ts';
import type { Output, Screen } from './terminal/output.ts';
import { UsageError } from './terminal/words.ts';

/** Where a run reads and writes; the process's own, unless a test gives others. */
export interface Surroundings {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly out: Screen;
  readonly err: Screen;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of this program. */
  readonly version: string;
}

/** What every command works with. */
export interface Context extends Surroundings {
  readonly settings: Settings;
  readonly output: Output;
  readonly accounts: Accounts;
  /** Aborted by Ctrl-C. A command that does not look at it is ended at once. */
  readonly interrupted: () => AbortSignal;
  /** The market, asked for once. */
  market(): Promise<Market>;
  /** The account that acts, with its key. */
  account(): Promise<ActingAccount>;
  /**
   * Asks at the terminal.
   *
   * @param instead What to say where there is nobody to ask, such as "--yes".
   * @throws {@link UsageError} where there is no terminal.
   */
  confirm(question: string, instead: string): Promise<boolean>;
}

export function createContext(
  options: GlobalOptions,
  surroundings: Surroundings,
  interrupted: () => AbortSignal
): Context {
  const settings = readSettings(options, surroundings.environment);
  const output = createOutput({ ...surroundings, json: settings.json, quiet: settings.quiet });
  const accounts = createAccounts(settings);
  // Asked again where it failed: a server may start before its market.
  const connect = onceSucceeded(() => connectMarket(settings.market, { webSocket: WebSocket }));
  return {
    ...surroundings,
    settings,
    output,
    accounts,
    interrupted,
    market: connect,
    account: async () => accounts.acting(await connect()),
    confirm: (question, instead) => {
      if (surroundings.input.isTTY !== true) {
        throw new UsageError(`There is nobody to ask: ${question} Say ${instead} to agree beforehand.`);
      }
      const lines = createInterface({ input: surroundings.input, output: surroundings.err });
      return new Promise((resolve) => {
        lines.once('close', () => {
          resolve(false);
        });
        lines.question(`${question} [y/N] `, (answer) => {
          resolve(/^y(es)?$/i.test(answer.trim()));
          lines.close();
        });
      });
    }
  };
}
