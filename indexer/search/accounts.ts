import { and, count, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { AccountKarma, accountKarmaQuerySchema, AccountRecord } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import type { z } from 'zod';
import { karma, license, offer, product, stream, wish, wishAnswer, wishStake, type KarmaRole } from '../schema.ts';
import { toAttestation, validAttestations } from './attestations.ts';
import { identitiesOf } from './identities.ts';
import { karmaCourses } from './karma-course.ts';
import { pointsAt, readDecay } from './karma.ts';
import type { View } from './view.ts';

const total = (column: unknown) => sql<string>`coalesce(sum(${column}), 0)::text`;

/** What the chain says of an account; zeros for one that never did anything. */
export async function describeAccount(view: View, account: Address): Promise<AccountRecord> {
  const { database } = view;
  const [roles, decay, [sold], [offered], [bought], [flagged], [owned], made, answered, backed, proved, attested] =
    await Promise.all([
      database.select().from(karma).where(eq(karma.account, account)),
      readDecay(view),
      database
        .select({
          products: count(),
          onSale: sql<number>`(count(*) filter (where ${product.listed}))::int`,
          purchases: sql<number>`coalesce(sum(${product.purchases}), 0)::int`,
          revenue: total(product.revenue)
        })
        .from(product)
        .where(eq(product.seller, account)),
      database
        .select({ refunded: total(offer.refunded) })
        .from(offer)
        .where(eq(offer.seller, account)),
      database
        .select({
          licenses: count(),
          running: sql<number>`(count(*) filter (where ${license.until} > ${view.now()}))::int`,
          paid: total(license.paid),
          refunded: total(license.refunded),
          raised: count(license.flaggedAt)
        })
        .from(license)
        .where(eq(license.licensee, account)),
      database
        .select({ received: count(), answered: count(license.flagAnswerHash) })
        .from(license)
        .where(
          and(
            isNotNull(license.flaggedAt),
            inArray(
              license.product,
              database.select({ id: product.id }).from(product).where(eq(product.seller, account))
            )
          )
        ),
      database
        .select({ streams: sql<number>`(count(*) filter (where not ${stream.deleted}))::int` })
        .from(stream)
        .where(eq(stream.owner, account)),
      database.$count(wish, eq(wish.asker, account)),
      database.$count(wishAnswer, eq(wishAnswer.seller, account)),
      database.$count(wishStake, eq(wishStake.backer, account)),
      identitiesOf(view, [account]),
      validAttestations(view, [account])
    ]);
  const ofRole = (role: KarmaRole) => {
    const row = roles.find((known) => known.role === role);
    if (row === undefined || decay === null) return { points: '0', earned: '0', taken: '0' };
    return { points: pointsAt(row.units, view.now(), decay), earned: row.earned, taken: row.taken };
  };
  return {
    account,
    karma: { seller: ofRole('SELLER'), buyer: ofRole('BUYER'), broker: ofRole('BROKER') },
    sold: {
      products: sold?.products ?? 0,
      onSale: sold?.onSale ?? 0,
      purchases: sold?.purchases ?? 0,
      revenue: sold?.revenue ?? '0',
      refunded: offered?.refunded ?? '0'
    },
    bought: {
      licenses: bought?.licenses ?? 0,
      running: bought?.running ?? 0,
      paid: bought?.paid ?? '0',
      refunded: bought?.refunded ?? '0'
    },
    flags: { received: flagged?.received ?? 0, answered: flagged?.answered ?? 0, raised: bought?.raised ?? 0 },
    streams: owned?.streams ?? 0,
    wishes: { made, answered, backed },
    identities: proved.get(account) ?? [],
    attestations: (attested.get(account) ?? []).map((row) => toAttestation(view, row))
  };
}

/** Seconds before and after now that a course of karma shows unless said otherwise. */
const usualPast = 90 * 86_400;
const usualFuture = 30 * 86_400;

/** Karma of an account over time, in every role. */
export async function accountKarma(
  view: View,
  account: Address,
  { from, until, length }: z.output<typeof accountKarmaQuerySchema>
): Promise<AccountKarma> {
  const start = from ?? Math.max(0, (until ?? view.now()) - usualPast);
  const times = { from: start, until: Math.max(start + 1, until ?? view.now() + usualFuture), length };
  const [seller, buyer, broker] = await Promise.all(
    (['seller', 'buyer', 'broker'] as const).map(
      async (role) => (await karmaCourses(view, [account], role, times)).get(account) ?? []
    )
  );
  return { seller: seller ?? [], buyer: buyer ?? [], broker: broker ?? [] };
}
