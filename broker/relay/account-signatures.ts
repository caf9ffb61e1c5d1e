import type { AccountSignatureReader } from '#sdk/protocol/contract-signature';
import { type ChainClient, reasonOf } from '../chain/client.ts';
import { ChainUnavailableError } from '../chain/errors.ts';

/** Asks the broker's chain whether accounts that are contracts accept signatures (ERC-1271, ERC-6492). */
export function accountSignatureReader(client: ChainClient): AccountSignatureReader {
  return {
    accepts: async (address, hash, signature) => {
      try {
        return await client.verifyHash({ address, hash, signature });
      } catch (error) {
        throw new ChainUnavailableError(`The chain could not be asked about the signature: ${reasonOf(error)}`);
      }
    }
  };
}
