import type { Command } from 'commander';
import { fetchProduct } from '#sdk/actions/fetch-product';
import { findOwnIssuers } from '#sdk/actions/find-own-issuers';
import { listProduct } from '#sdk/actions/list-product';
import { readStream } from '#sdk/actions/read-stream';
import { retireProduct } from '#sdk/actions/retire-product';
import { searchProducts } from '#sdk/actions/search-products';
import { MarketRefusedError } from '#sdk/actions/market-errors';
import type { Market } from '#sdk/actions/connect-market';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Hex } from '#sdk/protocol/primitives';
import { stepWords } from '../buying.ts';
import type { Context } from '../context.ts';
import { createStreams, delegateStream } from '../selling/create-streams.ts';
import type { Granting } from '../selling/create-streams.ts';
import { useMarketIssuer, useOwnIssuer } from '../selling/issuers.ts';
import { exampleProductFile, openProductFile } from '../selling/product-file.ts';
import type { ProductFile } from '../selling/product-file.ts';
import { UsageError, hourlyPrice, shortDecimal, timeWords } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand, Run } from './command.ts';
import { parseProduct, parseStream } from './product-reference.ts';
import { nameOf } from './search.ts';

export const addSell: AddCommand = (program, run) => {
  const sell = program
    .command('sell')
    .helpCommand(false)
    .description('put streams on sale, and take them off')
    .addHelpText(
      'after',
      examples(
        'tributary sell example > buses.json     # a product file to begin with',
        'tributary sell list buses.json          # creates its streams, lists it; again: lists the new version',
        'tributary sell offers',
        'tributary sell retire 0x3c44…01'
      )
    );
  addSubcommands(sell, run);
};

function addSubcommands(sell: Command, run: Run): void {
  const noDelegation = 'trust nobody with the keys of new streams: nothing is granted until "sell delegate"';
  const ownIssuer = 'account of your own issuer, which makes the keys: see "tributary issue"';
  sell
    .command('example')
    .description('print a product file to begin with')
    .action(
      run((context) => {
        context.output.result(exampleProductFile, () => JSON.stringify(exampleProductFile, null, 2));
        return Promise.resolve();
      })
    );
  sell
    .command('list')
    .description('create the streams of a product file that have no address, and list the product')
    .argument('<file>', 'JSON; addresses and the id of the product are written into it')
    .option('--issuer <address>', ownIssuer)
    .option('--no-delegate', noDelegation)
    .action(run<GrantingOptions>(list));
  sell
    .command('streams')
    .description('only create the streams of a product file')
    .argument('<file>', 'JSON; addresses are written into it')
    .option('--issuer <address>', ownIssuer)
    .option('--no-delegate', noDelegation)
    .action(run<GrantingOptions>(streams));
  sell
    .command('delegate')
    .description("prolong the time for which the market's broker may grant the keys of a stream")
    .argument('<stream>', 'its address')
    .action(run(delegate));
  sell
    .command('issuer')
    .description("choose who grants the keys of a stream: the market's issuer, or one of your own")
    .argument('<stream>', 'its address')
    .argument('<issuer>', '"market", or the account that "tributary issue" prints')
    .option('--keep-others', 'leave the Grant permission with the issuer before, too; resellers keep it anyway')
    .addHelpText(
      'after',
      `${examples('tributary sell issuer 0x5fbd…aa3 0x2b5a…c6', 'tributary sell issuer 0x5fbd…aa3 market')}
Fresh keys are made either way: whoever holds a licence gets them. Programs that publish elsewhere must be given theirs:
on each, "tributary sell issuer" for your own issuer, "publish --key-file" for the market's.\n`
    )
    .action(run<{ keepOthers?: true }>(issuer));
  sell
    .command('retire')
    .description('take a product off sale; licences that were bought run on')
    .argument('<product>', 'its id')
    .action(run(retire));
  sell
    .command('offers')
    .description('products of the account, with what they earned')
    .option('--all', 'also what is no longer on sale')
    .action(run<{ all?: true }>(offers));
}

interface GrantingOptions {
  readonly delegate: boolean;
  readonly issuer?: string;
}

function grantingOf({ delegate, issuer }: GrantingOptions): Granting {
  if (issuer === undefined) return { by: delegate ? 'broker' : 'nobody' };
  const account = addressSchema.safeParse(issuer);
  if (account.success) return { by: 'issuer', issuer: account.data };
  throw new UsageError('--issuer must be the account that "tributary issue" prints: 0x and 40 digits.');
}

async function list(context: Context, options: GrantingOptions, [path = '']: readonly string[]): Promise<void> {
  const { output } = context;
  const granting = grantingOf(options);
  const file = await openProductFile(path);
  const [market, account] = [await context.market(), await context.account()];
  const { created, addresses } = await createStreams({ market, account, file, granting, progress: output.progress });
  const { product } = file;
  const listed = await listProduct({
    market,
    wallet: account.wallet,
    terms: file.terms,
    document: { ...documentOf(product), streams: describedStreams(product, addresses) },
    ...termsOf(product),
    ...(await replacedBy(market, product.product)),
    onStep: (step) => {
      output.progress(step.step === 'uploading' ? 'Storing terms and description …' : stepWords(step));
    }
  });
  await file.setProduct(listed.productId);
  const { productId, offerId, position, termsCid, documentCid, transactionHash } = listed;
  const value = {
    productId,
    offerId,
    position,
    streams: addresses,
    created,
    termsCid,
    documentCid,
    transactionHash
  };
  output.result(value, () =>
    [
      `${output.good('On sale:')} ${productId}`,
      output.facts([
        ['page', `${market.marketUrl}/products/${productId}`],
        ...addresses.map((stream) => ['publish', `tributary publish ${stream}`] as const)
      ])
    ].join('\n')
  );
}

const documentOf = (product: ProductFile) => {
  const { name, summary, description, category, tags, recorded, languages, ...rest } = product;
  const sold = [
    'terms',
    'termsFile',
    'pricePerHour',
    'minimumPeriod',
    'maximumPeriod',
    'boundary',
    'settlement',
    'delivery',
    'requires',
    'beneficiary',
    'streams',
    'product'
  ];
  const described = Object.fromEntries(
    Object.entries(rest).filter(([key, value]) => !sold.includes(key) && value !== undefined)
  );
  return { name, summary, description, category, tags, recorded, languages, ...described };
};

const describedStreams = ({ streams: all }: ProductFile, addresses: readonly `0x${string}`[]) =>
  all.map(({ sample, fields, schema }, index) => ({
    address: addresses[index] ?? '0x',
    sample,
    fields,
    ...(schema === undefined ? {} : { schema })
  }));

const termsOf = (product: ProductFile) => {
  const { minimumPeriod, maximumPeriod, boundary, settlement, delivery, requires, beneficiary } = product;
  return {
    pricePerSecond: product.pricePerHour / 3600n,
    ...(minimumPeriod === undefined ? {} : { minimumPeriod }),
    ...(maximumPeriod === undefined ? {} : { maximumPeriod }),
    ...(boundary === undefined ? {} : { boundary }),
    ...(settlement === undefined ? {} : { settlement }),
    ...(delivery === undefined ? {} : { delivery }),
    ...(requires === undefined ? {} : { requires }),
    ...(beneficiary === undefined ? {} : { beneficiary })
  };
};

/** The version that listing takes off sale in the same transaction; of one that is off sale, only its number is kept. */
async function replacedBy(market: Market, productId: Hex | undefined) {
  if (productId === undefined) return {};
  try {
    const { product, offer, position } = await fetchProduct({ market, productId });
    return product.offer.listed ? { replaces: { offer, position } } : { productNumber: offer.productNumber };
  } catch (error) {
    // Of another market, or another chain: here it is a new product.
    if (error instanceof MarketRefusedError && error.status === 404) return {};
    throw error;
  }
}

async function streams(
  context: Context,
  options: { delegate: boolean },
  [path = '']: readonly string[]
): Promise<void> {
  const { output } = context;
  const granting = grantingOf(options);
  const file = await openProductFile(path);
  const [market, account] = [await context.market(), await context.account()];
  const report = await createStreams({ market, account, file, granting, progress: output.progress });
  output.result(report, () => report.addresses.join('\n'));
}

async function delegate(context: Context, _: object, [word = '']: readonly string[]): Promise<void> {
  const { output } = context;
  const stream = parseStream(word);
  const [market, account] = [await context.market(), await context.account()];
  const until = await delegateStream({ market, account, stream, progress: output.progress });
  output.result({ stream, until: until ?? null }, () =>
    until === undefined ? 'Nothing was delegated.' : `Delegated until ${timeWords(until)}.`
  );
}

async function issuer(
  context: Context,
  options: { keepOthers?: true },
  [word = '', appointed = '']: readonly string[]
): Promise<void> {
  const { output } = context;
  const stream = parseStream(word);
  const parsed = appointed === 'market' ? undefined : addressSchema.safeParse(appointed);
  if (parsed?.success === false) {
    throw new UsageError('The issuer is "market", or the account that "tributary issue" prints: 0x and 40 digits.');
  }
  const [market, account] = [await context.market(), await context.account()];
  if ((await readStream({ market, stream })).publicRead) {
    throw new UsageError('Everyone may read this stream: it has no keys to grant.');
  }
  const insteadOf = options.keepOthers === true ? [] : await findOwnIssuers({ market, stream });
  const work = { market, account, stream, insteadOf, progress: output.progress };
  if (parsed === undefined) {
    const until = await useMarketIssuer(work);
    output.result({ stream, issuer: 'market', until }, () =>
      [
        `${output.good("The market's issuer grants")} ${stream} until ${timeWords(until)}.`,
        output.facts([['publish', `tributary publish ${stream}`]])
      ].join('\n')
    );
    return;
  }
  await useOwnIssuer({ ...work, issuer: parsed.data });
  output.result({ stream, issuer: parsed.data }, () =>
    [
      `${output.good('Your issuer grants')} ${stream} as soon as it runs.`,
      output.facts([
        ['issue', 'tributary issue'],
        ['publish', `tributary publish ${stream}`]
      ])
    ].join('\n')
  );
}

async function retire(context: Context, _: object, [word = '']: readonly string[]): Promise<void> {
  const { output } = context;
  const market = await context.market();
  const { product, offer, position } = await fetchProduct({ market, productId: parseProduct(word) });
  const { wallet } = await context.account();
  const { transactionHash } = await retireProduct({
    market,
    wallet,
    offer,
    position,
    onStep: (step) => {
      output.progress(stepWords(step));
    }
  });
  output.result(
    { productId: product.productId, transactionHash },
    () => `${nameOf(product)} is off sale; licences run on.`
  );
}

async function offers(context: Context, options: { all?: true }): Promise<void> {
  const { output, settings } = context;
  const seller = settings.account ?? (await context.accounts.address());
  const query = { seller, sort: 'newest', limit: 100, retired: options.all === true ? 'true' : 'false' } as const;
  const page = await searchProducts({ market: await context.market(), query });
  output.result(page, () =>
    page.items.length === 0
      ? 'Nothing is on sale. Begin with: tributary sell example > product.json'
      : output.table(
          [
            { title: 'NAME', value: nameOf, flexible: true },
            { title: 'PRICE', value: ({ offer }) => hourlyPrice(offer.pricePerSecond), align: 'right' },
            { title: 'RUNNING', value: ({ licensees }) => String(licensees), align: 'right' },
            { title: 'PAID (DATA)', value: ({ revenue }) => shortDecimal(BigInt(revenue)), align: 'right' },
            { title: 'PRODUCT', value: ({ productId }) => productId }
          ],
          page.items
        )
  );
}
