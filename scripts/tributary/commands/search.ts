import { InvalidArgumentError } from 'commander';
import { searchProducts } from '#sdk/actions/search-products';
import { productQuerySchema } from '#sdk/protocol/discovery';
import type { Product, ProductQuery } from '#sdk/protocol/discovery';
import { categories } from '#sdk/protocol/product-document';
import type { Context } from '../context.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { UsageError, hourlyPrice, parseData, shortDecimal } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';

interface SearchOptions {
  readonly category?: string;
  readonly tag?: string;
  readonly seller?: string;
  readonly stream?: string;
  readonly free?: true;
  readonly paid?: true;
  readonly live?: true;
  readonly verified?: true;
  readonly most?: string;
  readonly settlement?: string;
  readonly language?: string;
  readonly near?: string;
  readonly within?: string;
  readonly retired?: true;
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

export const addSearch: AddCommand = (program, run) => {
  program
    .command('search')
    .description('find products by words, category, tag, seller or stream')
    .argument('[words...]', 'what to look for; nothing shows everything')
    .option('-c, --category <category>', `one of ${categories.join(', ')}`)
    .option('-t, --tag <tag>', 'only products with this tag')
    .option('--seller <address>', 'only products of this seller')
    .option('--stream <address>', 'only products that contain this stream')
    .option('--free', 'only free ones')
    .option('--paid', 'only ones that cost something')
    .option('--most <DATA>', 'only what costs at most this per hour')
    .option('--live', 'only what publishes now')
    .option('--verified', 'only of sellers who proved who they are')
    .option('--settlement <how>', 'at-once, by-second, after-events or by-event')
    .option('--language <tag>', 'only data in this language, such as en')
    .option('--near <place>', 'only what covers this place: longitude,latitude')
    .option('--within <kilometres>', 'how near (default: 50)')
    .option('--retired', 'also what is no longer on sale')
    .option('-s, --sort <order>', `relevance, newest, cheapest, popular, karma or busiest`)
    .option('-n, --limit <count>', 'products per page', whole)
    .option('--cursor <cursor>', 'go on where an earlier page ended')
    .addHelpText(
      'after',
      examples(
        'tributary search flight delays',
        'tributary search --category weather --free --sort newest',
        "tributary search buses --json | jq -r '.items[].productId'"
      )
    )
    .action(run<SearchOptions>(search));
};

function whole(text: string): string {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 100.');
  return text;
}

async function search({ market, output }: Context, options: SearchOptions, words: readonly string[]): Promise<void> {
  const { free, paid, retired, live, verified, most, ...rest } = options;
  if (free === true && paid === true) throw new UsageError('Choose --free or --paid.');
  const query = {
    ...rest,
    q: words.join(' '),
    ...(free === true ? { free: 'true' } : {}),
    ...(paid === true ? { free: 'false' } : {}),
    ...(live === true ? { live: 'true' } : {}),
    ...(verified === true ? { verified: 'true' } : {}),
    ...(most === undefined ? {} : { maxPrice: String(parseData(most) / 3600n) }),
    ...(retired === true ? { retired: 'true' } : {})
  };
  const parsed = productQuerySchema.safeParse(query);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
    throw new UsageError(`${faults.join('; ')}.`);
  }
  const page = await searchProducts({ market: await market(), query: query as ProductQuery });
  output.result(page, () => {
    if (page.items.length === 0) return 'Nothing fits. Try fewer words, or "tributary search" for everything.';
    const rows = output.table<Product>(
      [
        { title: 'NAME', value: nameOf, flexible: true },
        { title: 'CATEGORY', value: ({ document }) => document?.category ?? '' },
        { title: 'PRICE', value: ({ offer }) => hourlyPrice(offer.pricePerSecond), align: 'right' },
        { title: 'LICENCES', value: ({ licensees }) => String(licensees), align: 'right' },
        { title: 'KARMA', value: ({ sellerKarma }) => shortDecimal(BigInt(sellerKarma), 4), align: 'right' },
        { title: 'PRODUCT', value: ({ productId }) => productId }
      ],
      page.items
    );
    const more = page.nextCursor === null ? '' : ` More: --cursor ${page.nextCursor}`;
    return `${rows}\n${output.dim(`${String(page.items.length)} of ${String(page.total)}.${more}`)}`;
  });
}

/** What a product calls itself, for one line. */
export const nameOf = ({ document, offer }: Pick<Product, 'document' | 'offer'>) =>
  `${cleanLine(document?.name ?? '(no description)')}${offer.listed ? '' : ' (retired)'}`;
