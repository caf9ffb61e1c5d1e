import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Hex } from '../protocol/primitives.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface ProposeRestParameters extends ActParameters {
  readonly wish: number;
  /** Number of the answer within the wish. */
  readonly answer: number;
}
export interface ProposeRestReturnType {
  readonly transactionHash: Hex;
  /** Unix seconds from which the rest can be paid; until then backers may take their stakes back. */
  readonly payableAt: number;
}

/**
 * Proposes that the stakes which follow the majority go to the answer to which more than half of all was released. Only
 * who made the wish may, before its deadline; backers who object have three days to take their stakes back, or out.
 *
 * @throws {@link ContractRefusedError} (NotAsker, NoMajority, NothingFollows,
 * RestAlreadyProposed, WishOver), and as {@link sendTransaction}.
 *
 * @example
 * const { payableAt } = await proposeRest({ market, wallet, wish, answer });
 */
export async function proposeRest(parameters: ProposeRestParameters): Promise<ProposeRestReturnType> {
  const { market, wallet, wish, answer, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.Wishlist,
    abi: wishlistAbi,
    functionName: 'proposeRest',
    args: [BigInt(wish), BigInt(answer)],
    onStep
  });
  const { args } = eventOf(wishlistAbi, 'RestProposed', receipt);
  return { transactionHash: receipt.transactionHash, payableAt: Number(args.payableAt) };
}
