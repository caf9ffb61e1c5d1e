import { parseEther } from 'viem';
import { wishlistAbi } from '#contracts/generated/wishlist';
import { productIdOf } from '#sdk/protocol/offer';
import type { Address } from '#sdk/protocol/primitives';
import type { Measurement } from '../actions.ts';
import { hour } from '../parties.ts';
import { reason, type OurMarket } from './market.ts';

/** Wishes: asked for, backed second to somebody else, released to an answer. */
export async function measureWishes(market: OurMarket): Promise<Measurement[]> {
  const { session, parties, contracts } = market;
  const { buyer, earlierBuyer, seller } = parties;
  const wishlist = { to: contracts.Wishlist, abi: wishlistAbi } as const;
  await parties.approve(contracts.Wishlist);
  await parties.fund(contracts.Wishlist);
  const deadline = BigInt((await session.now()) + 24 * hour);
  const ask = () => session.gas({ ...wishlist, from: buyer, functionName: 'ask', args: [reason, deadline] });
  const back = (from: typeof buyer) =>
    session.gas({ ...wishlist, from, functionName: 'back', args: [1n, parseEther('10')] });
  await ask();
  const asked = await ask();
  await back(earlierBuyer);
  const backed = await back(buyer);
  await session.send({
    ...{ ...wishlist, from: seller, functionName: 'answer' as const },
    args: [1n, productIdOf(seller.address.toLowerCase() as Address, 1n), seller.address]
  });
  await session.send({ ...wishlist, from: earlierBuyer, functionName: 'release', args: [1n, 1n] });
  const released = await session.gas({ ...wishlist, from: buyer, functionName: 'release', args: [1n, 1n] });
  return [
    { system: 'Tributary', action: 'wish-ask', gas: asked },
    { system: 'Tributary', action: 'wish-back', gas: backed },
    { system: 'Tributary', action: 'wish-release', gas: released }
  ];
}
