import { encodeFunctionData, maxUint256, parseAbi, parseEventLogs, zeroAddress } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { Address } from '#sdk/protocol/primitives';
import type { Action, Measurement } from './actions.ts';
import { MeasuredTransactionFailedError } from './errors.ts';
import { hour, pricePerSecond, type Parties } from './parties.ts';
import { peerPackage } from './peer-package.ts';
import { deployBehindProxy } from './proxy.ts';
import type { Session } from './session.ts';

/*
 * Unlock Protocol: a lock sells time-limited keys (ERC-721). Listing a product is making a lock, a contract of its own
 * behind a proxy that Unlock makes; buying is `purchase` with one set of arguments, renewing is `extend`, both with an
 * allowance. What is paid stays in the lock until its manager withdraws, and a key can be cancelled for a refund, which
 * is why the cancellation stands beside ours by the second. Others bought before, so that the lock's balance and
 * totals are not zero. Unlock stands behind a transparent proxy, as it does on public chains; no price oracle is set,
 * as for most tokens there.
 */
const unlock = {
  name: '@unlock-protocol/contracts',
  version: '0.0.34',
  sha512: 'Sjgn8C3zKGdnGKfcoR4ejz1YgfQLYuHbtcZrK35N6FfPZQoL9jbWiyhIhxavb5bpRmXnLxnlh6vykEgCGIwjSg=='
};
const version = 15;
const unlockAbi = parseAbi([
  'function initialize(address owner)',
  'function addLockTemplate(address impl, uint16 version)',
  'function setLockTemplate(address publicLock)',
  'function setProtocolFee(uint256 basisPoints)',
  'function createUpgradeableLockAtVersion(bytes data, uint16 lockVersion) returns (address)',
  'event NewLock(address indexed lockOwner, address indexed newLockAddress)'
]);
const lockAbi = parseAbi([
  'function initialize(address creator, uint256 expirationDuration, address token, uint256 keyPrice, uint256 maxNumberOfKeys, string lockName)',
  'struct PurchaseArgs { uint256 value; address recipient; address referrer; address protocolReferrer; address keyManager; bytes data; uint256 additionalPeriods; }',
  'function purchase(PurchaseArgs[] purchaseArgs) payable returns (uint256[])',
  'function extend(uint256 value, uint256 tokenId, address referrer, bytes data) payable',
  'function cancelAndRefund(uint256 tokenId)',
  'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)'
]);

export async function measureUnlock(session: Session, parties: Parties): Promise<Measurement[]> {
  const { deployer, seller, buyer, earlierBuyer, token } = parties;
  const source = await peerPackage(unlock);
  const template = await session.deploy(deployer, source.bytecode('dist/abis/PublicLock/PublicLockV15.json'));
  const market = await deployBehindProxy(
    session,
    deployer,
    {
      bytecode: source.bytecode('dist/abis/Unlock/UnlockV14.json'),
      initialize: { abi: unlockAbi, functionName: 'initialize', args: [deployer.address] }
    },
    'TransparentUpgradeableProxy'
  );
  const owner = { from: deployer, to: market, abi: unlockAbi } as const;
  await session.send({ ...owner, functionName: 'addLockTemplate', args: [template, version] });
  await session.send({ ...owner, functionName: 'setLockTemplate', args: [template] });

  const price = pricePerSecond * BigInt(2 * hour);
  const createLock = async (name: string) => {
    const data = encodeFunctionData({
      abi: lockAbi,
      functionName: 'initialize',
      args: [seller.address, BigInt(2 * hour), token, price, maxUint256, name]
    });
    const receipt = await session.send({
      ...{ from: seller, to: market, abi: unlockAbi, functionName: 'createUpgradeableLockAtVersion' as const },
      args: [data, version]
    });
    const [created] = parseEventLogs({ abi: unlockAbi, eventName: 'NewLock', logs: receipt.logs });
    if (created === undefined) throw new MeasuredTransactionFailedError('Unlock made no lock; look at its events.');
    const lock = created.args.newLockAddress.toLowerCase() as Address;
    await parties.approve(lock);
    return { gas: receipt.gasUsed, lock };
  };
  const purchase = async (lock: Address, from: PrivateKeyAccount, recipient = from.address) => {
    const nobody = { referrer: zeroAddress, protocolReferrer: zeroAddress, keyManager: zeroAddress } as const;
    const key = { value: price, recipient, ...nobody, data: '0x', additionalPeriods: 0n } as const;
    const receipt = await session.send({ from, to: lock, abi: lockAbi, functionName: 'purchase', args: [[key]] });
    const [minted] = parseEventLogs({ abi: lockAbi, eventName: 'Transfer', logs: receipt.logs });
    if (minted === undefined) throw new MeasuredTransactionFailedError('The lock made no key; look at its events.');
    return { gas: receipt.gasUsed, tokenId: minted.args.tokenId };
  };
  const extend = (lock: Address, tokenId: bigint) => {
    const args = [price, tokenId, zeroAddress, '0x'] as const;
    return session.gas({ from: buyer, to: lock, abi: lockAbi, functionName: 'extend', args });
  };

  const { gas: listing, lock } = await createLock('wave height');
  await purchase(lock, earlierBuyer);
  const first = await purchase(lock, buyer);
  const renewal = await extend(lock, first.tokenId);
  const cancel = await session.gas({
    ...{ from: buyer, to: lock, abi: lockAbi, functionName: 'cancelAndRefund' as const },
    args: [first.tokenId]
  });
  const { lock: giftLock } = await createLock('swell');
  await purchase(giftLock, earlierBuyer);
  const gift = await purchase(giftLock, buyer, seller.address);
  await session.send({ ...owner, functionName: 'setProtocolFee', args: [100n] });
  await parties.fund(market);
  const { lock: lockWithFee } = await createLock('tide');
  await purchase(lockWithFee, earlierBuyer);
  const firstWithFee = await purchase(lockWithFee, buyer);
  const renewalWithFee = await extend(lockWithFee, firstWithFee.tokenId);

  const row = (action: Action, gas: bigint): Measurement => ({ system: 'Unlock V15', action, gas });
  return [
    row('list-1', listing),
    row('buy-first', first.gas),
    row('buy-renewal', renewal),
    row('buy-gift', gift.gas),
    row('buy-first-fee', firstWithFee.gas),
    row('buy-renewal-fee', renewalWithFee),
    row('seconds-cancel', cancel)
  ];
}
