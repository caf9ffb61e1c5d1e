import type { Command } from 'commander';
import { productQuerySchema, type ProductQuery } from '#sdk/protocol/discovery';
import { categories } from '#sdk/protocol/product-document';
import { parseData, UsageError } from '../terminal/words.ts';

/** What narrows a search of products, as commander gives it. */
export interface ProductFilters {
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
}

/** Adds the options that narrow a search to a command. */
export function withProductFilters(command: Command): Command {
  return command
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
    .option('--retired', 'also what is no longer on sale');
}

/**
 * The query of words and options.
 *
 * @param page Order and page, where there are any.
 * @throws {@link UsageError} for what the market would refuse.
 */
export function productQueryOf(
  filters: ProductFilters,
  words: readonly string[],
  page: { readonly [name: string]: string | undefined } = {}
): ProductQuery {
  const { free, paid, retired, live, verified, most, ...rest } = filters;
  if (free === true && paid === true) throw new UsageError('Choose --free or --paid.');
  const query = {
    ...rest,
    ...page,
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
  return query as ProductQuery;
}
