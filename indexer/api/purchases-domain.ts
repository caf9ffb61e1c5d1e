import { tokenDomain } from '#sdk/actions/allow-payment';
import type { Market } from '#sdk/actions/connect-market';
import type { Address } from '#sdk/protocol/primitives';

/** EIP-712 domain of a token. */
export interface PaymentDomain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: Address;
}

const known = new Map<string, PaymentDomain>();

/**
 * The domain under which payments in DATAcoin are signed. It can never change, so the chain is asked once.
 *
 * @throws {@link ChainUnreachableError}
 */
export async function paymentDomain(market: Market): Promise<PaymentDomain> {
  const { chainId, deployment } = market;
  const verifyingContract = deployment.contracts.DATAcoin;
  const key = `${deployment.genesisHash} ${verifyingContract}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const { name = '', version = '' } = await tokenDomain(market);
  const domain = { name, version, chainId, verifyingContract };
  known.set(key, domain);
  return domain;
}
