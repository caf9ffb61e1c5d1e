import type { Command } from 'commander';
import {
  listDeliveries,
  listWebhooks,
  registerWebhook,
  removeWebhook,
  replayDelivery,
  testWebhook
} from '#sdk/actions/webhooks';
import { noticeKindSchema } from '#sdk/protocol/notices';
import type { Delivery, Webhook } from '#sdk/protocol/webhooks';
import { webhookRequestSchema } from '#sdk/protocol/webhooks';
import type { Context } from '../context.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { parsePeriod, timeWords, UsageError } from '../terminal/words.ts';
import { asAccount } from './as-account.ts';
import { examples } from './command.ts';
import type { AddCommand, Run } from './command.ts';
import { parseCount } from './product-reference.ts';

const kinds = noticeKindSchema.options.join(', ');

export const addWebhooks: AddCommand = (program, run) => {
  const webhooks = program
    .command('webhooks')
    .description('addresses to which the market posts what concerns the account')
    .helpCommand(false);
  addAdd(webhooks, run);
  webhooks.command('list').description('webhooks of the account').action(run(list));
  webhooks
    .command('remove')
    .description('remove a webhook, with what waits for it')
    .argument('<webhook>', 'its id')
    .action(run(remove));
  webhooks
    .command('test')
    .description('send a ping; an answered one enables a disabled webhook')
    .argument('<webhook>', 'its id')
    .action(run(test));
  webhooks
    .command('deliveries')
    .description('what was sent to a webhook in the last seven days')
    .argument('<webhook>', 'its id')
    .option('-n, --limit <count>', 'how many', '20')
    .action(run<{ readonly limit: string }>(deliveries));
  webhooks
    .command('replay')
    .description('send a delivery again, under its old id')
    .argument('<webhook>', 'its id')
    .argument('<delivery>', 'its id: msg_…')
    .action(run(replay));
};

interface AddOptions {
  readonly kinds: string;
  readonly watch?: string;
  readonly lead: string;
}

function addAdd(webhooks: Command, run: Run): void {
  webhooks
    .command('add')
    .description('register an address; its secret is shown once')
    .argument('<url>', 'https address of a program of yours')
    .requiredOption('--kinds <kinds>', `what it is told, with commas between: ${kinds}`)
    .option('--watch <ids>', 'accounts and ids to hear of beside the account, with commas between')
    .option('--lead <period>', 'how long before the end of a licence license.expiring comes', '1d')
    .addHelpText(
      'after',
      examples(
        'tributary webhooks add https://example.org/notices --kinds purchase,license.expiring --lead 2h',
        'tributary webhooks deliveries wh_…'
      )
    )
    .action(run<AddOptions>(add));
}

async function add(context: Context, options: AddOptions, [url = '']: readonly string[]): Promise<void> {
  const { output } = context;
  const parts = (text = '') => text.split(',').filter((part) => part !== '');
  const parsed = webhookRequestSchema.safeParse({
    ...{ url, kinds: parts(options.kinds), watched: parts(options.watch), lead: parsePeriod(options.lead) }
  });
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new UsageError(`Correct ${faults.join('; ')}. Kinds are ${kinds}.`);
  }
  const registered = await registerWebhook({ ...(await asAccount(context)), webhook: parsed.data });
  output.result(registered, () =>
    output.facts([
      ['webhook', registered.id],
      ['address', cleanLine(registered.url)],
      ['told', registered.kinds.join(', ')],
      ['secret', `${registered.secret}   (keep it: it is not shown again)`]
    ])
  );
}

async function list(context: Context): Promise<void> {
  const { output } = context;
  const items = await listWebhooks(await asAccount(context));
  output.result({ items }, () =>
    items.length === 0
      ? 'The account has no webhook.'
      : output.table<Webhook>(
          [
            { title: 'ADDRESS', value: ({ url }) => cleanLine(url), flexible: true },
            { title: 'STATE', value: ({ state }) => state },
            { title: 'WAITING', value: ({ pending }) => String(pending), align: 'right' },
            { title: 'ID', value: ({ id }) => id }
          ],
          items
        )
  );
}

async function remove(context: Context, _: object, [webhook = '']: readonly string[]): Promise<void> {
  await removeWebhook({ ...(await asAccount(context)), webhook });
  context.output.result({ removed: webhook }, () => `Removed ${webhook}.`);
}

async function test(context: Context, _: object, [webhook = '']: readonly string[]): Promise<void> {
  const delivery = await testWebhook({ ...(await asAccount(context)), webhook });
  context.output.result(delivery, () => `A ping is on its way: tributary webhooks deliveries ${webhook}`);
}

async function deliveries(
  context: Context,
  options: { readonly limit: string },
  [webhook = '']: readonly string[]
): Promise<void> {
  const { output } = context;
  const limit = parseCount(options.limit, '--limit', 1, 100);
  const items = await listDeliveries({ ...(await asAccount(context)), webhook, limit });
  output.result({ items }, () =>
    items.length === 0
      ? 'Nothing was sent to it in the last seven days.'
      : output.table<Delivery>(
          [
            { title: 'TIME', value: ({ createdAt }) => timeWords(Math.floor(createdAt / 1_000)) },
            { title: 'TYPE', value: ({ type }) => cleanLine(type) },
            { title: 'STATE', value: ({ state }) => state },
            { title: 'LAST TRY', value: ({ tries }) => lastTry(tries), flexible: true },
            { title: 'ID', value: ({ id }) => id }
          ],
          items
        )
  );
}

function lastTry(tries: Delivery['tries']): string {
  const last = tries.at(-1);
  return last === undefined ? 'none yet' : cleanLine(last.error ?? `status ${String(last.status)}`);
}

async function replay(context: Context, _: object, [webhook = '', delivery = '']: readonly string[]): Promise<void> {
  const again = await replayDelivery({ ...(await asAccount(context)), webhook, delivery });
  context.output.result(again, () => `It is sent again: tributary webhooks deliveries ${webhook}`);
}
