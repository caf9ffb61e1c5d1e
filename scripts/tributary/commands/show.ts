import { fetchActivity } from '#sdk/actions/fetch-activity';
import { fetchDocument } from '#sdk/actions/fetch-document';
import { fetchProduct } from '#sdk/actions/fetch-product';
import { readKarma } from '#sdk/actions/read-karma';
import type { Activity } from '#sdk/protocol/activity';
import type { Product } from '#sdk/protocol/discovery';
import type { Context } from '../context.ts';
import type { Output } from '../terminal/output.ts';
import { cleanLine, cleanText, jsonLine } from '../terminal/clean-text.ts';
import { dataWords, hourlyPrice, periodWords, timeWords } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';
import { parseProduct } from './product-reference.ts';

export const addShow: AddCommand = (program, run) => {
  program
    .command('show')
    .description('show a product: what it is, what it costs, whether it is alive, its terms')
    .argument('<product>', 'its id, or the address of its page in the storefront')
    .option('--terms', 'with the whole terms of use')
    .addHelpText('after', examples('tributary show 0x3c44…01', 'tributary show 0x3c44…01 --terms'))
    .action(run<{ terms?: true }>(show));
};

/** When payments become the seller's own. */
export const settlementWords = {
  'at-once': 'at once: nothing flows back',
  'by-second': 'by the second: what is left flows back when you leave',
  'after-events': 'after the promised events came',
  'by-event': 'event by event: what did not come flows back'
} as const;

async function show(context: Context, options: { terms?: true }, [word = '']: readonly string[]): Promise<void> {
  const { output } = context;
  const market = await context.market();
  const { product } = await fetchProduct({ market, productId: parseProduct(word) });
  const [activity, karma, terms] = await Promise.all([
    fetchActivity({ market, streams: product.offer.streams }),
    readKarma({ market, account: product.seller }),
    options.terms === true ? fetchDocument({ market, cid: product.offer.termsCid }) : undefined
  ]);
  const value = {
    product,
    activity,
    sellerKarma: karma.seller,
    ...(terms === undefined ? {} : { terms: terms.text })
  };
  output.result(value, () => {
    const parts = [describe(output, product, activity, karma.seller, market.clock())];
    if (terms !== undefined) parts.push(`${output.bold('Terms of use')}\n${cleanText(terms.text).trim()}`);
    return parts.join('\n\n');
  });
}

function describe(
  output: Output,
  product: Product,
  activity: readonly Activity[],
  sellerKarma: bigint,
  now: number
): string {
  const { document, offer } = product;
  const facts: (readonly [string, string])[] = [
    ['product', product.productId],
    [
      'seller',
      `${product.seller}${document?.sellerName === undefined ? '' : ` ("${cleanLine(document.sellerName)}", unproven)`}`
    ],
    ['karma', dataWords(sellerKarma)],
    ...product.sellerAttestations
      .filter(({ valid, name }) => valid && name !== null)
      .map(
        ({ name, statement, attester }) =>
          ['attested', `${String(name)} ${cleanLine(jsonLine(statement))} by ${attester}`] as const
      ),
    ['price', `${hourlyPrice(offer.pricePerSecond)}, fee of ${String(offer.feeBasisPoints / 100)} % included`],
    [
      'period',
      `${periodWords(offer.minimumPeriod)} to ${periodWords(offer.maximumPeriod)}, ends on multiples of ${periodWords(offer.boundary)}`
    ],
    ['paid out', settlementWords[offer.settlement]],
    ...(offer.attesters.length === 0
      ? []
      : [['demands', `an attestation by ${offer.attesters.join(' or ')}`] as const]),
    ['on sale', offer.listed ? `since ${timeWords(offer.listedAt.timestamp)}` : 'no longer'],
    ['licences', `${String(product.licensees)} running; ${dataWords(product.revenue)} paid so far`],
    ...offer.streams.map((stream) => ['stream', `${stream}  ${liveliness(activity, stream, now)}`] as const),
    ['terms', `${offer.termsCid} (read them: --terms)`]
  ];
  const about =
    document === null
      ? [output.warning(`Its description is ${product.documentState}: it has no name here.`)]
      : [
          `${output.bold(cleanLine(document.name))}  ${output.dim(`${document.category} ${document.tags.map((tag) => `#${cleanLine(tag)}`).join(' ')}`)}`,
          cleanLine(document.summary)
        ];
  const fields = (document?.streams ?? []).flatMap((stream) => stream.fields);
  const sample = document?.streams.flatMap((stream) => stream.sample)[0];
  return [
    about.join('\n'),
    output.facts(facts),
    ...(document === null || document.description === '' ? [] : [cleanText(document.description).trim()]),
    ...(fields.length === 0
      ? []
      : [
          output.table(
            [
              { title: 'FIELD', value: ({ name }) => cleanLine(name) },
              { title: 'UNIT', value: ({ unit = '' }) => cleanLine(unit) },
              { title: 'MEANING', value: ({ description }) => cleanLine(description), flexible: true }
            ],
            fields
          )
        ]),
    ...(sample === undefined ? [] : [`${output.dim('an event, as the seller says:')} ${jsonLine(sample)}`])
  ].join('\n\n');
}

/** How much a stream publishes, so that a dead one looks dead. */
function liveliness(activity: readonly Activity[], stream: string, now: number): string {
  const counters = activity.find((each) => each.stream === stream);
  if (counters?.lastEventAt == null) return 'no event yet';
  const age = Math.max(0, (now - counters.lastEventAt) / 1000);
  const hour = counters.perMinute.reduce((sum, count) => sum + count, 0);
  return `last event ${age < 2 ? 'just now' : `${periodWords(age)} ago`}, ${String(hour)} in the last hour, ${String(counters.events)} in all`;
}
