import * as z from 'zod';
import { addressSchema, bytes32Schema } from './primitives.ts';

/** What deploying wrote down: contracts/deployments/<chainId>.json, or a local chain's own record. */
export const deploymentSchema = z.object({
  chainId: z.int().positive(),
  /** Tells one local chain from the next. */
  genesisHash: bytes32Schema,
  /** No event of the contracts stands in an earlier block. */
  startBlock: z.int().min(0),
  contracts: z.object({
    DATAcoin: addressSchema,
    StreamRegistry: addressSchema,
    DataLicense: addressSchema
  })
});
export type Deployment = z.infer<typeof deploymentSchema>;
