import { checkMarket } from '#sdk/actions/check-market';
import type { MarketCheck } from '#sdk/actions/market-check';
import { readBalance } from '#sdk/actions/read-balance';
import type { Market } from '#sdk/actions/connect-market';
import { TributaryError } from '#sdk/protocol/problem';
import type { Context } from '../context.ts';
import { secretsFileOf } from '../keystore/account-secrets.ts';
import { accountOf, keyFileOf } from '../keystore/key-files.ts';
import { isExposed } from '../keystore/private-file.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { dataWords } from '../terminal/words.ts';
import { formatDecimal } from '#sdk/actions/format-decimal';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';

/** Something is wrong; what, was said already. */
export class UnwellError extends TributaryError {
  readonly code = 'unwell';
  readonly title = 'Something is wrong';

  constructor(names: readonly string[]) {
    super(`Look at: ${names.join(', ')}.`);
  }
}

export const addDoctor: AddCommand = (program, run) => {
  program
    .command('doctor')
    .description('check market, chain, index, broker, clock, balance and keys, and say what to do')
    .addHelpText(
      'after',
      `${examples('tributary doctor', 'tributary doctor --market https://market.example --json')}
Ends with 1 where something is bad; warnings and what is absent are no failure.\n`
    )
    .action(run(doctor));
};

const marks = { good: 'ok', warning: 'warn', bad: 'BAD', absent: '-' } as const;

async function doctor(context: Context): Promise<void> {
  const { output } = context;
  const checks: MarketCheck[] = [];
  const market = await findMarket(context, checks);
  if (market !== undefined) checks.push(...(await checkMarket({ market })));
  checks.push(await checkKey(context));
  checks.push(...(await checkAccount(context, market)));
  const bad = checks.filter(({ state }) => state === 'bad').map(({ name }) => name);
  output.result({ checks }, () => {
    const width = Math.max(...checks.map(({ name }) => name.length));
    const paint = { good: output.good, warning: output.warning, bad: output.bad, absent: output.dim };
    return checks
      .map(({ name, state, detail, advice }) => {
        const line = `${paint[state](marks[state].padEnd(4))}  ${name.padEnd(width)}  ${cleanLine(detail)}`;
        return advice === undefined ? line : `${line}\n${' '.repeat(width + 8)}${output.dim(`→ ${advice}`)}`;
      })
      .join('\n');
  });
  if (bad.length > 0) throw new UnwellError(bad);
}

async function findMarket(context: Context, checks: MarketCheck[]): Promise<Market | undefined> {
  const name = 'market';
  const { market: url } = context.settings;
  try {
    const market = await context.market();
    const { chainId, local } = market;
    const detail = `${url} is a market on ${local ? 'a local chain' : `chain ${String(chainId)}`}.`;
    checks.push({ name, state: 'good', detail });
    return market;
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    const advice = 'Run "npm start" for a market of your own, or name another: --market, TRIBUTARY_MARKET.';
    checks.push({ name, state: 'bad', detail: error.message, advice });
    return undefined;
  }
}

/** Looks at modes only: doctor needs no passphrase. */
async function checkKey({ settings }: Context): Promise<MarketCheck> {
  const name = 'keystore';
  const { home, signer } = settings;
  if (signer !== undefined) {
    return { name, state: 'good', detail: `The key is with the signer at ${signer}.` };
  }
  const file = keyFileOf(home, settings.key);
  const exposed = await isExposed(file);
  if (exposed === undefined) {
    const advice = 'Buying and publishing need one: tributary keys create';
    return { name, state: 'absent', detail: `There is no key at ${file}.`, advice };
  }
  const account = exposed ? undefined : await accountOf(file);
  const open = [
    ...(exposed ? [file] : []),
    ...((await isExposed(home)) === true ? [home] : []),
    ...(account !== undefined && (await isExposed(secretsFileOf(home, account))) === true
      ? [secretsFileOf(home, account)]
      : [])
  ];
  if (open.length > 0) {
    const advice = `Close them: chmod go-rwx ${open.join(' ')}`;
    return { name, state: 'bad', detail: `Others on this machine can read ${open.join(' and ')}.`, advice };
  }
  return { name, state: 'good', detail: `${file}, for you alone.` };
}

async function checkAccount(context: Context, market: Market | undefined): Promise<readonly MarketCheck[]> {
  const { settings } = context;
  const file = keyFileOf(settings.home, settings.key);
  const exposed = (await isExposed(file)) === true;
  const account = settings.account ?? (exposed ? undefined : await accountOf(file));
  if (account === undefined || market === undefined) return [];
  try {
    const { datacoin, ether } = await readBalance({ market, account });
    const detail = `${account} holds ${dataWords(datacoin)} and ${formatDecimal(ether, 18)} ETH.`;
    const missing = [...(datacoin === 0n ? ['DATAcoin'] : []), ...(ether === 0n ? ['ether'] : [])].join(' and ');
    if (missing === '') return [{ name: 'balance', state: 'good', detail }];
    const advice = market.local
      ? `Fill it with play money: curl -X POST ${settings.market}/demo/fund -H 'content-type: application/json' -d '{"account":"${account}"}'`
      : `Buying needs DATAcoin, and transactions ether: send it ${missing}.`;
    return [{ name: 'balance', state: 'warning', detail, advice }];
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    return [{ name: 'balance', state: 'bad', detail: error.message }];
  }
}
