import { encodePacked, hexToNumber, keccak256, parseAbi, parseEventLogs, slice, zeroAddress } from 'viem';
import type { Address } from '#sdk/protocol/primitives';
import type { Action, Measurement } from './actions.ts';
import { MeasuredTransactionFailedError } from './errors.ts';
import { hour, pricePerSecond, type Parties } from './parties.ts';
import { peerPackage } from './peer-package.ts';
import type { Session } from './session.ts';

/*
 * Ocean Protocol: a data NFT with a datatoken, sold at a fixed rate. Listing is `createNftWithErc20WithFixedRate` of
 * the factory; buying is `buyFromFreAndOrder` of datatoken template 2, the one that was made so that buying and
 * ordering are one transaction with one allowance. Every renewal is an order like the first. The payment token is an
 * approved one, so that the exchange takes no fee of its own; provider and market fees are zero; the provider's answer
 * is signed, as every order demands. The datatoken's supply was touched before.
 */
const ocean = {
  name: '@oceanprotocol/contracts',
  version: '2.6.0',
  sha512: '4K3TTM0q4VlBs7GLXzQkGMae576iAGHMARqMFcKXUUtfGyiT8KP4sP9IBsq8UUhu11R4JU2KTqXenHS8EWxrbA=='
};
const routerAbi = parseAbi([
  'constructor(address owner, address oceanToken, address poolTemplate, address communityFeeCollector, address[] pools)',
  'function addFactory(address factory)',
  'function addFixedRateContract(address fixedRate)',
  'function addApprovedToken(address token)'
]);
const factoryAbi = parseAbi([
  'constructor(address template721, address template20, address router)',
  'function addTokenTemplate(address template)',
  'struct NftCreateData { string name; string symbol; uint256 templateIndex; string tokenURI; bool transferable; address owner; }',
  'struct ErcCreateData { uint256 templateIndex; string[] strings; address[] addresses; uint256[] uints; bytes[] bytess; }',
  'struct FixedData { address fixedPriceAddress; address[] addresses; uint256[] uints; }',
  'function createNftWithErc20WithFixedRate(NftCreateData nft, ErcCreateData erc20, FixedData fixedRate)',
  'event TokenCreated(address indexed newTokenAddress, address indexed templateAddress, string name, string symbol, uint256 cap, address creator)'
]);
const exchangeAbi = parseAbi([
  'constructor(address router)',
  'event ExchangeCreated(bytes32 indexed exchangeId, address indexed baseToken, address indexed datatoken, address exchangeOwner, uint256 fixedRate)'
]);
const datatokenAbi = parseAbi([
  'struct ProviderFee { address providerFeeAddress; address providerFeeToken; uint256 providerFeeAmount; uint8 v; bytes32 r; bytes32 s; uint256 validUntil; bytes providerData; }',
  'struct ConsumeMarketFee { address consumeMarketFeeAddress; address consumeMarketFeeToken; uint256 consumeMarketFeeAmount; }',
  'struct OrderParams { address consumer; uint256 serviceIndex; ProviderFee providerFee; ConsumeMarketFee consumeMarketFee; }',
  'struct FreParams { address exchangeContract; bytes32 exchangeId; uint256 maxBaseTokenAmount; uint256 swapMarketFee; address marketFeeAddress; }',
  'function buyFromFreAndOrder(OrderParams order, FreParams exchange)'
]);

export async function measureOcean(session: Session, parties: Parties): Promise<Measurement[]> {
  const { deployer, seller, buyer, earlierBuyer, treasury, token } = parties;
  const source = await peerPackage(ocean);
  const code = (path: string) => source.bytecode(`artifacts/contracts/${path}.json`);
  const router = await session.deploy(deployer, code('pools/FactoryRouter.sol/FactoryRouter'), {
    abi: routerAbi,
    // no pools are used
    args: [deployer.address, token, deployer.address, treasury.address, []]
  });
  const nftTemplate = await session.deploy(deployer, code('templates/ERC721Template.sol/ERC721Template'));
  const template1 = await session.deploy(deployer, code('templates/ERC20Template.sol/ERC20Template'));
  const template2 = await session.deploy(
    deployer,
    code('templates/ERC20TemplateEnterprise.sol/ERC20TemplateEnterprise')
  );
  const factory = await session.deploy(deployer, code('ERC721Factory.sol/ERC721Factory'), {
    abi: factoryAbi,
    args: [nftTemplate, template1, router]
  });
  const exchange = await session.deploy(deployer, code('pools/fixedRate/FixedRateExchange.sol/FixedRateExchange'), {
    abi: exchangeAbi,
    args: [router]
  });
  const owner = { from: deployer, to: router, abi: routerAbi } as const;
  await session.send({ ...owner, functionName: 'addFactory', args: [factory] });
  await session.send({ ...owner, functionName: 'addFixedRateContract', args: [exchange] });
  await session.send({ ...owner, functionName: 'addApprovedToken', args: [token] });
  await session.send({
    ...{ from: deployer, to: factory, abi: factoryAbi, functionName: 'addTokenTemplate' as const },
    args: [template2]
  });

  const price = pricePerSecond * BigInt(2 * hour);
  const nft = { name: 'Wave', symbol: 'W', templateIndex: 1n, tokenURI: '', transferable: true, owner: seller.address };
  const erc20 = {
    templateIndex: 2n,
    strings: ['Wave', 'W'],
    // minter, payment collector, publishing market and its fee's token
    addresses: [seller.address, seller.address, zeroAddress, zeroAddress],
    uints: [10n ** 30n, 0n],
    bytess: []
  } as const;
  const fixedRate = {
    fixedPriceAddress: exchange,
    // payment token, owner, collector of the market's fee, allowed swapper
    addresses: [token, seller.address, treasury.address, zeroAddress],
    // decimals of both tokens, rate, market fee, mints as it sells
    uints: [18n, 18n, price, 0n, 1n]
  } as const;
  const listing = await session.send({
    ...{ from: seller, to: factory, abi: factoryAbi, functionName: 'createNftWithErc20WithFixedRate' as const },
    args: [nft, erc20, fixedRate]
  });
  const [created] = parseEventLogs({ abi: factoryAbi, eventName: 'TokenCreated', logs: listing.logs });
  const [opened] = parseEventLogs({ abi: exchangeAbi, eventName: 'ExchangeCreated', logs: listing.logs });
  if (created === undefined || opened === undefined) {
    throw new MeasuredTransactionFailedError('Ocean made no datatoken or no exchange; look at its events.');
  }
  const datatoken = created.args.newTokenAddress.toLowerCase() as Address;
  await parties.approve(datatoken);

  const validUntil = BigInt((await session.now()) + 24 * hour);
  const unsigned = encodePacked(
    ['bytes', 'address', 'address', 'uint256', 'uint256'],
    ['0x', seller.address, zeroAddress, 0n, validUntil]
  );
  const signature = await seller.signMessage({ message: { raw: keccak256(unsigned) } });
  const buy = (from = buyer) => {
    const providerFee = {
      ...{ providerFeeAddress: seller.address, providerFeeToken: zeroAddress, providerFeeAmount: 0n },
      ...{ v: hexToNumber(slice(signature, 64)), r: slice(signature, 0, 32), s: slice(signature, 32, 64) },
      ...{ validUntil, providerData: '0x' as const }
    };
    const consumeMarketFee = {
      consumeMarketFeeAddress: zeroAddress,
      consumeMarketFeeToken: zeroAddress,
      consumeMarketFeeAmount: 0n
    };
    const order = { consumer: from.address, serviceIndex: 0n, providerFee, consumeMarketFee };
    const swap = {
      exchangeContract: exchange,
      exchangeId: opened.args.exchangeId,
      maxBaseTokenAmount: price * 2n,
      swapMarketFee: 0n,
      marketFeeAddress: zeroAddress
    };
    return session.gas({
      ...{ from, to: datatoken, abi: datatokenAbi, functionName: 'buyFromFreAndOrder' as const },
      args: [order, swap]
    });
  };
  await buy(earlierBuyer);
  const first = await buy();
  const renewal = await buy();

  const row = (action: Action, gas: bigint): Measurement => ({ system: 'Ocean T2', action, gas });
  return [row('list-1', listing.gasUsed), row('buy-first', first), row('buy-renewal', renewal)];
}
