import { rankKarma } from '#sdk/actions/rank-karma';
import { readKarma } from '#sdk/actions/read-karma';
import { karmaRoleSchema } from '#sdk/protocol/discovery';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Context } from '../context.ts';
import { UsageError, dataWords, parseTime, shortDecimal } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';
import { parseCount } from './product-reference.ts';

interface KarmaOptions {
  readonly role: string;
  readonly at?: string;
  readonly limit: string;
}

export const addKarma: AddCommand = (program, run) => {
  program
    .command('karma')
    .description('karma of an account, or who leads')
    .argument('[account]', 'whose karma, asked on the chain; without it: the ranking of a role')
    .option('-r, --role <role>', 'seller, buyer or broker', 'seller')
    .option('--at <time>', 'the ranking as of this time')
    .option('-n, --limit <count>', 'how many', '20')
    .addHelpText('after', examples('tributary karma', 'tributary karma --role buyer', 'tributary karma 0x7099…79c8'))
    .action(run<KarmaOptions>(karma));
};

async function karma(context: Context, options: KarmaOptions, [word]: readonly string[]): Promise<void> {
  const { output } = context;
  if (word !== undefined) {
    const account = addressSchema.safeParse(word);
    if (!account.success) throw new UsageError(`"${word}" is no account: give 0x and 40 digits.`);
    const points = await readKarma({ market: await context.market(), account: account.data });
    output.result({ account: account.data, ...points }, () =>
      output.facts([
        ['as seller', dataWords(points.seller)],
        ['as buyer', dataWords(points.buyer)],
        ['as broker', dataWords(points.broker)]
      ])
    );
    return;
  }
  const role = karmaRoleSchema.safeParse(options.role);
  if (!role.success) throw new UsageError('--role must be seller, buyer or broker.');
  const limit = parseCount(options.limit, '--limit', 1, 100);
  const at = options.at === undefined ? {} : { at: parseTime(options.at) };
  const page = await rankKarma({ market: await context.market(), query: { role: role.data, limit, ...at } });
  output.result(page, () =>
    page.items.length === 0
      ? `No ${role.data} has karma yet.`
      : output.table(
          [
            { title: 'RANK', value: ({ rank }) => String(rank), align: 'right' },
            { title: 'ACCOUNT', value: ({ account }) => account },
            { title: 'KARMA (DATA)', value: ({ points }) => shortDecimal(BigInt(points)), align: 'right' }
          ],
          page.items.map((item, index) => ({ ...item, rank: index + 1 }))
        )
  );
}
