import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { thresholdDeliveryOracleAbi } from '#contracts/generated/thresholdDeliveryOracle';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import { endOnBoundary } from '#sdk/protocol/price';
import type { Settlement } from '#sdk/protocol/settlement';
import type { Measurement } from '../actions.ts';
import { MeasuredTransactionFailedError } from '../errors.ts';
import { hour } from '../parties.ts';
import { licensee, type OurMarket } from './market.ts';

interface Costs {
  readonly first: bigint;
  readonly joins: bigint;
  /** Of the whole cohort, when all that was promised came. */
  readonly release: bigint;
  readonly close: bigint;
}

/** Purchases that are held until an oracle says what was delivered. */
export async function measureByEvents(market: OurMarket): Promise<Measurement[]> {
  const after = await measureSettlement(market, 'after-events');
  const by = await measureSettlement(market, 'by-event');
  const row = (action: Measurement['action'], gas: bigint): Measurement => ({ system: 'Tributary', action, gas });
  return [
    row('after-events-first', after.first),
    row('after-events-buy', after.joins),
    row('after-events-release', after.release),
    row('by-event-first', by.first),
    row('by-event-buy', by.joins),
    row('by-event-release', by.release),
    row('by-event-close', by.close)
  ];
}

async function measureSettlement(market: OurMarket, settlement: Settlement): Promise<Costs> {
  const { session, parties, contracts } = market;
  const { seller, buyer, earlierBuyer } = parties;
  const offer = await market.listed(1, settlement);
  // early in an hour, so that all purchases start at the same boundary
  await session.passUntil(endOnBoundary((await session.now()) + 1, hour) + 60);
  const since = endOnBoundary(await session.now(), hour);
  const until = since + 2 * hour;
  const first = await market.buy(offer, until, earlierBuyer);
  const joins = await market.buy(offer, until);
  for (let index = 2; index < 100; index += 1) await market.give(offer, until, licensee(index));
  if (endOnBoundary(await session.now(), hour) !== since) {
    throw new MeasuredTransactionFailedError('The cohort took more than its hour; run again.');
  }
  // after events: judged one delivery period after the start; by event: at the end
  const time = settlement === 'after-events' ? since + hour : until;
  await session.passUntil(time + 60);
  await report(market, offer, since, 0n);
  await report(market, offer, time, 120n);
  const escrow = { to: contracts.DeliveryEscrow, abi: deliveryEscrowAbi, from: seller } as const;
  const released = await session.gas({
    ...{ ...escrow, functionName: 'release' as const },
    args: [contractOffer(offer), BigInt(since), BigInt(until), BigInt(time)]
  });
  const closed = await session.gas({
    ...{ ...escrow, functionName: 'close' as const },
    args: [contractOffer(offer), buyer.address, BigInt(since)]
  });
  return { first: first.gasUsed, joins: joins.gasUsed, release: released, close: closed };
}

/** The market's own oracle takes its one attestor's word, which here is the deployer. */
async function report(market: OurMarket, offer: Offer, time: number, count: bigint): Promise<void> {
  const { session, parties, deployment } = market;
  const { deployer } = parties;
  const message = { time: BigInt(time), count };
  for (const stream of offer.streams) {
    const { domain } = await session.reader.getEip712Domain({ address: offer.oracle });
    const signature = await deployer.signTypedData({
      domain: {
        ...{ name: domain.name, version: domain.version, chainId: deployment.chainId },
        verifyingContract: offer.oracle
      },
      types: {
        Delivery: [
          { name: 'stream', type: 'address' },
          { name: 'time', type: 'uint256' },
          { name: 'count', type: 'uint256' }
        ]
      },
      primaryType: 'Delivery',
      message: { stream, ...message }
    });
    const attestations = [{ attestor: deployer.address, signature }];
    await session.send({
      ...{ from: deployer, to: offer.oracle, abi: thresholdDeliveryOracleAbi, functionName: 'report' as const },
      args: [stream, message.time, count, attestations]
    });
  }
}
