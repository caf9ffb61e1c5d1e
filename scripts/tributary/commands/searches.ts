import type { Command } from 'commander';
import {
  listSavedSearches,
  listSearchMatches,
  removeSavedSearch,
  renameSavedSearch,
  saveSearch
} from '#sdk/actions/saved-searches';
import type { SavedSearch, SearchMatch } from '#sdk/protocol/saved-searches';
import type { Context } from '../context.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { hourlyPrice, parseTime, timeWords } from '../terminal/words.ts';
import { asAccount } from './as-account.ts';
import { examples } from './command.ts';
import type { AddCommand, Run } from './command.ts';
import { productQueryOf, withProductFilters, type ProductFilters } from './product-filters.ts';
import { parseCount } from './product-reference.ts';
import { nameOf } from './search.ts';

export const addSearches: AddCommand = (program, run) => {
  const searches = program
    .command('searches')
    .description('searches that the market keeps for the account, and what came to match them')
    .helpCommand(false);
  addSave(searches, run);
  searches.command('list').description('searches of the account').action(run(list));
  searches
    .command('matches')
    .description('products that came to match a search since it was saved')
    .argument('<search>', 'its id')
    .option('-n, --limit <count>', 'how many', '20')
    .option('--since <time>', 'only what came to match after this: ISO 8601, or Unix seconds')
    .action(run<MatchesOptions>(matches));
  searches
    .command('rename')
    .description('give a search another name')
    .argument('<search>', 'its id')
    .argument('<name>', 'what to call it')
    .action(run(rename));
  searches
    .command('remove')
    .description('forget a search and what matched it')
    .argument('<search>', 'its id')
    .action(run(remove));
};

interface SaveOptions extends ProductFilters {
  readonly name?: string;
}

function addSave(searches: Command, run: Run): void {
  withProductFilters(
    searches
      .command('save')
      .description('keep a search; webhooks that want search.match are told of new matches')
      .argument('[words...]', 'what to look for')
  )
    .option('--name <name>', 'what to call it (default: its words)')
    .addHelpText('after', examples('tributary searches save wind --free', 'tributary searches matches search_…'))
    .action(run<SaveOptions>(save));
}

async function save(context: Context, options: SaveOptions, words: readonly string[]): Promise<void> {
  const { name, ...filters } = options;
  const query = productQueryOf(filters, words);
  const called = name ?? (words.join(' ') || 'Everything');
  const saved = await saveSearch({ ...(await asAccount(context)), name: called, query });
  context.output.result(saved, () => `Saved as "${cleanLine(saved.name)}": tributary searches matches ${saved.id}`);
}

async function list(context: Context): Promise<void> {
  const { output } = context;
  const items = await listSavedSearches(await asAccount(context));
  output.result({ items }, () =>
    items.length === 0
      ? 'The account has saved no search.'
      : output.table<SavedSearch>(
          [
            { title: 'NAME', value: ({ name }) => cleanLine(name), flexible: true },
            { title: 'QUERY', value: ({ query }) => cleanLine(query) },
            { title: 'MATCHES', value: ({ matches: count }) => String(count), align: 'right' },
            { title: 'ID', value: ({ id }) => id }
          ],
          items
        )
  );
}

interface MatchesOptions {
  readonly limit: string;
  readonly since?: string;
}

async function matches(context: Context, options: MatchesOptions, [search = '']: readonly string[]): Promise<void> {
  const { output } = context;
  const limit = parseCount(options.limit, '--limit', 1, 100);
  const after = options.since === undefined ? {} : { since: parseTime(options.since) * 1_000 };
  const items = await listSearchMatches({ ...(await asAccount(context)), search, limit, ...after });
  output.result({ items }, () =>
    items.length === 0
      ? `Nothing has come to match it ${options.since === undefined ? 'yet' : `since ${options.since}`}.`
      : output.table<SearchMatch>(
          [
            { title: 'SINCE', value: ({ matchedAt }) => timeWords(Math.floor(matchedAt / 1_000)) },
            { title: 'NAME', value: ({ product }) => nameOf(product), flexible: true },
            { title: 'PRICE', value: ({ product }) => hourlyPrice(product.offer.pricePerSecond), align: 'right' },
            { title: 'PRODUCT', value: ({ product }) => product.productId }
          ],
          items
        )
  );
}

async function remove(context: Context, _: object, [search = '']: readonly string[]): Promise<void> {
  await removeSavedSearch({ ...(await asAccount(context)), search });
  context.output.result({ removed: search }, () => `Removed ${search}.`);
}

async function rename(context: Context, _: object, [search = '', name = '']: readonly string[]): Promise<void> {
  const renamed = await renameSavedSearch({ ...(await asAccount(context)), search, name });
  context.output.result(renamed, () => `It is called "${cleanLine(renamed.name)}" now.`);
}
