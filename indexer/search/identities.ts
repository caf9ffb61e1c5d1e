import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Identity, IdentityMethod } from '#sdk/protocol/discovery/identities';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { attestation, identityCheck, trustedAttester, type FactRow } from '../schema.ts';
import { attestationFilter, attestationName, attestationStatement } from './attestations.ts';
import type { View } from './view.ts';

/** Identities of one account that are shown. */
export const identitiesShown = 50;

/** What is proved of sellers: valid attestations by those that the market trusts, the newest first. */
export async function identitiesOf(view: View, sellers: readonly Address[]): Promise<Map<Address, Identity[]>> {
  const found = new Map<Address, Identity[]>();
  const schemas = view.schemas();
  const wanted = [schemas?.domain, schemas?.ensName, schemas?.organisation].filter((uid) => uid != null);
  if (sellers.length === 0 || wanted.length === 0) return found;
  const rows = await view.database
    .select({ attestation, heldAt: identityCheck.heldAt })
    .from(attestation)
    .innerJoin(trustedAttester, eq(trustedAttester.account, attestation.attester))
    .leftJoin(identityCheck, and(eq(identityCheck.uid, attestation.id), isNotNull(identityCheck.heldAt)))
    .where(
      and(
        inArray(attestation.recipient, [...new Set(sellers)]),
        inArray(attestation.schema, wanted),
        attestationFilter(view, { valid: 'true' })
      )
    )
    .orderBy(attestation.recordedAtBlock, attestation.id);
  for (const { attestation: row, heldAt } of rows.reverse()) {
    const named = identityNameOf(view, row);
    if (named === null) continue;
    const ofSeller = found.get(row.recipient) ?? [];
    if (ofSeller.length < identitiesShown) {
      ofSeller.push({
        ...named,
        uid: row.id,
        attester: row.attester,
        since: row.recordedAt,
        // the chain does not know when the market looked
        lastChecked: heldAt === null || view.at !== undefined ? null : Math.floor(heldAt / 1_000)
      });
    }
    found.set(row.recipient, ofSeller);
  }
  return found;
}

/** What an attestation says somebody is; null where it says nothing that can be read, or something else. */
export function identityNameOf(
  view: View,
  row: FactRow<'attestation'>
): { readonly method: IdentityMethod; readonly name: string } | null {
  const method = attestationName(view, row.schema);
  const statement = attestationStatement(view, row);
  if (method === null || method === 'knownBuyer' || statement === null) return null;
  const { domain, ensName, organisation, registration } = statement;
  const name =
    method === 'organisation'
      ? [organisation, registration].filter(Boolean).join(', ')
      : ((method === 'domain' ? domain : ensName) ?? '');
  return { method, name };
}

/** When the market looks at its own attestations again, by their uids; Unix seconds. */
export async function checksOf(
  view: View,
  uids: readonly Hex[]
): Promise<Map<Hex, { readonly nextCheck: number; readonly failingSince: number | null }>> {
  if (uids.length === 0) return new Map();
  const seconds = (milliseconds: number) => Math.floor(milliseconds / 1_000);
  const rows = await view.database
    .select()
    .from(identityCheck)
    .where(inArray(identityCheck.uid, [...uids]));
  return new Map(
    rows.map(({ uid, nextCheck, failingSince }) => [
      uid,
      { nextCheck: seconds(nextCheck), failingSince: failingSince === null ? null : seconds(failingSince) }
    ])
  );
}
