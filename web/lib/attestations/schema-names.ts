import type { OfferRecord } from '#sdk/protocol/discovery';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { m } from '../generated/messages/messages.js';

export type SchemaKind = keyof Deployment['schemas'];

/** What an attestation under each of the market's schemas says of its account, in the page's language. */
export const schemaNames: Readonly<Record<SchemaKind, string>> = {
  get domain() {
    return m.attestations_domain();
  },
  get organisation() {
    return m.attestations_organisation();
  },
  get ensName() {
    return m.attestations_ens();
  },
  get knownBuyer() {
    return m.attestations_known_buyer();
  }
};

/** Which of the market's schemas it is; undefined for another one. */
export function schemaKindOf(schema: Hex, schemas: Deployment['schemas']): SchemaKind | undefined {
  return (Object.keys(schemaNames) as SchemaKind[]).find((kind) => schemas[kind] === schema);
}

export interface DemandedAttestation {
  readonly schema: Hex;
  /** What it says of the account, in words; null for a schema that is not the market's. */
  readonly meaning: string | null;
  readonly attesters: readonly Address[];
}

/** The attestation that an offer demands of whoever buys; null where it demands none. */
export function demandedAttestation(
  { attestationSchema, attesters }: Pick<OfferRecord, 'attestationSchema' | 'attesters'>,
  schemas: Deployment['schemas']
): DemandedAttestation | null {
  if (/^0x0+$/.test(attestationSchema)) return null;
  const kind = schemaKindOf(attestationSchema, schemas);
  return { schema: attestationSchema, meaning: kind === undefined ? null : schemaNames[kind], attesters };
}
