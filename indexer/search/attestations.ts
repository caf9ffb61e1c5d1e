import { and, eq, gt, inArray, isNull, not, or, sql, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import {
  attestationDataLimit,
  AttestationDataInvalidError,
  attestationSchemas,
  decodeAttestation,
  type AttestationSchemaName
} from '#sdk/protocol/attestation-schemas';
import type { AttestationRecord, attestationQuerySchema } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { attestation, type FactRow } from '../schema.ts';
import { findPage } from './list-facts.ts';
import type { Page, View } from './view.ts';

/** Attestations of one seller that are shown with it; more can be asked for. */
export const attestationsShown = 20;

const schemaNames = Object.keys(attestationSchemas) as AttestationSchemaName[];

export interface AttestationFilter {
  readonly recipient?: Address | undefined;
  readonly attester?: Address | undefined;
  readonly schema?: Hex | undefined;
  readonly valid?: 'true' | 'false' | undefined;
}

/** Filter -> condition on the attestation table. */
export function attestationFilter(
  view: View,
  { recipient, attester, schema, valid }: AttestationFilter
): SQL | undefined {
  const isValid = and(
    isNull(attestation.revokedAt),
    or(eq(attestation.expirationTime, '0'), gt(attestation.expirationTime, String(view.now())))
  );
  return and(
    recipient === undefined ? undefined : eq(attestation.recipient, recipient),
    attester === undefined ? undefined : eq(attestation.attester, attester),
    schema === undefined ? undefined : eq(attestation.schema, schema),
    valid === undefined || isValid === undefined ? undefined : valid === 'true' ? isValid : not(isValid)
  );
}

/**
 * Finds attestations under the market's schemas, the newest first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findAttestations(
  view: View,
  query: z.output<typeof attestationQuerySchema>
): Promise<Page<AttestationRecord>> {
  const { limit, cursor } = query;
  const filter = attestationFilter(view, query);
  return findPage(view, 'attestation', { filter, order: 'newest', limit, cursor }, (rows) =>
    rows.map((row) => toAttestation(view, row))
  );
}

/** Valid attestations of accounts, the newest first, some of each. */
export async function validAttestations(
  view: View,
  recipients: readonly Address[]
): Promise<Map<Address, FactRow<'attestation'>[]>> {
  const found = new Map<Address, FactRow<'attestation'>[]>();
  if (recipients.length === 0) return found;
  const place = sql<number>`row_number() over (
    partition by ${attestation.recipient} order by ${attestation.recordedAtBlock} desc, ${attestation.id} desc)`;
  const ranked = view.database
    .select({ id: attestation.id, place: place.as('place') })
    .from(attestation)
    .where(and(inArray(attestation.recipient, [...new Set(recipients)]), attestationFilter(view, { valid: 'true' })))
    .as('ranked');
  const rows = await view.database
    .select({ attestation })
    .from(ranked)
    .innerJoin(attestation, eq(attestation.id, ranked.id))
    .where(sql`${ranked.place} <= ${attestationsShown}`)
    .orderBy(ranked.place);
  for (const { attestation: row } of rows) {
    const ofAccount = found.get(row.recipient) ?? [];
    ofAccount.push(row);
    found.set(row.recipient, ofAccount);
  }
  return found;
}

/** Whether it is neither revoked nor expired now. */
export function isValidAttestation(view: View, row: FactRow<'attestation'>): boolean {
  return row.revokedAt === null && (row.expirationTime === '0' || BigInt(row.expirationTime) > BigInt(view.now()));
}

/** Which of the market's schemas it is; null for another. */
export function attestationName(view: View, schema: Hex): AttestationSchemaName | null {
  const schemas = view.schemas();
  if (schemas === null) return null;
  return schemaNames.find((name) => schemas[name] === schema) ?? null;
}

/** What it says, by the fields of its schema; null where that is none of the market's or the data do not fit it. */
export function attestationStatement(view: View, row: FactRow<'attestation'>): Record<string, string> | null {
  const name = attestationName(view, row.schema);
  if (name === null) return null;
  try {
    return decodeAttestation(name, row.data);
  } catch (error) {
    if (error instanceof AttestationDataInvalidError) return null;
    throw error;
  }
}

/** Row -> record of the API. */
export function toAttestation(view: View, row: FactRow<'attestation'>): AttestationRecord {
  return {
    uid: row.id,
    schema: row.schema,
    name: attestationName(view, row.schema),
    statement: attestationStatement(view, row),
    recipient: row.recipient,
    attester: row.attester,
    expirationTime: row.expirationTime,
    data: row.data.length > 2 + 2 * attestationDataLimit ? null : row.data,
    revokedAt: row.revokedAt,
    valid: isValidAttestation(view, row),
    recordedAt: { number: row.recordedAtBlock, timestamp: row.recordedAt }
  };
}
