import { findLicenses } from '#sdk/actions/find-licenses';
import type { LicenseRecord } from '#sdk/protocol/discovery';
import type { Context } from '../context.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { periodWords, shortDecimal, timeWords } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';
import { parseCount, parseProduct } from './product-reference.ts';

interface LicencesOptions {
  readonly sold?: true;
  readonly product?: string;
  readonly all?: true;
  readonly limit: string;
  readonly cursor?: string;
}

export const addLicences: AddCommand = (program, run) => {
  program
    .command('licences')
    .alias('licenses')
    .description('licences that the account holds, or has sold')
    .option('--sold', 'those that the account sold instead')
    .option('--product <product>', 'only to this product')
    .option('--all', 'also those that ended')
    .option('-n, --limit <count>', 'how many', '50')
    .option('--cursor <cursor>', 'go on where an earlier page ended')
    .addHelpText(
      'after',
      examples(
        'tributary licences',
        'tributary licences --sold --all --json',
        'tributary licences --account 0x7099…79c8   # somebody else: needs no key'
      )
    )
    .action(run<LicencesOptions>(licences));
};

async function licences(context: Context, options: LicencesOptions): Promise<void> {
  const { output, settings } = context;
  const limit = parseCount(options.limit, '--limit', 1, 100);
  const account = settings.account ?? (await context.accounts.address());
  const market = await context.market();
  const page = await findLicenses({
    market,
    query: {
      ...(options.sold === true ? { seller: account } : { licensee: account }),
      ...(options.product === undefined ? {} : { productId: parseProduct(options.product) }),
      limit,
      cursor: options.cursor
    }
  });
  const now = Math.floor(market.clock() / 1000);
  const items = options.all === true ? page.items : page.items.filter(({ until }) => until > now);
  output.result({ ...page, items }, () => {
    const more = page.nextCursor === null ? '' : `\n${output.dim(`More: --cursor ${page.nextCursor}`)}`;
    if (items.length === 0) {
      const ended = page.items.length > 0 ? ' What ended: --all.' : '';
      return `${options.sold === true ? 'No licence that was sold runs.' : 'No licence runs.'}${ended}${more}`;
    }
    const rows = output.table<LicenseRecord>(
      [
        { title: 'PRODUCT', value: ({ productName }) => cleanLine(productName ?? '(no description)'), flexible: true },
        ...(options.sold === true ? [{ title: 'LICENSEE', value: ({ licensee }: LicenseRecord) => licensee }] : []),
        { title: 'UNTIL', value: ({ until }) => timeWords(until) },
        { title: 'LEFT', value: ({ until }) => (until > now ? periodWords(until - now) : 'ended'), align: 'right' },
        { title: 'PAID', value: ({ paid }) => shortDecimal(BigInt(paid)), align: 'right' },
        { title: 'ID', value: ({ productId }) => productId }
      ],
      items
    );
    return `${rows}${more}`;
  });
}
