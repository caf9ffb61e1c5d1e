import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import type { Action, Measurement } from '../actions.ts';
import { hour } from '../parties.ts';
import { licensee, reason, type OurMarket } from './market.ts';

/** Purchases that are held and released by the second. */
export async function measureBySecond(market: OurMarket): Promise<Measurement[]> {
  const { session, parties, contracts } = market;
  const { buyer, seller, earlierBuyer } = parties;
  const license = { to: contracts.DataLicense, abi: dataLicenseAbi } as const;
  const withdraw = (offer: Offer, ends: readonly number[]) => {
    const args = [contractOffer(offer), ends.map((end) => BigInt(end))] as const;
    return session.gas({ ...license, from: seller, functionName: 'withdraw', args });
  };
  const until = await market.boundaryIn(12);

  const one = await market.listed(1, 'by-second');
  const firstOfCohort = await market.buy(one, until, earlierBuyer);
  const joins = await market.buy(one, until);
  // the end to which it moves has licences already
  await market.give(one, until + hour, licensee(0));
  const renewal = await market.buy(one, until + hour);

  const single = await market.listed(1, 'by-second');
  await market.buy(single, until);
  const hundred = await market.listed(1, 'by-second');
  for (let index = 0; index < 100; index += 1) await market.give(hundred, until, licensee(index));
  const spread = await market.listed(1, 'by-second');
  const ends = Array.from({ length: 10 }, (_, index) => until + index * hour);
  for (const [index, end] of ends.entries()) await market.give(spread, end, licensee(index));

  await session.passUntil((await session.now()) + hour);
  // what was withdrawn before is not zero any more
  for (const offer of [single, hundred]) await withdraw(offer, [until]);
  await withdraw(spread, ends);
  await session.passUntil((await session.now()) + hour);
  const ofOne = await withdraw(single, [until]);
  const ofHundred = await withdraw(hundred, [until]);
  const ofTen = await withdraw(spread, ends);

  const cancelled = await session.gas({ ...license, from: buyer, functionName: 'cancel', args: [contractOffer(one)] });
  const revoked = await session.gas({
    ...{ ...license, from: seller, functionName: 'revoke' as const },
    args: [contractOffer(single), buyer.address, reason]
  });
  const row = (action: Action, gas: bigint): Measurement => ({ system: 'Tributary', action, gas });
  return [
    row('seconds-first', firstOfCohort.gasUsed),
    row('seconds-join', joins.gasUsed),
    row('seconds-renewal', renewal.gasUsed),
    row('seconds-withdraw-1', ofOne),
    row('seconds-withdraw-100', ofHundred),
    row('seconds-withdraw-10', ofTen),
    row('seconds-cancel', cancelled),
    row('seconds-revoke', revoked)
  ];
}
