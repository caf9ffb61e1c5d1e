import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { RecipientRecord, recipientQuerySchema } from '#sdk/protocol/discovery';
import { addressSchema, bytes32Schema, type Address } from '#sdk/protocol/primitives';
import { license, offer, permission, recipientKey, stream } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Page, View } from './view.ts';

const everyone = '0x0000000000000000000000000000000000000000';

const rowSchema = z.object({
  id: z.string(),
  account: addressSchema,
  by: z.enum(['license', 'permission']),
  offer: bytes32Schema.nullable(),
  until: z.coerce.number(),
  public_key: bytes32Schema.nullable(),
  total: z.coerce.number()
});

/** A recipient, and the cursor that goes on after it. */
export interface RecipientHit {
  readonly recipient: RecipientRecord;
  readonly cursor: string;
}

/**
 * Who may decrypt a stream's events now: licensees of offers that hold the stream, and accounts with a Read permission
 * of their own. By account, each licence and permission for itself; none on a deleted stream.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function searchRecipients(
  view: View,
  address: Address,
  { limit, cursor }: z.output<typeof recipientQuerySchema>
): Promise<{ hits: RecipientHit[]; hasMore: boolean; total: number }> {
  const after = cursor === undefined ? '' : decodeCursor(cursor, 0).id;
  const now = view.now();
  const result = await view.database.execute(sql`
    with recipient as materialized (
      select ${license.licensee} || '-' || ${license.offer} as id, ${license.licensee} as account, 'license' as by,
        ${license.offer} as offer, ${license.until} as until, ${license.publicKey} as public_key
      from ${license} join ${offer} on ${offer.id} = ${license.offer}
      where ${offer.streams} @> array[${address}]::text[] and ${license.until} > ${now}
      union all
      select ${permission.account} || '-' as id, ${permission.account} as account, 'permission' as by,
        null as offer, ${permission.until} as until, ${recipientKey.publicKey} as public_key
      from ${permission} left join ${recipientKey}
        on ${recipientKey.stream} = ${permission.stream} and ${recipientKey.account} = ${permission.account}
      where ${permission.stream} = ${address} and ${permission.permission} = 'READ'
        and ${permission.account} <> ${everyone} and ${permission.until} > ${now}
    ), readable as (
      select * from recipient where not exists (
        select 1 from ${stream} where ${stream.id} = ${address} and ${stream.deleted})
    )
    select *, (select count(*) from readable) as total from readable
    where id > ${after} order by id limit ${limit + 1}`);
  const rows = z.array(rowSchema).parse(result.rows);
  return {
    hits: rows.slice(0, limit).map((row) => ({
      recipient: {
        account: row.account,
        by: row.by,
        offerId: row.offer,
        until: row.until,
        publicKey: row.public_key
      },
      cursor: encodeCursor({ keys: [], id: row.id })
    })),
    hasMore: rows.length > limit,
    total: rows[0]?.total ?? 0
  };
}

/** The same as a page of records. */
export async function findRecipients(
  view: View,
  address: Address,
  query: z.output<typeof recipientQuerySchema>
): Promise<Page<RecipientRecord>> {
  const { hits, hasMore, total } = await searchRecipients(view, address, query);
  return {
    items: hits.map(({ recipient }) => recipient),
    total,
    nextCursor: hasMore ? (hits.at(-1)?.cursor ?? null) : null
  };
}
