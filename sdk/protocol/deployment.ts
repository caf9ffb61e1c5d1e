import * as z from 'zod';
import { addressSchema, bytes32Schema } from './primitives.ts';

/** What deploying wrote down: contracts/deployments/<chainId>.json, or a local chain's own record. */
export const deploymentSchema = z.object({
  chainId: z.int().positive(),
  /** Tells one local chain from the next. */
  genesisHash: bytes32Schema,
  /** No event of the contracts stands in an earlier block. */
  startBlock: z.int().min(0),
  /** Hundredths of a per cent of every payment that go to the treasury: every offer listed here carries it. */
  feeBasisPoints: z.int().min(0).max(10_000),
  /** Seconds in which karma halves. */
  karmaHalfLife: z.int().positive(),
  contracts: z.object({
    DATAcoin: addressSchema,
    StreamRegistry: addressSchema,
    DataLicense: addressSchema,
    DeliveryEscrow: addressSchema,
    Karma: addressSchema,
    Wishlist: addressSchema,
    AttestationResolver: addressSchema.nullable(),
    /** The Ethereum Attestation Service; null where the chain has none: then no offer can demand an attestation. */
    AttestationService: addressSchema.nullable(),
    /** Gives every purchase an address that can be paid; null where the market has none: nobody can pay by x402 then. */
    CounterfactualPurchaseFactory: addressSchema.nullable().default(null),
    /** The market's own delivery oracle; null where it has none. Offers may name any other. */
    DeliveryOracle: addressSchema.nullable()
  }),
  /** Uids of the market's schemas at the attestation service; null where it has none. */
  schemas: z.object({
    domain: bytes32Schema.nullable(),
    organisation: bytes32Schema.nullable(),
    ensName: bytes32Schema.nullable(),
    knownBuyer: bytes32Schema.nullable()
  })
});
export type Deployment = z.infer<typeof deploymentSchema>;
