import { bigint, index, integer, text } from 'drizzle-orm/pg-core';
import { address, hex, indexerSchema } from './columns.ts';
import type { IdentityMethod } from '#sdk/protocol/discovery/identities';

/** Whose attestations of who somebody is count: the market's own verifier, and others that its configuration names. */
export const trustedAttester = indexerSchema.table('trusted_attester', { account: address().primaryKey() });

/**
 * When the market last looked at the proof behind each of its own attestations. No facts: without a row an attestation
 * is looked at again at once.
 */
export const identityCheck = indexerSchema.table(
  'identity_check',
  {
    /** EAS uid. */
    uid: hex().primaryKey(),
    account: address().notNull(),
    method: text().$type<IdentityMethod>().notNull(),
    name: text().notNull(),
    /** Milliseconds since 1970 at which the proof was last in place; null for one that was not found since. */
    heldAt: bigint({ mode: 'number' }),
    /** Milliseconds since 1970 of the next look. */
    nextCheck: bigint({ mode: 'number' }).notNull(),
    /** Looks in a row that did not find it, and when the first of them was. */
    failures: integer().notNull(),
    failingSince: bigint({ mode: 'number' })
  },
  (table) => [index('identity_check_account').on(table.account)]
);
