import { parseEventLogs, sha256, stringToBytes, zeroAddress, zeroHash } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import { endOnBoundary } from '#sdk/protocol/price';
import { isSettledByEvents, type Settlement } from '#sdk/protocol/settlement';
import type { Address } from '#sdk/protocol/primitives';
import { MeasuredTransactionFailedError } from '../errors.ts';
import { hour, pricePerSecond, type Parties } from '../parties.ts';
import type { Session } from '../session.ts';

export type OurMarket = Awaited<ReturnType<typeof openMarket>>;

export const publicKey = sha256(stringToBytes('key'));
export const reason = sha256(stringToBytes('reason'));
const documentHash = sha256(stringToBytes('document'));

/** Our market with its parties: short forms of what several measurements do. */
export async function openMarket(session: Session, parties: Parties, deployment: Deployment) {
  const { seller, buyer } = parties;
  const { DataLicense: license, StreamRegistry: registry, DeliveryOracle } = deployment.contracts;
  await parties.approve(license);
  await parties.fund(license);
  await parties.fund(deployment.contracts.DeliveryEscrow);
  let products = 0n;

  const createStream = async () => {
    // a name of eleven bytes, as in the contracts' own snapshots
    const args = ['temperature', '', 60, 1] as const;
    const call = { from: seller, to: registry, abi: streamRegistryAbi, functionName: 'createStream', args } as const;
    const receipt = await session.send(call);
    const [created] = parseEventLogs({ abi: streamRegistryAbi, eventName: 'StreamCreated', logs: receipt.logs });
    if (created === undefined) throw new MeasuredTransactionFailedError('createStream left no event.');
    return { gas: receipt.gasUsed, stream: created.args.stream.toLowerCase() as Address };
  };
  /** A new product of as many new streams. */
  const makeOffer = async (count: number, settlement: Settlement = 'at-once'): Promise<Offer> => {
    const streams: Address[] = [];
    while (streams.length < count) streams.push((await createStream()).stream);
    const byEvents = isSettledByEvents(settlement);
    products += 1n;
    return {
      ...{ seller: seller.address.toLowerCase() as Address, productNumber: products, settlement, pricePerSecond },
      beneficiary: seller.address.toLowerCase() as Address,
      ...{ minimumPeriod: hour, maximumPeriod: 365 * 24 * hour, boundary: hour },
      feeBasisPoints: deployment.feeBasisPoints,
      oracle: byEvents ? (DeliveryOracle ?? zeroAddress) : zeroAddress,
      ...{ events: byEvents ? 60n : 0n, deliveryPeriod: byEvents ? hour : 0 },
      ...{ attestationSchema: zeroHash, termsHash: sha256(stringToBytes('terms')), attesters: [] },
      streams: streams.sort()
    };
  };
  const list = (offer: Offer) =>
    session.gas({
      ...{ from: seller, to: license, abi: dataLicenseAbi, functionName: 'list' as const },
      args: [contractOffer(offer), documentHash]
    });
  /** What a buyer asks for; every stream of the bench stands in one offer alone. */
  const purchaseUntil = (until: number) => ({
    ...{ position: 0n, until: BigInt(until), publicKey, attestation: zeroHash }
  });
  const buy = (offer: Offer, until: number, from: PrivateKeyAccount = buyer) =>
    session.send({
      ...{ from, to: license, abi: dataLicenseAbi, functionName: 'buy' as const },
      args: [contractOffer(offer), purchaseUntil(until)]
    });
  return {
    ...{
      session,
      parties,
      deployment,
      contracts: deployment.contracts,
      createStream,
      makeOffer,
      list,
      buy,
      purchaseUntil
    },
    /** An offer that is on sale. */
    listed: async (count: number, settlement?: Settlement): Promise<Offer> => {
      const offer = await makeOffer(count, settlement);
      await list(offer);
      return offer;
    },
    /** The buyer gives a licence to somebody. */
    give: (offer: Offer, until: number, licensee: Address) =>
      session.gas({
        ...{ from: buyer, to: license, abi: dataLicenseAbi, functionName: 'buyFor' as const },
        args: [licensee, contractOffer(offer), purchaseUntil(until)]
      }),
    /** A boundary that lies `hours` whole hours and a bit ahead. */
    boundaryIn: async (hours: number): Promise<number> => endOnBoundary((await session.now()) + hours * hour + 60, hour)
  };
}

/** Account `index` of as many that never were: licensees who are given a licence. */
export function licensee(index: number): Address {
  return `0x${(0x1000_0000 + index).toString(16).padStart(40, 'f')}`;
}
