import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TributaryError } from '#sdk/protocol/problem';
import type { Context } from '../context.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';

/** The seller's daemon is not part of this copy. */
export class IssuerMissingError extends TributaryError {
  readonly code = 'issuer-missing';
  readonly title = 'The issuer is not here';
  override readonly status = 404;

  constructor(file: string) {
    super(`${file} is missing. Update this copy of the project, or let the broker issue: tributary sell delegate.`);
  }
}

/** The daemon ended by itself. */
export class IssuerEndedError extends TributaryError {
  readonly code = 'issuer-ended';
  readonly title = 'The issuer ended';

  constructor(code: number | null) {
    super(`The issuer ended with ${String(code)}; its last lines say why.`);
  }
}

export const addIssue: AddCommand = (program, run) => {
  program
    .command('issue')
    .description("run the seller's own issuer: grants keys to who bought, without trusting a broker with them")
    .argument('[arguments...]', 'passed on to it')
    .allowUnknownOption()
    .addHelpText(
      'after',
      `${examples('tributary issue', 'VAULT_PASSPHRASE_FROM=file:/run/secrets/vault tributary issue')}
It is configured by the environment, as the broker is; .env.example names every variable.\n`
    )
    .action(run(issue));
};

async function issue(context: Context, _: object, words: readonly string[]): Promise<void> {
  const root = new URL('../../../', import.meta.url);
  const file = fileURLToPath(new URL('broker/issuer-main.ts', root));
  if (!existsSync(file)) throw new IssuerMissingError(file);
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...words], {
    cwd: fileURLToPath(root),
    stdio: 'inherit'
  });
  const interrupted = context.interrupted();
  // A terminal sends Ctrl-C to both; whoever else signals us means the daemon.
  const stop = () => child.kill('SIGTERM');
  interrupted.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => {
      resolve(127);
    });
    child.once('exit', resolve);
  });
  interrupted.throwIfAborted();
  if (code !== 0) throw new IssuerEndedError(code);
}
