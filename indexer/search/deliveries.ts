import { and, eq, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { z } from 'zod';
import type {
  CohortRecord,
  cohortQuerySchema,
  DeliveryReportRecord,
  deliveryReportQuerySchema,
  DepositRecord,
  depositQuerySchema
} from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { cohort, deliveryReport, deposit, offer } from '../schema.ts';
import { findPage } from './list-facts.ts';
import type { Page, View } from './view.ts';

/** Offers of a seller -> condition on a column that names an offer. */
export function soldBy(column: PgColumn, seller: Address | undefined): SQL | undefined {
  return seller === undefined
    ? undefined
    : sql`${column} in (select ${offer.id} from ${offer} where ${offer.seller} = ${seller})`;
}

/**
 * Finds deposits of licences that are settled by events, the newest first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findDeposits(
  view: View,
  { licensee, seller, offerId, open, limit, cursor }: z.output<typeof depositQuerySchema>
): Promise<Page<DepositRecord>> {
  const filter = and(
    licensee === undefined ? undefined : eq(deposit.licensee, licensee),
    soldBy(deposit.offer, seller),
    offerId === undefined ? undefined : eq(deposit.offer, offerId),
    open === undefined ? undefined : open === 'true' ? isNull(deposit.closedAt) : isNotNull(deposit.closedAt)
  );
  return findPage(view, 'deposit', { filter, order: 'newest', limit, cursor }, (rows) =>
    rows.map(({ offer: offerId, licensee, since, until, alone, amount, spent, refund, closedAt }) => ({
      ...{ offerId, licensee, since, until, alone, amount, spent, refund, closedAt }
    }))
  );
}

/**
 * Finds cohorts of deposits, by offer and start.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findCohorts(
  view: View,
  { seller, offerId, final, limit, cursor }: z.output<typeof cohortQuerySchema>
): Promise<Page<CohortRecord>> {
  const filter = and(
    soldBy(cohort.offer, seller),
    offerId === undefined ? undefined : eq(cohort.offer, offerId),
    final === undefined ? undefined : eq(cohort.final, final === 'true')
  );
  return findPage(view, 'cohort', { filter, order: 'id', limit, cursor }, (rows) =>
    rows.map(({ offer: offerId, since, until, deposits, released, fees, judgedUntil, final }) => ({
      ...{ offerId, since, until, deposits, released, fees, judgedUntil, final }
    }))
  );
}

/**
 * Finds counts of the market's own delivery oracle, the newest report first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findDeliveryReports(
  view: View,
  { stream, limit, cursor }: z.output<typeof deliveryReportQuerySchema>
): Promise<Page<DeliveryReportRecord>> {
  const filter = stream === undefined ? undefined : eq(deliveryReport.stream, stream);
  return findPage(view, 'deliveryReport', { filter, order: 'newest', limit, cursor }, (rows) =>
    rows.map((row) => ({
      stream: row.stream,
      time: row.time,
      count: row.count,
      reportedAt: { number: row.block, timestamp: row.timestamp }
    }))
  );
}
