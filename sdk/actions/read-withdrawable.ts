import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { contractOffer, offerIdOf } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Market } from './connect-market.ts';
import { findLicenseEnds } from './find-license-ends.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface ReadWithdrawableParameters {
  readonly market: Market;
  /** Settled by the second. */
  readonly offer: Offer;
  /** Unix seconds of the licences' ends, as the index knows them; looked up on the chain unless given. */
  readonly ends?: readonly number[];
}
export interface ReadWithdrawableReturnType {
  /** DATAcoin wei, fee included, that a withdrawal would pay out now. */
  readonly amount: bigint;
  /** Unix seconds: the ends that have something to pay out. */
  readonly ends: readonly number[];
}

/** Ends asked for in one call: every one costs the node two reads. */
const endsPerCall = 500;

/**
 * Asks the chain what a seller could withdraw now, and of which ends.
 *
 * @throws {@link ContractRefusedError} (NotSettledBySecond), {@link ChainUnreachableError}
 *
 * @example
 * const { amount } = await readWithdrawable({ market, offer });
 */
export async function readWithdrawable(parameters: ReadWithdrawableParameters): Promise<ReadWithdrawableReturnType> {
  const { market, offer } = parameters;
  const ends = parameters.ends ?? (await findLicenseEnds({ market, offerId: offerIdOf(offer) }));
  const sold = contractOffer(offer);

  const ask = (asked: readonly number[]) =>
    market.publicClient.readContract({
      address: market.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'withdrawable',
      args: [sold, asked.map(BigInt)]
    });
  /** Halves until nothing or one end is left: ends long paid out cost few calls. */
  const search = async (asked: readonly number[]): Promise<ReadWithdrawableReturnType> => {
    const amount = await ask(asked);
    if (amount === 0n) return { amount, ends: [] };
    if (asked.length === 1) return { amount, ends: asked };
    const middle = Math.ceil(asked.length / 2);
    return together(await Promise.all([search(asked.slice(0, middle)), search(asked.slice(middle))]));
  };

  try {
    const found: ReadWithdrawableReturnType[] = [];
    for (let first = 0; first < Math.max(ends.length, 1); first += endsPerCall) {
      found.push(await search(ends.slice(first, first + endsPerCall)));
    }
    return together(found);
  } catch (error) {
    throw translateChainError(error, dataLicenseAbi);
  }
}

const together = (parts: readonly ReadWithdrawableReturnType[]): ReadWithdrawableReturnType => ({
  amount: parts.reduce((sum, { amount }) => sum + amount, 0n),
  ends: parts.flatMap(({ ends }) => ends)
});
