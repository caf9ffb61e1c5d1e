import { contractSigner, type AccountSignatureReader } from '../protocol/contract-signature.ts';
import { addressSchema } from '../protocol/primitives.ts';
import type { EventSigner } from '../protocol/signature.ts';
import type { Market } from './connect-market.ts';
import type { Wallet } from './send-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';

/**
 * Asks the chain of a market whether accounts that are contracts accept signatures.
 *
 * @throws From accepts(): {@link ChainUnreachableError}.
 */
export function accountSignatureReader({ publicClient }: Pick<Market, 'publicClient'>): AccountSignatureReader {
  return {
    accepts: (address, hash, signature) =>
      publicClient.verifyHash({ address, hash, signature }).catch((error: unknown) => {
        throw translateChainError(error, []);
      })
  };
}

/**
 * Lets the wallet of an account that is a contract sign events (ERC-1271), also before the contract is deployed
 * (ERC-6492).
 *
 * @throws From sign(): {@link SignatureRejectedError}, {@link WalletFailedError}, WalletSignatureInvalidError.
 *
 * @example
 * const publisher = await createPublisher({ market, stream, signer: contractEventSigner({ market, wallet }), keys });
 */
export function contractEventSigner({ market, wallet }: { market: Market; wallet: Wallet }): EventSigner {
  const { account } = wallet;
  return contractSigner(
    addressSchema.parse(account.address),
    (message) =>
      wallet.signMessage({ account, message: { raw: message } }).catch((error: unknown) => {
        throw translateChainError(error, []);
      }),
    accountSignatureReader(market)
  );
}
