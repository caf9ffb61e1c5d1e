import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { TributaryError } from '#sdk/protocol/problem';
import type { Context } from '../context.ts';
import { findInstallation } from '../installation.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';

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
    .addHelpText(
      'after',
      `${examples(
        'tributary issue',
        'VAULT_PASSPHRASE_FROM=file:/run/secrets/vault tributary issue',
        'tributary sell list buses.json --issuer 0x2b5a…c6   # gives it the streams of a product'
      )}
It serves the account of your key (SELLER_ACCOUNTS names others) on the market of --market, and is configured by the
environment; .env.example names every variable. It prints its own account: give that the streams that it shall serve.\n`
    )
    .action(run(issue));
};

async function issue(context: Context): Promise<void> {
  const { environment, settings, accounts } = context;
  const { root } = findInstallation();
  const given = (name: string) => (environment[name] ?? '') !== '';
  const child = spawn(process.execPath, ['--import', 'tsx', join('scripts', 'issue.ts')], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...environment,
      ...(given('MARKET_URL') ? {} : { MARKET_URL: settings.market }),
      ...(given('SELLER_ACCOUNTS') ? {} : { SELLER_ACCOUNTS: settings.account ?? (await accounts.address()) })
    }
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
