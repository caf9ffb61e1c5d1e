import { InvalidArgumentError } from 'commander';
import { searchProducts } from '#sdk/actions/search-products';
import type { Product } from '#sdk/protocol/discovery';
import type { Context } from '../context.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { hourlyPrice, shortDecimal } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';
import { productQueryOf, withProductFilters, type ProductFilters } from './product-filters.ts';

interface SearchOptions extends ProductFilters {
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

export const addSearch: AddCommand = (program, run) => {
  withProductFilters(
    program
      .command('search')
      .description('find products by words, category, tag, seller or stream')
      .argument('[words...]', 'what to look for; nothing shows everything')
  )
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
  const { sort, limit, cursor, ...filters } = options;
  const query = productQueryOf(filters, words, { sort, limit, cursor });
  const page = await searchProducts({ market: await market(), query });
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
