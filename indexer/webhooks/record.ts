import { eq, sql, type SQL } from 'drizzle-orm';
import { noticeSchema, type Notice } from '#sdk/protocol/notices';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { license } from '../schema/licenses.ts';
import { webhook, webhookDelivery } from '../schema/notices.ts';
import { noticeText } from './notice-text.ts';
import { deliveryId } from './webhooks.ts';

/** Deliveries of a webhook that may wait; what comes beyond is dropped, and the log says so. */
export const mostPending = 1_000;

/** What is told, and to whom. */
export interface NewNotice {
  readonly notice: Notice;
  /** What it tells of: of notices to a webhook with the same cause only the first is recorded. */
  readonly cause: string;
  /** Ids and accounts that it concerns, lowercase. */
  readonly subjects: readonly string[];
  /** Its running licensees are told as well; null for none. */
  readonly product: Hex | null;
  /** Only webhooks that were there at this time (Unix milliseconds); null for all. */
  readonly since: number | null;
  /** The one webhook that is told, whatever it concerns. */
  readonly only?: string;
  /** The one account whose webhooks are told, whatever others watch. */
  readonly of?: Address;
}

/** Milliseconds, and Unix seconds of the market. */
export interface Moment {
  readonly now: number;
  readonly marketNow: number;
}

/** Records a notice for every webhook that wants it, in a transaction with what it tells of. */
export async function recordNotice(
  transaction: Database,
  { notice, cause, subjects, product, since, only, of }: NewNotice,
  { now, marketNow }: Moment
): Promise<void> {
  const concerned =
    only !== undefined
      ? sql`${webhook.id} = ${only}`
      : of !== undefined
        ? sql`${webhook.account} = ${of}`
        : concernedBy(subjects, product, marketNow);
  await transaction.execute(sql`
    insert into ${webhookDelivery} (id, webhook, type, cause, body, created_at, state, next_try)
    select 'msg_' || replace(gen_random_uuid()::text, '-', ''), id, ${notice.type}, ${cause}, ${noticeText(notice)},
      ${now}, case when waiting < ${mostPending} then 'pending' else 'dropped' end,
      case when waiting < ${mostPending} then ${now}::bigint end
    from (
      select ${webhook.id} as id, (select count(*) from (select from ${webhookDelivery}
        where ${webhookDelivery.webhook} = ${webhook.id} and ${webhookDelivery.state} = 'pending' limit ${mostPending}) counted) as waiting
      from ${webhook}
      where ${webhook.disabledAt} is null and ${notice.type} = any(${webhook.kinds})
        and ${concerned}
        ${since === null ? sql`` : sql`and ${webhook.createdAt} <= ${since}`}
    ) wanting
    on conflict (webhook, cause) do nothing`);
}

/** Whether a webhook's account or what it watches is among the subjects, or its account licenses the product. */
function concernedBy(subjects: readonly string[], product: Hex | null, marketNow: number): SQL {
  const named = sql`array(select json_array_elements_text(${JSON.stringify(subjects)}::json))`;
  const licensed =
    product === null
      ? sql`false`
      : sql`exists (select from ${license} where ${license.licensee} = ${webhook.account}
          and ${license.product} = ${product} and ${license.until} > ${marketNow})`;
  return sql`(${webhook.account} = any(${named}) or ${webhook.watched} && ${named} or ${licensed})`;
}

/**
 * Takes a notice back wherever it was recorded: what was never tried is withdrawn, of the rest a retraction is sent. The
 * same may be told again afterwards, and taken back again.
 *
 * @param by What takes it back, such as a position of the outbox.
 */
export async function retractNotice(transaction: Database, cause: string, by: string, now: number): Promise<void> {
  const told = await transaction
    .select({ row: webhookDelivery, disabledAt: webhook.disabledAt })
    .from(webhookDelivery)
    .innerJoin(webhook, eq(webhook.id, webhookDelivery.webhook))
    .where(eq(webhookDelivery.cause, cause));
  for (const { row, disabledAt } of told) {
    const waits = row.state === 'pending';
    await transaction
      .update(webhookDelivery)
      .set({
        cause: `${cause} retracted by ${by}`,
        ...(waits ? { state: 'withdrawn', nextTry: null } : {})
      })
      .where(eq(webhookDelivery.id, row.id));
    const wasTried = row.tried > 0 || row.tries.length > 0;
    if (!wasTried || disabledAt !== null) continue;
    const { timestamp, ...was } = noticeSchema.parse(JSON.parse(row.body));
    const retraction: Notice = {
      type: 'retracted',
      timestamp,
      data: { notice: row.id, type: was.type, data: was.data }
    };
    await transaction.insert(webhookDelivery).values({
      ...{ id: deliveryId(), webhook: row.webhook, type: retraction.type, cause: `retraction of ${row.id}` },
      ...{ body: noticeText(retraction), createdAt: now, state: 'pending', nextTry: now }
    });
  }
}
