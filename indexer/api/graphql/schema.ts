import { and, eq } from 'drizzle-orm';
import type { GraphQLSchema } from 'graphql';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { offer, permission, product, purchase, recipientKey, type FactName } from '../../schema.ts';
import { licenseFilter } from '../../search/licenses.ts';
import { streamFilter } from '../../search/streams.ts';
import { readCursor } from '../../sync/cursor.ts';
import { accountQueries } from './account-queries.ts';
import { createBuilder } from './builder.ts';
import { factTypes } from './fact-types.ts';
import { bytesArgument, contains, createPages, equal, resolvePage } from './pages.ts';
import { productQueries } from './product-queries.ts';
import { recipientQueries } from './recipient-queries.ts';
import { reputationQueries } from './reputation-queries.ts';
import { revenueQueries } from './revenue-queries.ts';
import { settlementQueries } from './settlement-queries.ts';
import { subscriptions } from './subscriptions.ts';
import { wishQueries } from './wish-queries.ts';

/** The GraphQL schema of the discovery service. */
export function createSchema(): GraphQLSchema {
  const builder = createBuilder();
  const types = factTypes(builder);
  const pages = createPages(builder, types);
  const { connection } = pages;

  const block = builder.objectRef<{ number: number; timestamp: number; hash?: string }>('Block').implement({
    fields: (t) => ({
      number: t.exposeInt('number'),
      timestamp: t.expose('timestamp', { type: 'BigInt' }),
      hash: t.expose('hash', { type: 'Bytes', nullable: true })
    })
  });
  const status = builder.objectRef<object>('Status').implement({
    fields: (t) => ({
      chainId: t.int({ resolve: async (_, __, context) => (await context.readiness()).status.chainId }),
      ready: t.boolean({ resolve: async (_, __, context) => (await context.readiness()).status.ready }),
      head: t.field({
        type: block,
        nullable: true,
        description: 'Head of the chain as last seen.',
        resolve: async (_, __, context) => (await context.readiness()).status.head
      }),
      indexed: t.field({
        type: block,
        nullable: true,
        description: 'The block of which everything in this very answer tells.',
        resolve: async (_, __, { view }) => {
          if (view.at !== undefined) return view.at;
          const cursor = await readCursor(view.database);
          return cursor === null || cursor.number < 0 ? null : cursor;
        }
      })
    })
  });

  builder.queryType({
    fields: (t) => {
      const paging = pages.paging(t);
      const bytes = bytesArgument(t);
      const one = (fact: FactName) => pages.one(t, fact);
      return {
        status: t.field({ type: status, resolve: () => ({}) }),
        stream: one('stream'),
        product: one('product'),
        offer: one('offer'),
        license: one('license'),
        purchase: one('purchase'),
        streams: t.field({
          type: connection('stream'),
          args: { ...paging, q: t.arg.string(), owner: bytes() },
          resolve: (_, { q, owner, ...page }, context) =>
            resolvePage(
              context,
              'stream',
              page,
              streamFilter({ q: (q ?? '').slice(0, 200), owner: (owner ?? undefined) as Address | undefined })
            ) as never
        }),
        permissions: t.field({
          type: connection('permission'),
          args: { ...paging, stream: bytes(), account: bytes(), permission: t.arg({ type: types.permissionKind }) },
          resolve: (_, { stream, account, permission: kind, ...page }, context) =>
            resolvePage(
              context,
              'permission',
              page,
              and(
                equal(permission.stream, stream),
                equal(permission.account, account),
                equal(permission.permission, kind)
              )
            ) as never
        }),
        recipientKeys: t.field({
          type: connection('recipientKey'),
          args: { ...paging, stream: bytes(), account: bytes() },
          resolve: (_, { stream, account, ...page }, context) =>
            resolvePage(
              context,
              'recipientKey',
              page,
              and(equal(recipientKey.stream, stream), equal(recipientKey.account, account))
            ) as never
        }),
        products: t.field({
          type: connection('product'),
          args: { ...paging, seller: bytes(), stream: bytes('Its current offer holds this stream.') },
          resolve: (_, { seller, stream, ...page }, context) =>
            resolvePage(
              context,
              'product',
              page,
              and(equal(product.seller, seller), contains(product.streams, stream))
            ) as never
        }),
        offers: t.field({
          type: connection('offer'),
          args: { ...paging, product: bytes(), seller: bytes(), stream: bytes(), listed: t.arg.boolean() },
          resolve: (_, { product: sold, seller, stream, listed, ...page }, context) =>
            resolvePage(
              context,
              'offer',
              page,
              and(
                equal(offer.product, sold),
                equal(offer.seller, seller),
                contains(offer.streams, stream),
                listed == null ? undefined : eq(offer.listed, listed)
              )
            ) as never
        }),
        licenses: t.field({
          type: connection('license'),
          args: {
            ...paging,
            licensee: bytes(),
            seller: bytes(),
            product: bytes(),
            offer: bytes(),
            flagged: t.arg.boolean()
          },
          resolve: (_, { licensee, seller, product: sold, offer: bought, flagged, ...page }, context) =>
            resolvePage(
              context,
              'license',
              page,
              licenseFilter({
                licensee: (licensee ?? undefined) as Address | undefined,
                seller: (seller ?? undefined) as Address | undefined,
                productId: (sold ?? undefined) as Hex | undefined,
                offerId: (bought ?? undefined) as Hex | undefined,
                flagged: flagged == null ? undefined : flagged ? 'true' : 'false'
              })
            ) as never
        }),
        purchases: t.field({
          type: connection('purchase'),
          args: { ...paging, license: t.arg.id(), payer: bytes() },
          resolve: (_, { license: bought, payer, ...page }, context) =>
            resolvePage(
              context,
              'purchase',
              page,
              and(equal(purchase.license, bought), equal(purchase.payer, payer))
            ) as never
        })
      };
    }
  });
  productQueries(builder, types);
  settlementQueries(builder, pages);
  reputationQueries(builder, types, pages);
  wishQueries(builder, pages);
  accountQueries(builder, pages);
  revenueQueries(builder);
  recipientQueries(builder);
  subscriptions(builder);
  return builder.toSchema();
}
