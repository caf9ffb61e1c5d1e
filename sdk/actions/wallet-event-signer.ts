import { addressSchema } from '../protocol/primitives.ts';
import { walletSigner } from '../protocol/signature.ts';
import type { EventSigner } from '../protocol/signature.ts';
import type { Wallet } from './send-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';

/**
 * Lets a wallet sign events and delegations; each asks its owner once.
 *
 * @throws From sign(): {@link SignatureRejectedError}, {@link WalletFailedError}.
 *
 * @example
 * await delegateKeys({ market, stream, signer: walletEventSigner(wallet), keys });
 */
export function walletEventSigner(wallet: Wallet): EventSigner {
  const { account } = wallet;
  return walletSigner(addressSchema.parse(account.address), (message) =>
    wallet.signMessage({ account, message: { raw: message } }).catch((error: unknown) => {
      throw translateChainError(error, []);
    })
  );
}
