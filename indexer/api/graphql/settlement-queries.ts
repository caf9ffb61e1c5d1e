import { and, isNotNull, isNull } from 'drizzle-orm';
import { cohort, deliveryReport, deposit } from '../../schema.ts';
import type { Builder } from './builder.ts';
import { bytesArgument, equal, resolvePage, type Pages } from './pages.ts';

/** Lists of what is settled by events. */
export function settlementQueries(builder: Builder, { connection, paging, one }: Pages): void {
  builder.queryFields((t) => {
    const bytes = bytesArgument(t);
    return {
      deposit: one(t, 'deposit'),
      cohort: one(t, 'cohort'),
      deliveryReport: one(t, 'deliveryReport'),
      deposits: t.field({
        type: connection('deposit'),
        args: { ...paging(t), offer: bytes(), license: t.arg.id(), licensee: bytes(), open: t.arg.boolean() },
        resolve: (_, { offer, license, licensee, open, ...page }, context) =>
          resolvePage(
            context,
            'deposit',
            page,
            and(
              equal(deposit.offer, offer),
              equal(deposit.license, license),
              equal(deposit.licensee, licensee),
              open == null ? undefined : open ? isNull(deposit.closedAt) : isNotNull(deposit.closedAt)
            )
          ) as never
      }),
      cohorts: t.field({
        type: connection('cohort'),
        args: { ...paging(t), offer: bytes() },
        resolve: (_, { offer, ...page }, context) =>
          resolvePage(context, 'cohort', page, equal(cohort.offer, offer)) as never
      }),
      deliveryReports: t.field({
        type: connection('deliveryReport'),
        args: { ...paging(t), stream: bytes() },
        resolve: (_, { stream, ...page }, context) =>
          resolvePage(context, 'deliveryReport', page, equal(deliveryReport.stream, stream)) as never
      })
    };
  });
}
