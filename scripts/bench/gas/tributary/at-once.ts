import type { TransactionReceipt } from 'viem';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { authorizationNonceOf } from '#sdk/protocol/authorization';
import { contractOffer, offerIdOf, type Offer } from '#sdk/protocol/offer';
import type { Address } from '#sdk/protocol/primitives';
import type { Action, Measurement } from '../actions.ts';
import { MeasuredTransactionFailedError } from '../errors.ts';
import { hour, pricePerSecond } from '../parties.ts';
import { gasOfCallTo } from '../session.ts';
import { reason, type OurMarket } from './market.ts';

/** What calling a contract for the first time in a transaction costs (EIP-2929). */
const coldAccount = 2600n;
/**
 * What the key costs: 32 bytes of calldata at 16 gas (EIP-2028) and 32 bytes of log data at 8. The floor measures the
 * same by two receipts and finds some gas more, for loading and storing it in memory.
 */
const keyInCalldataAndLog = 32n * (16n + 8n);

/** Purchases that are settled at once, how they may be paid for, and how they end. */
export async function measureAtOnce(market: OurMarket): Promise<Measurement[]> {
  const { session, parties, contracts } = market;
  const { buyer, seller, earlierBuyer } = parties;
  const license = { to: contracts.DataLicense, abi: dataLicenseAbi } as const;
  const until = await market.boundaryIn(4);
  /** Gas of karma in a purchase: the inner call as the trace names it, and reaching the contract. */
  const karmaIn = async ({ transactionHash }: TransactionReceipt) => {
    const gas = gasOfCallTo(await session.trace(transactionHash), contracts.Karma);
    if (gas === undefined) throw new MeasuredTransactionFailedError('The purchase did not call Karma.');
    return gas + coldAccount;
  };

  // the seller sold before, the buyer did not
  await market.buy(await market.listed(1), until, earlierBuyer);
  const newcomer = (await market.buy(await market.listed(1), until)).gasUsed;

  const offer = await market.listed(1);
  const first = await market.buy(offer, until);
  const renewal = await market.buy(offer, until + hour);
  const five = await market.buy(await market.listed(5), until);
  const many = await market.buy(await market.listed(64), until);
  const gift = await market.give(await market.listed(1), until, earlierBuyer.address);
  const [firstKarma, renewalKarma, fiveKarma] = [await karmaIn(first), await karmaIn(renewal), await karmaIn(five)];

  const flagged = await session.gas({
    ...license,
    from: buyer,
    functionName: 'flag',
    args: [contractOffer(offer), reason]
  });
  const revoked = await session.gas({
    ...{ ...license, from: seller, functionName: 'revoke' as const },
    args: [contractOffer(offer), buyer.address, reason]
  });

  const row = (action: Action, gas: bigint): Measurement => ({ system: 'Tributary', action, gas });
  return [
    row('buy-newcomer', newcomer),
    row('buy-first', first.gasUsed),
    row('buy-karma', firstKarma),
    row('buy-key', keyInCalldataAndLog),
    row('buy-bare', first.gasUsed - firstKarma - keyInCalldataAndLog),
    row('buy-renewal', renewal.gasUsed),
    row('buy-renewal-karma', renewalKarma),
    row('buy-renewal-bare', renewal.gasUsed - renewalKarma - keyInCalldataAndLog),
    row('buy-5', five.gasUsed),
    row('buy-5-bare', five.gasUsed - fiveKarma - keyInCalldataAndLog),
    row('buy-64', many.gasUsed),
    row('buy-gift', gift),
    row('buy-permit', await buyWithPermit(market, await market.listed(1), until)),
    row('buy-authorized', await buyWithAuthorization(market, await market.listed(1), until)),
    row('flag', flagged),
    row('revoke', revoked)
  ];
}

/** First purchase and renewal where every payment leaves a fee. */
export async function measureAtOnceWithFee(market: OurMarket): Promise<Measurement[]> {
  const until = await market.boundaryIn(4);
  await market.buy(await market.listed(1), until);
  const offer = await market.listed(1);
  const first = await market.buy(offer, until);
  const renewal = await market.buy(offer, until + hour);
  return [
    { system: 'Tributary', action: 'buy-first-fee', gas: first.gasUsed },
    { system: 'Tributary', action: 'buy-renewal-fee', gas: renewal.gasUsed }
  ];
}

function domainOf({ deployment, contracts }: OurMarket) {
  return { name: 'DATAcoin', version: '1', chainId: deployment.chainId, verifyingContract: contracts.DATAcoin };
}

/** The buyer's permit gives an allowance of exactly the price, and the same transaction spends it. */
async function buyWithPermit(market: OurMarket, offer: Offer, until: number): Promise<bigint> {
  const { session, parties, contracts } = market;
  const { buyer } = parties;
  // a permit that was signed before: the nonce is not zero any more
  const args = [contracts.DataLicense, 0n] as const;
  await session.send({ from: buyer, to: contracts.DATAcoin, abi: datacoinAbi, functionName: 'approve', args });
  let gas = 0n;
  for (const end of [until, until + hour]) {
    const now = await session.now();
    const value = pricePerSecond * BigInt(end - now);
    const deadline = BigInt(now + hour);
    const nonce = await session.reader.readContract({
      ...{ address: contracts.DATAcoin, abi: datacoinAbi, functionName: 'nonces' as const },
      args: [buyer.address]
    });
    const signature = await buyer.signTypedData({
      domain: domainOf(market),
      types: {
        Permit: [
          { name: 'owner', type: 'address' },
          { name: 'spender', type: 'address' },
          { name: 'value', type: 'uint256' },
          { name: 'nonce', type: 'uint256' },
          { name: 'deadline', type: 'uint256' }
        ]
      },
      primaryType: 'Permit',
      message: { owner: buyer.address, spender: contracts.DataLicense, value, nonce, deadline }
    });
    const bought = gas === 0n ? await market.listed(1) : offer;
    gas = await session.gas({
      ...{ from: buyer, to: contracts.DataLicense, abi: dataLicenseAbi, functionName: 'buyWithPermit' as const },
      args: [contractOffer(bought), market.purchaseUntil(end), { value, deadline, signature }]
    });
  }
  await parties.approve(contracts.DataLicense);
  return gas;
}

/** Somebody else carries the buyer's authorisation and pays the gas; what was authorised too much flows back. */
async function buyWithAuthorization(market: OurMarket, offer: Offer, until: number): Promise<bigint> {
  const { session, parties, contracts } = market;
  const { buyer, earlierBuyer: carrier } = parties;
  const now = await session.now();
  const purchase = market.purchaseUntil(until);
  const value = pricePerSecond * BigInt(until - now);
  const validity = { validAfter: 0n, validBefore: BigInt(now + hour) };
  const signature = await buyer.signTypedData({
    domain: domainOf(market),
    types: {
      ReceiveWithAuthorization: [
        { name: 'from', type: 'address' },
        { name: 'to', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'validAfter', type: 'uint256' },
        { name: 'validBefore', type: 'uint256' },
        { name: 'nonce', type: 'bytes32' }
      ]
    },
    primaryType: 'ReceiveWithAuthorization',
    message: {
      ...{ from: buyer.address, to: contracts.DataLicense, value, ...validity },
      nonce: authorizationNonceOf(offerIdOf(offer), buyer.address.toLowerCase() as Address, purchase)
    }
  });
  return session.gas({
    ...{ from: carrier, to: contracts.DataLicense, abi: dataLicenseAbi, functionName: 'buyWithAuthorization' as const },
    args: [contractOffer(offer), purchase, { buyer: buyer.address, value, ...validity, signature }]
  });
}
