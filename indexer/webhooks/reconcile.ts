import { and, eq, gt, isNotNull, like, or, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { license, purchase } from '../schema/licenses.ts';
import { webhook, webhookDelivery } from '../schema/notices.ts';
import { offer } from '../schema/offers.ts';
import { endCause, isoOf, listingCause, purchaseCause } from './notice-of-message.ts';
import { recordNotice, retractNotice, type Moment } from './record.ts';

/** Milliseconds for which what was missed is told afterwards: as long as deliveries are kept, so that nothing is twice. */
const reach = 604_800_000;
/** Purchases that are told afterwards at most. */
const mostMissed = 10_000;

/**
 * Compares what webhooks were told with the facts, after the index was made anew or messages were missed: takes back
 * purchases, listings and ends that are not there any more, and tells purchases that were not told.
 */
export async function reconcile(transaction: Database, by: string, moment: Moment): Promise<void> {
  const any = await transaction.select({ id: webhook.id }).from(webhook).limit(1);
  if (any.length === 0) return;
  const causes = await transaction
    .selectDistinct({ cause: webhookDelivery.cause })
    .from(webhookDelivery)
    .where(
      or(
        and(
          like(webhookDelivery.cause, `${purchaseCause('')}%`),
          sql`not exists (select from ${purchase} where ${purchaseCause('')} || ${purchase.id} = ${webhookDelivery.cause})`
        ),
        and(
          like(webhookDelivery.cause, `${listingCause('')}%`),
          sql`not exists (select from ${offer} where ${listingCause('')} || ${offer.id} = ${webhookDelivery.cause})`
        ),
        and(
          like(webhookDelivery.cause, 'end %'),
          sql`not exists (select from ${license}
            where 'end ' || ${license.id} || ' ' || ${license.until}::text = ${webhookDelivery.cause})`
        )
      )
    );
  for (const { cause } of causes) {
    // what was taken back already names by what
    if (!cause.includes(' retracted by ')) await retractNotice(transaction, cause, by, moment.now);
  }

  const missed = await transaction
    .select({
      purchase,
      license,
      seller: offer.seller,
      renewal: sql<boolean>`exists (select from indexer.purchase earlier where earlier.license = ${license.id}
        and (earlier.block, earlier.id) < (${purchase.block}, ${purchase.id}))`
    })
    .from(purchase)
    .innerJoin(license, eq(license.id, purchase.license))
    .innerJoin(offer, eq(offer.id, license.offer))
    .where(
      and(
        gt(purchase.timestamp, Math.floor((moment.now - reach) / 1_000)),
        sql`exists (select from ${webhook} where ${webhook.account} in (${license.licensee}, ${purchase.payer}, ${offer.seller})
          or ${webhook.watched} && array[${license.licensee}, ${purchase.payer}, ${offer.seller}, ${license.product}, ${offer.id}, ${license.id}])`
      )
    )
    .orderBy(purchase.block, purchase.id)
    .limit(mostMissed);
  for (const { purchase: bought, license: of, seller, renewal } of missed) {
    const { id, transactionHash, payer, from, until, paid, publicKey, timestamp } = bought;
    const ids = { license: of.id, offer: of.offer, product: of.product, seller, licensee: of.licensee };
    await recordNotice(
      transaction,
      {
        notice: {
          type: 'purchase',
          timestamp: isoOf(timestamp),
          data: { ...ids, purchase: id, transactionHash, payer, from, until, paid, publicKey, renewal }
        },
        cause: purchaseCause(id),
        subjects: [ids.license, ids.offer, ids.product, seller, ids.licensee, payer, id],
        product: null,
        since: timestamp * 1_000
      },
      moment
    );
  }

  const ended = await transaction
    .select({ license, seller: offer.seller })
    .from(license)
    .innerJoin(offer, eq(offer.id, license.offer))
    .where(and(isNotNull(license.endedEarly), gt(license.endedEarlyAt, Math.floor((moment.now - reach) / 1_000))))
    .limit(mostMissed);
  for (const { license: of, seller } of ended) {
    if (of.endedEarly === null || of.endedEarlyAt === null) continue;
    const ids = { license: of.id, offer: of.offer, product: of.product, seller, licensee: of.licensee };
    const { endedEarly: how, until, refunded: refund, endReasonHash: reasonHash } = of;
    await recordNotice(
      transaction,
      {
        notice: {
          type: 'license.ended',
          timestamp: isoOf(of.endedEarlyAt),
          data: { ...ids, how, until, refund, reasonHash }
        },
        cause: endCause(of.id, until),
        subjects: Object.values(ids),
        product: null,
        since: of.endedEarlyAt * 1_000
      },
      moment
    );
  }
}
