import { keccak256, parseAbi, stringToBytes, zeroAddress } from 'viem';
import type { Address } from '#sdk/protocol/primitives';
import type { Action, Measurement } from './actions.ts';
import { hour, pricePerSecond, type Parties } from './parties.ts';
import { peerPackage } from './peer-package.ts';
import { deployBehindProxy } from './proxy.ts';
import type { Session } from './session.ts';

/*
 * Streamr Hub: a project sells subscriptions to its streams; buying one pays the beneficiary and, for every stream of
 * the project, sets the subscriber's permission in the stream registry. It is the nearest relative of this market.
 * Deployed as the Hub does: three UUPS contracts behind ERC-1967 proxies, the marketplace trusted by the project
 * registry, that one by the stream registry. Bytecode: MarketplaceV4 and ProjectRegistryV1 of the hub package, and of
 * the stream registry the version that the hub package itself depends on (StreamRegistryV4; later packages carry ABIs
 * alone). `buy` is one transaction with an allowance, as with us; the metadata of stream and project are as short as a
 * sensible one can be, since the Hub stores them on the chain.
 */
const hub = {
  name: '@streamr/hub-contracts',
  version: '1.1.2',
  sha512: 'pjTizEUfERa33k7Y4xAtV02wtDL5OCIxdtOmo77nI+vUI1la1TrlTS+BQA2nZGK64ocBmpP5VrYT8covfO93Vg=='
};
const network = {
  name: '@streamr/network-contracts',
  version: '3.0.0',
  sha512: 'OQPc/CaEsvDTzRIkxhyT4OjGQQUFnep51c3mnOIA/5zegJBpX1OID7S/Qa2MZ0Es/dqa3WTh1SgAWOV2f/7atA=='
};
const streamRegistryAbi = parseAbi([
  'function initialize(address ensCache, address trustedForwarder)',
  'function createStream(string streamIdPath, string metadataJsonString)',
  'function grantPermission(string streamId, address user, uint8 permissionType)',
  'function grantPublicPermission(string streamId, uint8 permissionType)',
  'function grantRole(bytes32 role, address account)'
]);
const projectRegistryAbi = parseAbi([
  'function initialize(address streamRegistry)',
  'function grantRole(bytes32 role, address account)',
  'struct PaymentDetails { address beneficiary; address pricingTokenAddress; uint256 pricePerSecond; }',
  'function createProject(bytes32 projectId, uint32[] domainIds, PaymentDetails[] paymentDetailsByChain, string[] streams, uint256 minimumSubscriptionSeconds, bool isPublicPurchable, string metadataJsonString)'
]);
const marketplaceAbi = parseAbi([
  'function initialize(address projectRegistry, uint32 chainId)',
  'function buy(bytes32 projectId, uint256 subscriptionSeconds)',
  'function buyFor(bytes32 projectId, uint256 subscriptionSeconds, address subscriber)',
  'function setTxFee(uint256 newTxFee)'
]);
const trusted = keccak256(stringToBytes('TRUSTED_ROLE'));
const [publish, subscribe] = [2, 3];
const domain = 31337;

export async function measureStreamrHub(session: Session, parties: Parties): Promise<Measurement[]> {
  const { deployer, seller, buyer, earlierBuyer, token } = parties;
  const hubPackage = await peerPackage(hub);
  const networkPackage = await peerPackage(network);
  const artifacts = 'dist/artifacts/contracts';

  const streams = await deployBehindProxy(session, deployer, {
    bytecode: networkPackage.bytecode(`${artifacts}/StreamRegistry/StreamRegistryV4.sol/StreamRegistryV4.json`),
    // neither ENS nor meta-transactions are used here
    initialize: { abi: streamRegistryAbi, functionName: 'initialize', args: [zeroAddress, zeroAddress] }
  });
  const projects = await deployBehindProxy(session, deployer, {
    bytecode: hubPackage.bytecode(`${artifacts}/ProjectRegistry/ProjectRegistryV1.sol/ProjectRegistryV1.json`),
    initialize: { abi: projectRegistryAbi, functionName: 'initialize', args: [streams] }
  });
  const market = await deployBehindProxy(session, deployer, {
    bytecode: hubPackage.bytecode(`${artifacts}/Marketplace/MarketplaceV4.sol/MarketplaceV4.json`),
    initialize: { abi: marketplaceAbi, functionName: 'initialize', args: [projects, domain] }
  });
  const trust = { from: deployer, functionName: 'grantRole' } as const;
  await session.send({ ...trust, to: streams, abi: streamRegistryAbi, args: [trusted, projects] });
  await session.send({ ...trust, to: projects, abi: projectRegistryAbi, args: [trusted, market] });
  await parties.approve(market);

  const registry = { from: seller, to: streams, abi: streamRegistryAbi } as const;
  const createStream = async (name: string) => {
    const args = [`/${name}`, '{"partitions":1}'] as const;
    const gas = await session.gas({ ...registry, functionName: 'createStream', args });
    return { gas, id: `${seller.address.toLowerCase()}/${name}` };
  };
  const grant = (stream: string, account: Address, permission: number) =>
    session.gas({ ...registry, functionName: 'grantPermission', args: [stream, account, permission] });
  const createProject = async (name: string, sold: readonly string[]) => {
    const id = keccak256(stringToBytes(name));
    const payment = { beneficiary: seller.address, pricingTokenAddress: token, pricePerSecond };
    const args = [id, [domain], [payment], sold, BigInt(hour), true, `{"name":"${name}"}`] as const;
    const call = { from: seller, to: projects, abi: projectRegistryAbi, functionName: 'createProject', args } as const;
    return { gas: await session.gas(call), id };
  };
  const buy = (project: `0x${string}`, from = buyer) => {
    const args = [project, BigInt(2 * hour)] as const;
    return session.gas({ from, to: market, abi: marketplaceAbi, functionName: 'buy', args });
  };

  const stream = await createStream('temperature');
  const account = session.account(9).address;
  const permission = await grant(stream.id, account, subscribe);
  const another = await grant(stream.id, account, publish);
  const everyone = await session.gas({
    ...registry,
    functionName: 'grantPublicPermission',
    args: [stream.id, subscribe]
  });
  const sold: string[] = [];
  for (const name of ['humidity', 'pressure', 'wind', 'rain', 'sun']) sold.push((await createStream(name)).id);
  const single = await createProject('wave height', [(await createStream('wave-height')).id]);
  const five = await createProject('weather', sold);
  const gifted = await createProject('swell', [(await createStream('swell')).id]);
  const withFee = await createProject('tide', [(await createStream('tide')).id]);

  await buy(single.id, earlierBuyer);
  const first = await buy(single.id);
  const renewal = await buy(single.id);
  const firstOfFive = await buy(five.id);
  const gift = await session.gas({
    ...{ from: buyer, to: market, abi: marketplaceAbi, functionName: 'buyFor' as const },
    args: [gifted.id, BigInt(2 * hour), earlierBuyer.address]
  });
  // hundredths of a per cent are 10^14 here
  await session.send({ from: deployer, to: market, abi: marketplaceAbi, functionName: 'setTxFee', args: [10n ** 16n] });
  const firstWithFee = await buy(withFee.id);
  const renewalWithFee = await buy(withFee.id);

  const row = (action: Action, gas: bigint): Measurement => ({ system: 'Streamr Hub', action, gas });
  return [
    row('create-stream', stream.gas),
    row('grant-permission', permission),
    row('grant-another', another),
    row('grant-everyone', everyone),
    row('list-1', single.gas),
    row('list-5', five.gas),
    row('buy-first', first),
    row('buy-renewal', renewal),
    row('buy-5', firstOfFive),
    row('buy-gift', gift),
    row('buy-first-fee', firstWithFee),
    row('buy-renewal-fee', renewalWithFee)
  ];
}
