import { bytesOf, hexOf } from './binary.ts';
import type { Address, Hex } from './primitives.ts';
import {
  personalMessageHash,
  WalletSignatureInvalidError,
  type EventSigner,
  type SignatureVerifier
} from './signature.ts';

/** Whoever can ask the chain whether an account accepts a signature. */
export interface AccountSignatureReader {
  /**
   * What the account's contract says (ERC-1271); for one that is not deployed yet what it would say (ERC-6492). The
   * validator of ERC-6492 refuses signatures of less than 32 bytes.
   *
   * @throws Where the chain cannot be asked; a contract that fails means false.
   */
  accepts(account: Address, hash: Hex, signature: Hex): Promise<boolean>;
}

/** Name of the way in which accounts that are contracts sign. */
export const contractSignatureType = 'erc1271';

/**
 * Signatures of accounts that are contracts: whatever the contract accepts for the hash that wallets sign for
 * `personal_sign`. Unlike the others they have no single form, and the contract may change its mind.
 */
export function contractVerifier(reader: AccountSignatureReader): SignatureVerifier {
  return {
    signatureType: contractSignatureType,
    originType: 'address',
    asksChain: true,
    verify: (payload, signature, origin) =>
      reader.accepts(origin, hexOf(personalMessageHash(payload)), hexOf(signature))
  };
}

/**
 * Signs with a wallet whose account is a contract.
 *
 * @param personalSign - Asks the wallet for `personal_sign` over these bytes (hex) and gives its answer (hex).
 * @throws From sign(): {@link WalletSignatureInvalidError} where the account's contract does not accept the answer.
 */
export function contractSigner(
  account: Address,
  personalSign: (message: Hex) => Promise<Hex>,
  reader: AccountSignatureReader
): EventSigner {
  const origin = account.toLowerCase() as Address;
  return {
    originType: 'address',
    origin,
    signatureType: contractSignatureType,
    sign: async (payload) => {
      const answer = (await personalSign(hexOf(payload))).toLowerCase() as Hex;
      const whole = /^0x(?:[0-9a-f]{2})+$/.test(answer);
      if (!whole || !(await reader.accepts(origin, hexOf(personalMessageHash(payload)), answer))) {
        throw new WalletSignatureInvalidError(`Sign with account ${origin} itself; it does not accept this signature.`);
      }
      return bytesOf(answer);
    }
  };
}
