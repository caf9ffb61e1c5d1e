import type { Account, Address } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import { encodeAttestation } from '#sdk/protocol/attestation-schemas';
import type { Deployment } from '#sdk/protocol/deployment';
import { productIdOf } from '#sdk/protocol/offer';
import { bytes32, type ListedOffer, type MarketActors } from './market-actors.ts';

const hour = 3_600;
const day = 86_400;
const data = 10n ** 18n;

export interface SettlementActivity {
  readonly offers: { readonly bySecond: ListedOffer; readonly byEvent: ListedOffer; readonly afterEvents: ListedOffer };
  readonly attestation: `0x${string}`;
}

/** Everything that can happen to money that is held, to reputation and to wishes, at least once. */
export async function settleForADay(
  actors: MarketActors,
  deployment: Deployment,
  [quakes, trades]: readonly Address[]
): Promise<SettlementActivity> {
  const [seller, buyer, friend, third] = [1, 7, 8, 9].map((index) => actors.account(index));
  if (!quakes || !trades || !seller || !buyer || !friend || !third) throw new RangeError('too few streams or accounts');
  await actors.fund(third, 10n ** 24n);
  const attestation = await attest(actors, deployment, seller, buyer);
  const bySecond = await settleBySecond(actors, deployment, quakes, attestation);
  const byEvent = await settleByEvent(actors, deployment, quakes, { seller, buyer, friend, third });
  const afterEvents = await settleAfterEvents(actors, deployment, trades, { seller, buyer, friend });
  await wish(actors, { seller, buyer, friend, third });
  await actors.send(seller, deployment.contracts.StreamRegistry, streamRegistryAbi, 'setEnsName', [quakes, '']);
  return { offers: { bySecond, byEvent, afterEvents }, attestation };
}

/** Who the seller is and that the buyer is known; one revoked, one expiring, one that is not what its schema says. */
async function attest(actors: MarketActors, deployment: Deployment, seller: Account, buyer: Account) {
  const { schemas } = deployment;
  const attester = actors.account(3);
  const domain = encodeAttestation('domain', { domain: 'quakes.example.org' });
  await actors.attest(attester, schemas.domain, seller.address, domain);
  await actors.attest(attester, schemas.organisation, seller.address, '0x1234');
  const soon = BigInt((await actors.now()) + hour);
  const name = encodeAttestation('ensName', { ensName: 'quakes.eth' });
  await actors.attest(attester, schemas.ensName, seller.address, name, soon);
  const known = encodeAttestation('knownBuyer', { level: 'passport' });
  const revoked = await actors.attest(attester, schemas.knownBuyer, buyer.address, known);
  await actors.revokeAttestation(attester, schemas.knownBuyer, revoked);
  return actors.attest(attester, schemas.knownBuyer, buyer.address, known);
}

/** By the second, for known buyers: bought, renewed, settled, withdrawn, cancelled, bought anew, revoked, flagged. */
async function settleBySecond(
  actors: MarketActors,
  deployment: Deployment,
  stream: Address,
  attestation: `0x${string}`
): Promise<ListedOffer> {
  const [seller, buyer] = [actors.account(1), actors.account(7)];
  const offer = await actors.listOffer(seller, [stream], {
    productNumber: 21n,
    settlement: 'by-second',
    pricePerSecond: data / 1_000n,
    attestationSchema: deployment.schemas.knownBuyer ?? bytes32(0),
    attesters: [actors.account(3).address]
  });
  await actors.buy(buyer, offer, 4 * hour, { attestation });
  await pass(actors, hour);
  await actors.buy(buyer, offer, 2 * hour, { attestation, publicKey: bytes32(0x21) });
  await actors.replaceKey(buyer, offer, bytes32(0x22));
  await pass(actors, hour);
  await actors.onLicense(buyer, 'settle', offer, buyer.address);
  const ends = [await licenseEnd(actors, deployment, offer, buyer)];
  await actors.onLicense(actors.account(5), 'withdraw', offer, ends);
  await actors.onLicense(buyer, 'flag', offer, bytes32(0xf1));
  await actors.onLicense(seller, 'answerFlag', offer, buyer.address, bytes32(0xf2));
  await actors.onLicense(buyer, 'cancel', offer);
  await pass(actors, hour);
  await actors.buy(buyer, offer, 2 * hour, { attestation, publicKey: bytes32(0x23) });
  await pass(actors, 60);
  await actors.onLicense(seller, 'revoke', offer, buyer.address, bytes32(0xe1));
  return offer;
}

/** By event: one deposit released and closed, one cut, one that flows back whole, one bought anew in its place. */
async function settleByEvent(
  actors: MarketActors,
  deployment: Deployment,
  stream: Address,
  { seller, buyer, friend, third }: Record<'seller' | 'buyer' | 'friend' | 'third', Account>
): Promise<ListedOffer> {
  const offer = await actors.listOffer(seller, [stream], {
    productNumber: 22n,
    settlement: 'by-event',
    pricePerSecond: data / 100n,
    minimumPeriod: hour,
    oracle: deployment.contracts.DeliveryOracle ?? seller.address,
    events: 60n,
    deliveryPeriod: hour
  });
  const since = await comingHour(actors);
  for (const account of [buyer, friend, third]) await actors.buy(account, offer, 4 * hour);
  await actors.buy(friend, offer, 2 * hour, { publicKey: bytes32(0x31) });
  const until = await licenseEnd(actors, deployment, offer, buyer);
  await pass(actors, hour + hour / 2);
  // ends friend's two deposits: the later one flows back whole, the first one is cut
  await actors.onLicense(friend, 'cancel', offer);
  await actors.buy(friend, offer, hour, { publicKey: bytes32(0x32) });
  await actors.onLicense(seller, 'revoke', offer, third.address, bytes32(0xe2));
  const cut = await licenseEnd(actors, deployment, offer, third);
  await pass(actors, 5 * hour);
  await actors.reportDelivery(stream, since, 1_000n);
  await actors.reportDelivery(stream, Number(cut), 1_090n);
  await actors.reportDelivery(stream, Number(until), 1_200n);
  await actors.onEscrow(actors.account(5), 'release', offer, BigInt(since), until, cut);
  await actors.onEscrow(actors.account(5), 'close', offer, third.address, BigInt(since));
  await actors.onEscrow(actors.account(5), 'release', offer, BigInt(since), until, until);
  await actors.onEscrow(actors.account(5), 'close', offer, buyer.address, BigInt(since));
  return offer;
}

/** After events: earned and flagged by one licensee, revoked before it was earned for another. */
async function settleAfterEvents(
  actors: MarketActors,
  deployment: Deployment,
  stream: Address,
  { seller, buyer, friend }: Record<'seller' | 'buyer' | 'friend', Account>
): Promise<ListedOffer> {
  const offer = await actors.listOffer(seller, [stream], {
    productNumber: 23n,
    settlement: 'after-events',
    pricePerSecond: data / 100n,
    oracle: deployment.contracts.DeliveryOracle ?? seller.address,
    events: 10n,
    deliveryPeriod: hour
  });
  const since = await comingHour(actors);
  await actors.buy(buyer, offer, 2 * hour);
  const until = await licenseEnd(actors, deployment, offer, buyer);
  await actors.buy(friend, offer, 3 * hour);
  await pass(actors, hour + 60);
  await actors.onLicense(seller, 'revoke', offer, friend.address, bytes32(0xe3));
  await actors.reportDelivery(stream, since, 5n);
  await pass(actors, hour);
  await actors.reportDelivery(stream, since + hour, 40n);
  await actors.onEscrow(actors.account(5), 'release', offer, BigInt(since), until, BigInt(since + hour));
  await actors.onLicense(buyer, 'flag', offer, bytes32(0xf3));
  await actors.onEscrow(buyer, 'close', offer, buyer.address, BigInt(since));
  return offer;
}

/** One wish that a majority answers and others follow, with a second stake of a follower; one that runs out. */
async function wish(
  actors: MarketActors,
  { seller, buyer, friend, third }: Record<'seller' | 'buyer' | 'friend' | 'third', Account>
): Promise<void> {
  const asker = actors.account(4);
  const product = productIdOf(seller.address, 21n);
  await actors.onWishlist(asker, 'ask', bytes32(0xa1), BigInt((await actors.now()) + 10 * day));
  // an hour is the least, and a second may pass before the block
  await actors.onWishlist(asker, 'ask', bytes32(0xa2), BigInt((await actors.now()) + 2 * hour));
  await actors.onWishlist(buyer, 'back', 1n, 60n * data);
  await actors.onWishlist(friend, 'back', 1n, 30n * data);
  await actors.onWishlist(third, 'back', 1n, 10n * data);
  await actors.onWishlist(third, 'back', 2n, 5n * data);
  await actors.onWishlist(friend, 'follow', 1n, true);
  await actors.onWishlist(third, 'follow', 1n, true);
  await actors.onWishlist(friend, 'back', 1n, 1n * data);
  await actors.onWishlist(seller, 'answer', 1n, product, actors.account(5).address);
  await actors.onWishlist(buyer, 'release', 1n, 1n);
  await actors.onWishlist(asker, 'proposeRest', 1n, 1n);
  await actors.onWishlist(third, 'follow', 1n, false);
  await pass(actors, 4 * day);
  await actors.onWishlist(actors.account(5), 'releaseRest', 1n);
  await actors.onWishlist(friend, 'back', 1n, 2n * data);
  await actors.onWishlist(third, 'refund', 2n);
}

async function pass(actors: MarketActors, seconds: number): Promise<void> {
  await actors.chain.increaseTime({ seconds });
  await actors.chain.mine({ blocks: 1 });
}

/** The next full hour, far enough ahead that what is bought now begins with it. */
async function comingHour(actors: MarketActors): Promise<number> {
  const comingAfter = (time: number) => Math.ceil(time / hour) * hour;
  const now = await actors.now();
  if (comingAfter(now) - now < 300) await pass(actors, 300);
  return comingAfter(await actors.now());
}

async function licenseEnd(
  actors: MarketActors,
  deployment: Deployment,
  { offerId }: ListedOffer,
  licensee: Account
): Promise<bigint> {
  const [, until] = await actors.reader.readContract({
    address: deployment.contracts.DataLicense,
    abi: dataLicenseAbi,
    functionName: 'licenseOf',
    args: [offerId, licensee.address]
  });
  return until;
}
