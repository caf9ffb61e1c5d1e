import { quoteProduct } from '#sdk/actions/quote-product';
import { bytes32Schema } from '#sdk/protocol/primitives';
import { DeclinedError, PriceTooHighError, buyQuoted, stepWords } from '../buying.ts';
import type { Context } from '../context.ts';
import { UsageError, dataWords, parseData, parsePeriod, parseTime, periodWords, timeWords } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';
import { parseProduct } from './product-reference.ts';
import { nameOf } from './search.ts';
import { settlementWords } from './show.ts';

interface BuyOptions {
  readonly for?: string;
  readonly until?: string;
  readonly most?: string;
  readonly attestation?: string;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly relayed?: true;
}

export const addBuy: AddCommand = (program, run) => {
  program
    .command('buy')
    .description('buy or renew a licence: one signature, and one transaction where you have ether for its fee')
    .argument('<product>', 'its id, or the address of its page in the storefront')
    .option('-f, --for <period>', 'how long it shall at least last: 90m, 1h, 2d; the shortest unless said otherwise')
    .option('-u, --until <time>', 'when it shall end, instead')
    .option('--most <DATA>', 'pay no more than this; agrees beforehand to anything up to it')
    .option('--attestation <uid>', 'your attestation, where the offer demands one')
    .option('--relayed', 'have the market carry the purchase and pay the fee; as it is where you have no ether')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only say what it would cost')
    .addHelpText(
      'after',
      `${examples(
        'tributary buy 0x3c44…01 --for 1h',
        'tributary buy 0x3c44…01 --for 1d --most 5         # asks nobody, pays at most 5 DATA',
        'tributary buy 0x3c44…01 --for 1h --dry-run --json'
      )}
Licences end on the seller's boundary, such as the full hour, and cost exactly the seconds up to it.
The key to which the stream's keys are sealed is made here and kept beside your keystore.\n`
    )
    .action(run<BuyOptions>(buy));
};

async function buy(context: Context, options: BuyOptions, [word = '']: readonly string[]): Promise<void> {
  const { output } = context;
  const productId = parseProduct(word);
  if (options.for !== undefined && options.until !== undefined) throw new UsageError('Choose --for or --until.');
  const period =
    options.until === undefined
      ? { seconds: options.for === undefined ? 1 : parsePeriod(options.for) }
      : { until: parseTime(options.until) };
  const most = options.most === undefined ? undefined : parseData(options.most);
  const attestation = bytes32Schema.optional().safeParse(options.attestation);
  if (!attestation.success) throw new UsageError('--attestation must be a uid: 0x and 64 digits.');
  const address = await buyerOf(context, options);
  const market = await context.market();
  const quote = await quoteProduct({
    market,
    productId,
    period,
    ...(address === undefined ? {} : { account: address })
  });
  const { product, price, until, from, runningUntil } = quote;
  const offered = {
    productId,
    offerId: quote.offerId,
    name: product.document?.name ?? null,
    from,
    until,
    seconds: quote.seconds,
    price,
    termsCid: product.offer.termsCid,
    settlement: product.offer.settlement
  };
  const described = () =>
    output.facts([
      ['product', nameOf(product)],
      ['seller', product.seller],
      [runningUntil > 0 ? 'renewed from' : 'from', timeWords(from)],
      ['until', `${timeWords(until)} (${periodWords(until - from)})`],
      ['price', dataWords(price)],
      ['paid out', settlementWords[product.offer.settlement]],
      ['terms', product.offer.termsCid]
    ]);
  if (most !== undefined && price > most) throw new PriceTooHighError(price, most);
  if (options.dryRun === true) {
    output.result(offered, described);
    return;
  }
  output.progress(described());
  if (options.yes !== true && most === undefined) {
    const agreed = await context.confirm(`Pay ${dataWords(price)}?`, '--yes or --most');
    if (!agreed) throw new DeclinedError();
  }
  const bought = await buyQuoted({
    market,
    account: await context.account(),
    quote,
    attestation: attestation.data,
    relayed: options.relayed === true,
    onStep: (step) => {
      output.progress(stepWords(step));
    }
  });
  output.result({ ...bought, name: offered.name }, () =>
    [
      `${output.good('Yours')} until ${timeWords(bought.until)} for ${dataWords(bought.paid)}.`,
      output.dim(`Read it: tributary subscribe ${productId}`)
    ].join('\n')
  );
}

/** Who would buy; only asking what it costs needs nobody. */
async function buyerOf(context: Context, { dryRun }: BuyOptions) {
  const { accounts, settings } = context;
  if (dryRun !== true) return accounts.address();
  return settings.account;
}
