import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { contentIdOfDigest } from '#sdk/protocol/content-id';
import { accountKindSchema, type AccountFact, type AccountKind } from '#sdk/protocol/discovery';
import { addressSchema, bytes32Schema, type Address } from '#sdk/protocol/primitives';
import { attestation, license, offer, product, purchase, stream, wish, wishAnswer, wishStake } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { productNames } from './licenses.ts';
import type { View } from './view.ts';

/** What a kind of fact is read from: columns that are not named are null. */
interface Source {
  readonly kind: AccountKind;
  readonly from: SQL;
  readonly where: SQL;
  readonly id: SQL;
  readonly time: SQL;
  readonly block?: SQL;
  readonly transaction?: SQL;
  readonly counterparty?: SQL;
  readonly offer?: SQL;
  readonly product?: SQL;
  readonly stream?: SQL;
  readonly wish?: SQL;
  readonly attestation?: SQL;
  readonly amount?: SQL;
  readonly content?: SQL;
}

const rowSchema = z.object({
  id: z.string(),
  kind: accountKindSchema,
  time: z.coerce.number(),
  block: z.coerce.number().nullable(),
  transaction: bytes32Schema.nullable(),
  counterparty: addressSchema.nullable(),
  offer: bytes32Schema.nullable(),
  product: bytes32Schema.nullable(),
  stream: addressSchema.nullable(),
  wish: z.string().nullable(),
  attestation: bytes32Schema.nullable(),
  amount: z.string().nullable(),
  content: bytes32Schema.nullable()
});

/** A fact of an account, and the cursor that goes on after it. */
export interface AccountFactHit {
  readonly fact: AccountFact;
  readonly cursor: string;
}

/** Digits of a time in seconds. */
const timeDigits = 13;

/**
 * What an account did and what was done to it, the latest first: a page from each kind of fact, by indexes of the
 * account, and of those together the latest.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findAccountFacts(
  view: View,
  account: Address,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }
): Promise<{ hits: AccountFactHit[]; hasMore: boolean }> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1, timeDigits);
  const arms = sourcesOf(account).map((source, index) => {
    const id = sql`${source.id} || ${`-K${String(index)}`}`;
    const place =
      after === undefined ? sql`true` : sql`(${source.time}, ${id}) < (${after.keys[0]}::bigint, ${after.id})`;
    return sql`(select ${id} as id, ${source.kind}::text as kind, ${source.time} as time,
      ${source.block ?? sql`null::bigint`} as block, ${text(source.transaction)} as transaction,
      ${text(source.counterparty)} as counterparty, ${text(source.offer)} as offer, ${text(source.product)} as product,
      ${text(source.stream)} as stream, ${text(source.wish)} as wish, ${text(source.attestation)} as attestation,
      ${source.amount ?? sql`null::numeric`}::text as amount, ${text(source.content)} as content
      from ${source.from} where ${source.where} and ${place} order by 3 desc, 1 desc limit ${limit + 1})`;
  });
  const result = await view.database.execute(
    sql`select * from (${sql.join(arms, sql` union all `)}) fact order by time desc, id desc limit ${limit + 1}`
  );
  const rows = z.array(rowSchema).parse(result.rows);
  const shown = rows.slice(0, limit);
  const names = await productNames(view, [...new Set(shown.flatMap((row) => row.product ?? []))]);
  return {
    hits: shown.map((row) => ({
      fact: {
        id: row.id,
        kind: row.kind,
        time: row.time,
        block: row.block,
        transactionHash: row.transaction,
        counterparty: row.counterparty,
        offerId: row.offer,
        productId: row.product,
        productName: row.product === null ? null : (names.get(row.product) ?? null),
        stream: row.stream,
        wish: row.wish,
        attestation: row.attestation,
        amount: row.amount,
        contentCid: row.content === null ? null : contentIdOfDigest(row.content)
      },
      cursor: encodeCursor({ keys: [String(row.time)], id: row.id })
    })),
    hasMore: rows.length > limit
  };
}

const text = (column: SQL | undefined): SQL => sql`${column ?? sql`null`}::text`;

function sourcesOf(account: Address): readonly Source[] {
  const sale = {
    from: sql`${purchase} join ${license} on ${license.id} = ${purchase.license}`,
    ...{ id: sql`${purchase.id}`, time: sql`${purchase.timestamp}`, block: sql`${purchase.block}` },
    ...{ transaction: sql`${purchase.transactionHash}`, offer: sql`${license.offer}` },
    ...{ product: sql`${license.product}`, amount: sql`${purchase.paid}` }
  };
  const ofLicense = { id: sql`${license.id}`, offer: sql`${license.offer}`, product: sql`${license.product}` };
  const withProduct = sql`${license} join ${product} on ${product.id} = ${license.product}`;
  const [boughtIt, soldIt] = [sql`${license.licensee} = ${account}`, sql`${product.seller} = ${account}`];
  const [buyer, seller] = [sql`${license.licensee}`, sql`${product.seller}`];
  const ended = {
    ...{ from: withProduct, ...ofLicense, time: sql`${license.endedEarlyAt}`, amount: sql`${license.refunded}` },
    content: sql`${license.endReasonHash}`
  };
  const flagged = {
    ...{ from: withProduct, ...ofLicense, time: sql`${license.flaggedAt}`, amount: sql`${license.flagPoints}` },
    content: sql`${license.flagReasonHash}`
  };
  const listed = {
    ...{ from: sql`${offer}`, id: sql`${offer.id}`, offer: sql`${offer.id}`, product: sql`${offer.product}` },
    content: sql`${offer.termsHash}`
  };
  const attested = {
    ...{ from: sql`${attestation}`, id: sql`${attestation.id}`, attestation: sql`${attestation.id}` }
  };
  const recorded = { time: sql`${attestation.recordedAt}`, block: sql`${attestation.recordedAtBlock}` };
  const cancelled = sql`${license.endedEarly} = 'CANCELLED'`;
  const revoked = sql`${license.endedEarly} = 'REVOKED'`;
  const wasFlagged = sql`${license.flaggedAt} is not null`;
  return [
    {
      ...{ kind: 'stream-created', from: sql`${stream}`, where: sql`${stream.owner} = ${account}` },
      ...{ id: sql`${stream.id}`, time: sql`${stream.createdAt}`, block: sql`${stream.createdAtBlock}` },
      stream: sql`${stream.id}`
    },
    {
      ...{ kind: 'offer-listed', ...listed, where: sql`${offer.seller} = ${account}` },
      ...{ time: sql`${offer.listedAt}`, block: sql`${offer.listedAtBlock}` }
    },
    {
      ...{ kind: 'offer-retired', ...listed, time: sql`${offer.retiredAt}` },
      where: sql`${offer.seller} = ${account} and ${offer.retiredAt} is not null`
    },
    {
      ...{ kind: 'bought', ...sale, where: sql`${purchase.licensee} = ${account}` },
      counterparty: sql`${purchase.seller}`
    },
    {
      ...{ kind: 'paid-for-another', ...sale, counterparty: sql`${purchase.licensee}` },
      where: sql`${purchase.payer} = ${account} and ${purchase.licensee} <> ${account}`
    },
    {
      ...{ kind: 'sold', ...sale, where: sql`${purchase.seller} = ${account}` },
      counterparty: sql`${purchase.licensee}`
    },
    { kind: 'left', ...ended, where: sql`${boughtIt} and ${cancelled}`, counterparty: seller },
    { kind: 'left-by-licensee', ...ended, where: sql`${soldIt} and ${cancelled}`, counterparty: buyer },
    { kind: 'revoked', ...ended, where: sql`${soldIt} and ${revoked}`, counterparty: buyer },
    { kind: 'revoked-by-seller', ...ended, where: sql`${boughtIt} and ${revoked}`, counterparty: seller },
    { kind: 'flag-raised', ...flagged, where: sql`${boughtIt} and ${wasFlagged}`, counterparty: seller },
    { kind: 'flag-received', ...flagged, where: sql`${soldIt} and ${wasFlagged}`, counterparty: buyer },
    {
      ...{ kind: 'wish-made', from: sql`${wish}`, where: sql`${wish.asker} = ${account}`, id: sql`${wish.id}` },
      ...{ time: sql`${wish.madeAt}`, block: sql`${wish.madeAtBlock}`, wish: sql`${wish.id}` },
      content: sql`${wish.descriptionHash}`
    },
    {
      ...{ kind: 'wish-answered', from: sql`${wishAnswer}`, where: sql`${wishAnswer.seller} = ${account}` },
      ...{ id: sql`${wishAnswer.id}`, time: sql`${wishAnswer.answeredAt}`, block: sql`${wishAnswer.answeredAtBlock}` },
      ...{ wish: sql`${wishAnswer.wish}`, product: sql`${wishAnswer.product}` }
    },
    {
      ...{ kind: 'wish-backed', from: sql`${wishStake}`, where: sql`${wishStake.backer} = ${account}` },
      ...{ id: sql`${wishStake.id}`, time: sql`${wishStake.changedAt}`, block: sql`${wishStake.changedAtBlock}` },
      ...{ wish: sql`${wishStake.wish}`, amount: sql`${wishStake.stake}` }
    },
    {
      ...{ kind: 'attested', ...attested, ...recorded, where: sql`${attestation.recipient} = ${account}` },
      counterparty: sql`${attestation.attester}`
    },
    {
      ...{ kind: 'attestation-withdrawn', ...attested, time: sql`${attestation.revokedAt}` },
      where: sql`${attestation.recipient} = ${account} and ${attestation.revokedAt} is not null`,
      counterparty: sql`${attestation.attester}`
    },
    {
      ...{ kind: 'attested-another', ...attested, ...recorded, where: sql`${attestation.attester} = ${account}` },
      counterparty: sql`${attestation.recipient}`
    }
  ];
}
