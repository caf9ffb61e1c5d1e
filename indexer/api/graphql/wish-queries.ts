import { and } from 'drizzle-orm';
import type { Address } from '#sdk/protocol/primitives';
import { wishAnswer, wishStake } from '../../schema.ts';
import { wishFilter } from '../../search/wishes.ts';
import type { Builder } from './builder.ts';
import { bytesArgument, equal, resolvePage, type Pages } from './pages.ts';

/** Lists of wishes, answers and stakes. */
export function wishQueries(builder: Builder, { connection, paging, one }: Pages): void {
  builder.queryFields((t) => {
    const bytes = bytesArgument(t);
    return {
      wish: one(t, 'wish'),
      wishAnswer: one(t, 'wishAnswer'),
      wishStake: one(t, 'wishStake'),
      wishes: t.field({
        type: connection('wish'),
        args: { ...paging(t), asker: bytes(), backer: bytes(), seller: bytes(), open: t.arg.boolean() },
        resolve: (_, { asker, backer, seller, open, ...page }, context) =>
          resolvePage(
            context,
            'wish',
            page,
            wishFilter(context.view, {
              asker: (asker ?? undefined) as Address | undefined,
              backer: (backer ?? undefined) as Address | undefined,
              seller: (seller ?? undefined) as Address | undefined,
              open: open == null ? undefined : open ? 'true' : 'false'
            })
          ) as never
      }),
      wishAnswers: t.field({
        type: connection('wishAnswer'),
        args: { ...paging(t), wish: t.arg.id(), seller: bytes(), product: bytes() },
        resolve: (_, { wish, seller, product, ...page }, context) =>
          resolvePage(
            context,
            'wishAnswer',
            page,
            and(equal(wishAnswer.wish, wish), equal(wishAnswer.seller, seller), equal(wishAnswer.product, product))
          ) as never
      }),
      wishStakes: t.field({
        type: connection('wishStake'),
        args: { ...paging(t), wish: t.arg.id(), backer: bytes() },
        resolve: (_, { wish, backer, ...page }, context) =>
          resolvePage(
            context,
            'wishStake',
            page,
            and(equal(wishStake.wish, wish), equal(wishStake.backer, backer))
          ) as never
      })
    };
  });
}
