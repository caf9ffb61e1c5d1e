import * as z from 'zod';
import { deploymentSchema } from './deployment.ts';

/**
 * What a market says of itself: GET /market.json. All that a stranger's program needs to buy, sell, publish and
 * subscribe. Addresses may be absolute, or relative to the address under which this document was fetched.
 */
export const marketSchema = z.object({
  chainId: z.int().positive(),
  /** JSON-RPC of the chain, such as "/rpc". */
  rpcUrl: z.string().min(1).max(2000),
  deployment: deploymentSchema,
  /** Where /v1/ws, /v1/issuer and the other paths of the broker begin, such as "/broker". */
  brokerUrl: z.string().min(1).max(2000),
  /** Other brokers of the same store: clients go on there when the first one does not answer. */
  otherBrokerUrls: z.array(z.string().min(1).max(2000)).max(16).optional(),
  /** Where /v1/products, /v1/content, /ipfs/ and the storefront begin, such as "/". */
  marketUrl: z.string().min(1).max(2000),
  /** The chain is a local one that came with the market: its money is play money. */
  local: z.boolean()
});
export type MarketDocument = z.infer<typeof marketSchema>;
