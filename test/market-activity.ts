import type { Address } from 'viem';
import { streamRegistryBytecode } from '#contracts/generated/bytecode';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import { bytes32, everyone, forever, permissions, type ListedOffer, type MarketActors } from './market-actors.ts';

export interface Activity {
  readonly streams: readonly Address[];
  readonly offers: { readonly hourly: ListedOffer; readonly free: ListedOffer; readonly retired: ListedOffer };
}

const day = 86_400;

/** Everything that sellers and buyers can do, at least once: each event of the contracts in each of its meanings. */
export async function tradeForADay(actors: MarketActors, deployment: Deployment): Promise<Activity> {
  const [seller, other, buyer, friend] = [1, 2, 7, 8].map((index) => actors.account(index));
  if (!seller || !other || !buyer || !friend) throw new RangeError('the local chain has ten accounts');
  for (const payer of [buyer, friend]) await actors.fund(payer, 10n ** 24n);

  const quakes = await actors.createStream(seller, 'Earthquakes', { description: 'Worldwide, as they are measured' });
  const trades = await actors.createStream(seller, 'Trades – ETH/€ 🚀', { slotDuration: 1, partitions: 16 });
  const doomed = await actors.createStream(other, 'To be deleted', { slotDuration: 86_400, partitions: 1_024 });
  const inOneBlock = await createWithPermissionInOneBlock(actors, deployment);
  await createInForeignRegistry(actors);

  // permissions: given to all, to one, for a time, prolonged, revoked, by one who holds Grant
  await actors.onStream(seller, quakes, 'setPermission', [everyone, permissions.read, forever]);
  await actors.onStream(seller, quakes, 'setPermission', [friend.address, permissions.write, forever]);
  await actors.onStream(seller, quakes, 'setPermission', [friend.address, permissions.grant, forever]);
  await actors.onStream(friend, quakes, 'setPermission', [
    buyer.address,
    permissions.write,
    (await actors.now()) + day
  ]);
  await actors.onStream(seller, trades, 'setPermission', [
    friend.address,
    permissions.edit,
    (await actors.now()) + day
  ]);
  await actors.onStream(seller, trades, 'setPermission', [friend.address, permissions.delete, forever]);
  await actors.onStream(seller, trades, 'setPermission', [friend.address, permissions.delete, 0]);
  await actors.onStream(friend, trades, 'setMetadata', ['Trades', 'Corrected by somebody who may edit']);
  await actors.onStream(buyer, trades, 'registerPublicKey', [bytes32(0x11)]);
  await actors.onStream(buyer, trades, 'registerPublicKey', [bytes32(0x12)]);
  await actors.onStream(friend, quakes, 'registerPublicKey', [bytes32(0x13)]);

  // owners: proposed, withdrawn, accepted, left open, and a stream deleted with a proposal open
  await actors.onStream(seller, quakes, 'transferOwnership', [other.address]);
  await actors.onStream(seller, quakes, 'transferOwnership', [everyone]);
  await actors.onStream(seller, inOneBlock, 'transferOwnership', [other.address]);
  await actors.onStream(other, inOneBlock, 'acceptOwnership', []);
  await actors.onStream(other, inOneBlock, 'transferOwnership', [friend.address]);
  await actors.onStream(other, doomed, 'transferOwnership', [friend.address]);
  await actors.onStream(other, doomed, 'setPermission', [friend.address, permissions.read, forever]);
  await actors.onStream(other, doomed, 'deleteStream', []);

  // offers: two versions of one product, one of several streams, a free one, described anew, retired
  const retired = await actors.listOffer(seller, [quakes], { pricePerSecond: 2n ** 96n - 1n });
  const hourly = await actors.listOffer(seller, [quakes, trades], { beneficiary: friend.address });
  await actors.describeOffer(hourly, seller, bytes32(0xd1));
  await actors.retireOffer(retired, seller);
  const free = await actors.listOffer(seller, [trades], {
    productNumber: 2n ** 96n - 1n,
    pricePerSecond: 0n,
    boundary: 60,
    minimumPeriod: 0
  });

  // licences: bought, renewed with another key, given away, for nothing, and bought anew after a gap
  await actors.buy(buyer, hourly, 3_600);
  await actors.buy(buyer, hourly, 7_200, { publicKey: bytes32(0x02) });
  await actors.buy(buyer, hourly, 3_600, { licensee: friend.address, publicKey: bytes32(0x03) });
  await actors.buy(friend, free, 600, { publicKey: bytes32(0x04) });
  await actors.chain.increaseTime({ seconds: 2 * day });
  await actors.chain.mine({ blocks: 1 });
  await actors.buy(friend, free, 600, { publicKey: bytes32(0x05) });
  await actors.buy(buyer, hourly, 3_600, { publicKey: bytes32(0x06) });
  // two purchases in one block: the second one's log is not the block's first
  await actors.inOneBlock(async () => [
    await actors.sendPurchase(buyer, free, 1_200, { publicKey: bytes32(0x07) }),
    await actors.sendPurchase(friend, hourly, 3_600, { publicKey: bytes32(0x08), licensee: other.address })
  ]);
  return { streams: [quakes, trades, doomed, inOneBlock], offers: { hourly, free, retired } };
}

/** A stream and its first permissions in one block: readers learn of the stream while they read that block. */
async function createWithPermissionInOneBlock(actors: MarketActors, deployment: Deployment): Promise<Address> {
  const seller = actors.account(1);
  const stream = await actors.nextStream();
  await actors.inOneBlock(async () => [
    await actors.send(seller, deployment.contracts.StreamRegistry, streamRegistryAbi, 'createStream', [
      'Born with permissions',
      '',
      60,
      1
    ]),
    await actors.send(seller, stream, streamAbi, 'setPermission', [everyone, permissions.read, forever]),
    await actors.send(seller, stream, streamAbi, 'setMetadata', ['Renamed at birth', 'in the same block'])
  ]);
  return stream;
}

/** The same events from a registry that is not the market's: nobody may take them for facts. */
async function createInForeignRegistry(actors: MarketActors): Promise<void> {
  const deployer = actors.account(3);
  // its argument, the zero address, stands behind its code: a registry without ENS
  const registry = await actors.deploy(deployer, `${streamRegistryBytecode}${'0'.repeat(64)}`);
  const stream = await actors.createStream(deployer, 'Not of this market', { registry });
  await actors.onStream(deployer, stream, 'setPermission', [everyone, permissions.read, forever]);
}
