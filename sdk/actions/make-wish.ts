import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Hex } from '../protocol/primitives.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';
import { uploadDocument } from './upload-document.ts';

export interface MakeWishParameters extends ActParameters {
  /** What stream is wanted, for everyone to read: it is stored with the market, and its hash on the chain. */
  readonly description: string;
  /** Unix seconds until which it can be backed and answered, 1 hour to 2 years ahead. */
  readonly deadline: number;
}
export interface MakeWishReturnType {
  readonly transactionHash: Hex;
  /** Its number, from 1. */
  readonly wish: number;
  /** CIDv1 of the description. */
  readonly descriptionCid: string;
  /** SHA-256 of the description. */
  readonly descriptionHash: Hex;
}

/**
 * Asks for a stream that nobody offers; anyone can then put DATAcoin behind the wish.
 *
 * @throws {@link ContractRefusedError} (DeadlineInvalid), as {@link uploadDocument} and as {@link sendTransaction}.
 *
 * @example
 * const { wish } = await makeWish({ market, wallet, description: 'Positions of all ferries', deadline });
 */
export async function makeWish(parameters: MakeWishParameters): Promise<MakeWishReturnType> {
  const { market, wallet, description, deadline, onStep } = parameters;
  const stored = await uploadDocument({ market, document: description });
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.Wishlist,
    abi: wishlistAbi,
    functionName: 'ask',
    args: [stored.hash, BigInt(deadline)],
    onStep
  });
  const { args } = eventOf(wishlistAbi, 'WishMade', receipt);
  return {
    transactionHash: receipt.transactionHash,
    wish: Number(args.wish),
    descriptionCid: stored.cid,
    descriptionHash: stored.hash
  };
}
