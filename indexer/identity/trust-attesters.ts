import { notInArray, sql } from 'drizzle-orm';
import type { Address } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { attestation, trustedAttester } from '../schema.ts';
import { refreshSearchRows, type SearchRowOptions } from '../search/postgres/rows.ts';

/**
 * Makes these the accounts whose attestations of who somebody is count, and sellers be found by it. What has not changed
 * costs one look.
 */
export async function trustAttesters(
  database: Database,
  accounts: readonly Address[],
  rowOptions: () => SearchRowOptions
): Promise<void> {
  await database.transaction(async (transaction) => {
    const wanted = [...new Set(accounts)];
    const gone = await transaction
      .delete(trustedAttester)
      .where(wanted.length === 0 ? sql`true` : notInArray(trustedAttester.account, wanted))
      .returning();
    const added =
      wanted.length === 0
        ? []
        : await transaction
            .insert(trustedAttester)
            .values(wanted.map((account) => ({ account })))
            .onConflictDoNothing()
            .returning();
    if (gone.length + added.length === 0) return;
    const concerned = await transaction.selectDistinct({ seller: attestation.recipient }).from(attestation);
    await refreshSearchRows(transaction, { sellers: concerned.map(({ seller }) => seller) }, rowOptions());
  });
}
