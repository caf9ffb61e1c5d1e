import type { TypedDataDefinition } from 'viem';
import * as z from 'zod';
import { attestationStatements } from './attestation-schemas.ts';
import { identityMethodSchema, identitySchema } from './discovery/identities.ts';
import { addressSchema, bytes32Schema, hexUpTo, secondsSchema } from './primitives.ts';
import type { Address } from './primitives.ts';

/** Path of the file with which a domain names accounts. */
export const wellKnownPath = '/.well-known/tributary.json';
/** The file: accounts as CAIP-10 writes them, such as "eip155:1:0xab…"; letter case does not matter. */
export const wellKnownSchema = z.object({ accounts: z.array(z.string().max(128)).max(1_000) });
/** Name of the DNS record (TXT) with which a domain names an account. */
export const dnsRecordName = (domain: string): string => `_tributary.${domain}`;
/** What that record says; there may be several. */
export const dnsRecordValue = (chainId: number, account: Address): string =>
  `tributary=${chainAccountOf(chainId, account)}`;
/** An account of a chain, as CAIP-10 writes it. */
export const chainAccountOf = (chainId: number, account: Address): string => `eip155:${String(chainId)}:${account}`;

/**
 * What an account signs (EIP-712) to be attested as the holder of a domain. The domain names the account, and the account
 * the domain: otherwise anybody could make its own domain speak of somebody else's account.
 *
 * @param expires Unix seconds until which the signature counts.
 */
export function identityTypedData(chainId: number, account: Address, domain: string, expires: number) {
  return {
    domain: { name: 'Tributary', version: '1', chainId },
    types: {
      Identity: [
        { name: 'account', type: 'address' },
        { name: 'domain', type: 'string' },
        { name: 'expires', type: 'uint256' }
      ]
    },
    primaryType: 'Identity',
    message: { account, domain, expires: BigInt(expires) }
  } as const satisfies TypedDataDefinition;
}
/** Longest time for which such a signature may count, seconds. */
export const longestConsent = 3_600;

const consentSchema = z.object({ expires: secondsSchema, signature: hexUpTo(8_192) });
export type IdentityConsent = z.infer<typeof consentSchema>;

/** Asks for a check of a domain; with the account's consent also for an attestation. */
export const domainCheckSchema = attestationStatements.domain.extend({ consent: consentSchema.optional() });
/** Asks for a check of an ENS name, and for an attestation where it holds. */
export const ensCheckSchema = attestationStatements.ensName;

/** One place that was looked at. */
export const identityStepSchema = z.object({
  /** URL, name of a record, or call. */
  lookedUp: z.string(),
  outcome: z.enum(['proved', 'absent', 'contradicted', 'unreachable']),
  /** What was there, shortened; null for nothing. */
  found: z.string().nullable(),
  /** What to do; null where it is proved. */
  advice: z.string().nullable()
});
export type IdentityStep = z.infer<typeof identityStepSchema>;

/** What came of a check. */
export const identityCheckSchema = z.object({
  method: identityMethodSchema,
  account: addressSchema,
  name: z.string(),
  holds: z.boolean(),
  steps: z.array(identityStepSchema),
  /**
   * attested: it stands on the chain. consent-needed: sign identityTypedData and ask again. not-proved: see the steps.
   * not-offered: this market attests nothing, or nothing of this kind.
   */
  state: z.enum(['attested', 'consent-needed', 'not-proved', 'not-offered']),
  /** EAS uid where it is attested. */
  uid: bytes32Schema.nullable()
});
export type IdentityCheck = z.infer<typeof identityCheckSchema>;

/** What is proved of an account, and how more can be. */
export const accountIdentitySchema = z.object({
  account: addressSchema,
  /** Account that attests here; null where the market attests nothing. */
  verifier: addressSchema.nullable(),
  /** Whether ENS names can be looked up. */
  ens: z.boolean(),
  /** What a domain publishes to name this account: either is enough. */
  publish: z.object({
    wellKnown: z.object({ path: z.string(), content: wellKnownSchema }),
    dns: z.object({ name: z.string(), value: z.string() })
  }),
  /** Port of this machine at which names that end in .localhost are asked, on local markets; null elsewhere. */
  loopbackPort: z.int().nullable(),
  identities: z.array(
    identitySchema.extend({
      /** Unix seconds at which the market looks again; null for what others attest. */
      nextCheck: secondsSchema.nullable(),
      /** Unix seconds since which the proof was not found any more; null while it is in place. */
      failingSince: secondsSchema.nullable()
    })
  )
});
export type AccountIdentity = z.infer<typeof accountIdentitySchema>;
