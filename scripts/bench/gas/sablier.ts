import { parseAbi, parseEventLogs, zeroAddress } from 'viem';
import type { Action, Measurement } from './actions.ts';
import { MeasuredTransactionFailedError } from './errors.ts';
import { hour, pricePerSecond, type Parties } from './parties.ts';
import { peerPackage } from './peer-package.ts';
import { deployBehindProxy } from './proxy.ts';
import type { Session } from './session.ts';

/*
 * Sablier Flow: money held in escrow and released to the recipient by the second. It sells no licences; it is the peer
 * of what we hold and release by the second: `createAndDeposit` beside a purchase, `deposit` beside a renewal,
 * `withdrawMax` beside the withdrawal of one licence, `refundAndPause` beside a cancellation. The comptroller stands
 * behind its ERC-1967 proxy without a price oracle, so that no fee in ether is due. Sender and recipient had streams
 * before, and the contract holds the token already.
 */
const flow = {
  name: '@sablier/flow',
  version: '3.0.1',
  sha512: 'P7r2tMHRTS3KadYzwd4iEzHaSbKzPQfM+W1LI1lqQ11VhbRR0sqFjE71V6jr+QQPA3ns/L1KLf24Op5VOIvPDg=='
};
const utilities = {
  name: '@sablier/evm-utils',
  version: '2.0.1',
  sha512: 'LRyCMKTHMbnUbiTTO1IGsCVXzl+KL63K3qSjynwmXOZhUfPDE0MIqvvRlvF34JukWGy60IkdmnsPD0lWk+fzuw=='
};
const comptrollerAbi = parseAbi([
  'constructor(address initialAdmin)',
  'function initialize(address admin, uint256 airdropFee, uint256 bobFee, uint256 flowFee, uint256 lockupFee, address oracle)'
]);
const flowAbi = parseAbi([
  'constructor(address initialComptroller, address initialNFTDescriptor)',
  'function createAndDeposit(address sender, address recipient, uint128 ratePerSecond, uint40 startTime, address token, bool transferable, uint128 amount) payable returns (uint256 streamId)',
  'function deposit(uint256 streamId, uint128 amount, address sender, address recipient) payable',
  'function withdrawMax(uint256 streamId, address to) payable',
  'function refundAndPause(uint256 streamId, uint128 amount) payable',
  'function refundableAmountOf(uint256 streamId) view returns (uint128)',
  'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)'
]);

export async function measureSablier(session: Session, parties: Parties): Promise<Measurement[]> {
  const { deployer, seller, buyer, token } = parties;
  const flowPackage = await peerPackage(flow);
  const comptroller = await deployBehindProxy(session, deployer, {
    bytecode: (await peerPackage(utilities)).bytecode('artifacts/SablierComptroller.json'),
    constructorCall: { abi: comptrollerAbi, args: [deployer.address] },
    initialize: {
      abi: comptrollerAbi,
      functionName: 'initialize',
      args: [deployer.address, 0n, 0n, 0n, 0n, zeroAddress]
    }
  });
  const descriptor = await session.deploy(deployer, flowPackage.bytecode('artifacts/FlowNFTDescriptor.json'));
  const market = await session.deploy(deployer, flowPackage.bytecode('artifacts/SablierFlow.json'), {
    abi: flowAbi,
    args: [comptroller, descriptor]
  });
  await parties.approve(market);

  const amount = pricePerSecond * BigInt(2 * hour);
  const contract = { from: buyer, to: market, abi: flowAbi } as const;
  const create = async () => {
    // start time 0 is now; the rate counts 18 decimals, as the token does
    const args = [buyer.address, seller.address, pricePerSecond, 0, token, false, amount] as const;
    const receipt = await session.send({ ...contract, functionName: 'createAndDeposit', args });
    const minted = parseEventLogs({ abi: flowAbi, eventName: 'Transfer', logs: receipt.logs }).find(
      ({ args: { from }, address }) => from === zeroAddress && address.toLowerCase() === market
    );
    if (minted === undefined) throw new MeasuredTransactionFailedError('Sablier made no stream; look at its events.');
    return { gas: receipt.gasUsed, id: minted.args.tokenId };
  };
  await create();
  const { gas: first, id } = await create();
  const renewal = await session.gas({
    ...contract,
    functionName: 'deposit',
    args: [id, amount, buyer.address, seller.address]
  });
  await session.passUntil((await session.now()) + hour);
  const withdrawal = await session.gas({
    ...{ ...contract, from: seller, functionName: 'withdrawMax' as const },
    args: [id, seller.address]
  });
  await session.passUntil((await session.now()) + hour);
  // a minute is left in the stream for the blocks that pass meanwhile
  const rest = await session.reader.readContract({
    address: market,
    abi: flowAbi,
    functionName: 'refundableAmountOf',
    args: [id]
  });
  const refund = rest - pricePerSecond * 60n;
  const cancel = await session.gas({ ...contract, functionName: 'refundAndPause', args: [id, refund] });

  const row = (action: Action, gas: bigint): Measurement => ({ system: 'Sablier Flow', action, gas });
  return [
    row('seconds-join', first),
    row('seconds-first', first),
    row('seconds-renewal', renewal),
    row('seconds-withdraw-1', withdrawal),
    row('seconds-cancel', cancel)
  ];
}
