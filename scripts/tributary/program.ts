import { Command } from 'commander';
import { addBuy } from './commands/buy.ts';
import type { Run } from './commands/command.ts';
import { addDoctor } from './commands/doctor.ts';
import { addIssue } from './commands/issue.ts';
import { addKarma } from './commands/karma.ts';
import { addKeys } from './commands/keys.ts';
import { addLicences } from './commands/licences.ts';
import { addMcp } from './commands/mcp.ts';
import { addPublish } from './commands/publish.ts';
import { addSearch } from './commands/search.ts';
import { addSearches } from './commands/searches.ts';
import { addSell } from './commands/sell.ts';
import { addShow } from './commands/show.ts';
import { addSubscribe } from './commands/subscribe.ts';
import { addWebhooks } from './commands/webhooks.ts';
import { exitCodeHelp } from './exit-codes.ts';

const introduction = `A marketplace for real-time data streams, from the command line.

  tributary doctor                          is everything there?
  tributary keys create                     a key of your own
  tributary search flight delays            what is on sale
  tributary show <product>                  what it is, costs, and is worth
  tributary buy <product> --for 1h          one signature, one transaction
  tributary subscribe <product>             decrypted events, line by line

Results go to the standard output, everything else to the standard error.
With --json results are lines of JSON.`;

const environmentHelp = `Environment (an option wins):
  TRIBUTARY_MARKET           --market
  TRIBUTARY_HOME             --home
  TRIBUTARY_KEY              --key
  TRIBUTARY_PASSPHRASE_FROM  --passphrase-from
  TRIBUTARY_SIGNER           --signer
  TRIBUTARY_ACCOUNT          --account
  NO_COLOR                   no colours, also on a terminal`;

/** The whole command line. */
export function createProgram(run: Run, version: string): Command {
  const program = new Command('tributary')
    .description(introduction)
    .version(version)
    .option('-m, --market <url>', 'the market (default: http://localhost:4400)')
    .option('--home <folder>', 'folder of keys and positions (default: ~/.tributary)')
    .option('-k, --key <name>', 'key to act with: a name, or the path of a keystore (default: "default")')
    .option('--passphrase-from <source>', 'prompt, descriptor:<number>, or file:<path> of mode 0600 (default: prompt)')
    .option('--signer <url>', "JSON-RPC of a signer that has the key instead, such as a hardware wallet's")
    .option('--account <address>', 'account at that signer, or to look at')
    .option('--json', 'results as JSON, one value per line')
    .option('-q, --quiet', 'say nothing on the standard error but errors')
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText('after', `\n${environmentHelp}\n\n${exitCodeHelp}\n`);
  for (const add of [
    addSearch,
    addShow,
    addBuy,
    addSubscribe,
    addLicences,
    addPublish,
    addSell,
    addIssue,
    addKarma,
    addKeys,
    addWebhooks,
    addSearches,
    addDoctor,
    addMcp
  ]) {
    add(program, run);
  }
  return program;
}
