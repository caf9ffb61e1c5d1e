import {
  accountFactQuerySchema,
  accountKarmaQuerySchema,
  karmaPeriodSchema,
  karmaQuerySchema,
  karmaRoleSchema,
  type AccountFact,
  type AccountKarma,
  type AccountRecord,
  type KarmaRecord
} from '#sdk/protocol/discovery';
import { categorySchema } from '#sdk/protocol/product-document';
import type { Address } from '#sdk/protocol/primitives';
import { findAccountFacts } from '../../search/account-facts.ts';
import { accountKarma, describeAccount } from '../../search/accounts.ts';
import type { KarmaCourse } from '../../search/karma-course.ts';
import { rankKarma } from '../../search/karma-ranking.ts';
import { enumeration, parsed } from './arguments.ts';
import type { Builder } from './builder.ts';
import { toConnection, type Page, type Pages } from './pages.ts';
import { refusePast } from './refuse-past.ts';

/** Who is who, as /v1/accounts and /v1/karma say it. */
export function accountQueries(builder: Builder, { atBlock }: Pages): void {
  const role = enumeration(builder, 'KarmaRoleName', karmaRoleSchema.options);
  const period = enumeration(builder, 'KarmaPeriod', karmaPeriodSchema.options);
  const field = enumeration(builder, 'KarmaField', categorySchema.options);
  const point = builder.objectRef<KarmaCourse[number]>('KarmaPoint').implement({
    fields: (t) => ({ at: t.expose('at', { type: 'BigInt' }), points: t.expose('points', { type: 'BigInt' }) })
  });
  const ranked = builder.objectRef<KarmaRecord>('RankedKarma').implement({
    description: 'An account in a ranking; see GET /v1/karma.',
    fields: (t) => ({
      account: t.expose('account', { type: 'Bytes' }),
      role: t.exposeString('role'),
      points: t.expose('points', { type: 'BigInt', description: 'Wei, as of the time that was asked for.' }),
      units: t.expose('units', { type: 'BigInt' }),
      earned: t.expose('earned', { type: 'BigInt' }),
      taken: t.expose('taken', { type: 'BigInt' }),
      changedAtBlock: t.field({ type: 'BigInt', resolve: ({ changedAt }) => changedAt.number }),
      course: t.field({
        type: [point],
        description: 'Points over time, where `course` asked for them.',
        resolve: (row) => [...(row.course ?? [])]
      })
    })
  });
  const ranking = builder.connectionObject<typeof ranked, Page, false, false>({
    type: ranked,
    name: 'KarmaRankingConnection',
    fields: (t) => ({ totalCount: t.int({ resolve: (page) => page.total() }) })
  });
  const fact = builder.objectRef<AccountFact>('AccountFact').implement({
    description: 'Something that an account did, or that was done to it.',
    fields: (t) => ({
      id: t.exposeID('id'),
      kind: t.exposeString('kind', { description: 'As GET /v1/accounts/{account}/history names it.' }),
      time: t.expose('time', { type: 'BigInt' }),
      block: t.expose('block', { type: 'BigInt', nullable: true }),
      transactionHash: t.expose('transactionHash', { type: 'Bytes', nullable: true }),
      counterparty: t.expose('counterparty', { type: 'Bytes', nullable: true }),
      offer: t.expose('offerId', { type: 'Bytes', nullable: true }),
      product: t.expose('productId', { type: 'Bytes', nullable: true }),
      productName: t.exposeString('productName', { nullable: true }),
      stream: t.expose('stream', { type: 'Bytes', nullable: true }),
      wish: t.expose('wish', { type: 'BigInt', nullable: true }),
      attestation: t.expose('attestation', { type: 'Bytes', nullable: true }),
      amount: t.expose('amount', { type: 'BigInt', nullable: true }),
      contentCid: t.exposeString('contentCid', { nullable: true })
    })
  });
  const facts = builder.connectionObject<typeof fact, object, false, false>({
    type: fact,
    name: 'AccountFactConnection'
  });
  const karma = builder.objectRef<AccountKarma>('AccountKarma').implement({
    fields: (t) => ({
      seller: t.field({ type: [point], resolve: (row) => [...row.seller] }),
      buyer: t.field({ type: [point], resolve: (row) => [...row.buyer] }),
      broker: t.field({ type: [point], resolve: (row) => [...row.broker] })
    })
  });
  const part = (name: 'karma' | 'sold' | 'bought' | 'flags' | 'wishes') => ({
    type: 'JSON' as const,
    description: 'As GET /v1/accounts/{account} says it.',
    resolve: (row: AccountRecord) => row[name]
  });
  const account = builder.objectRef<AccountRecord>('Account').implement({
    description: 'What the chain says of an account in every role.',
    fields: (t) => ({
      account: t.expose('account', { type: 'Bytes' }),
      karma: t.field(part('karma')),
      sold: t.field(part('sold')),
      bought: t.field(part('bought')),
      flags: t.field(part('flags')),
      wishes: t.field(part('wishes')),
      streams: t.exposeInt('streams'),
      identities: t.field({ type: 'JSON', resolve: (row) => row.identities }),
      attestations: t.field({ type: 'JSON', resolve: (row) => row.attestations }),
      karmaOverTime: t.field({
        type: karma,
        description: 'By default from 90 days ago to 30 days ahead.',
        args: {
          from: t.arg({ type: 'BigInt' }),
          until: t.arg({ type: 'BigInt' }),
          length: t.arg.int({ description: '2 to 400, by default 61.' })
        },
        resolve: (row, given, { view }) => accountKarma(view, row.account, parsed(accountKarmaQuerySchema, given))
      }),
      history: t.field({
        type: facts,
        description: 'The facts that name it, the latest first.',
        args: { first: t.arg.int({ description: '1 to 100, by default 24.' }), after: t.arg.string() },
        resolve: async (row, { first, after }, { view }) => {
          const query = parsed(accountFactQuerySchema, { limit: first, cursor: after });
          const { hits, hasMore } = await findAccountFacts(view, row.account, query);
          const edges = hits.map(({ fact: node, cursor }) => ({ node, cursor }));
          return toConnection(edges, hasMore, after != null, () => Promise.resolve(0)) as never;
        }
      })
    })
  });
  builder.queryFields((t) => ({
    account: t.field({
      type: account,
      args: { account: t.arg({ type: 'Bytes', required: true }), block: atBlock(t) },
      resolve: (_, { account: address }, { view }) => describeAccount(view, address as Address)
    }),
    karmaRanking: t.field({
      type: ranking,
      description: 'Accounts by the karma that they had at a time, by field and period; the same as GET /v1/karma.',
      args: {
        first: t.arg.int({ description: '1 to 100, by default 24.' }),
        after: t.arg.string(),
        role: t.arg({ type: role }),
        account: t.arg({ type: 'Bytes' }),
        field: t.arg({ type: field, description: 'Category of the products through which it came.' }),
        period: t.arg({ type: period }),
        at: t.arg({ type: 'BigInt', description: 'Unix seconds, now by default.' }),
        course: t.arg.int({ description: "How many points of each account's course are told, 2 to 96." })
      },
      resolve: async (_, { first, after, ...query }, { view }) => {
        refusePast(view);
        const asked = parsed(karmaQuerySchema, { ...query, limit: first, cursor: after });
        const { hits, hasMore, total } = await rankKarma(view, asked);
        const edges = hits.map(({ record: node, cursor }) => ({ node, cursor }));
        return toConnection(edges, hasMore, after != null, total) as never;
      }
    })
  }));
}
