import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { Contract, HDNodeWallet, JsonRpcProvider, Signature, type ContractTransactionResponse } from 'ethers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { localMnemonic, localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain, type RunningChain } from '../../scripts/start/chain.ts';
import { freePorts } from '../../scripts/start/ports.ts';

/** The contracts, by clients that others wrote: nothing of the sdk is used but the interfaces in contracts/generated. */

const price = 1_000n;
const hour = 3_600;
const zeroAddress = `0x${'0'.repeat(40)}`;
const zeroHash = `0x${'0'.repeat(64)}`;

let chain: RunningChain;
let deployment: Deployment;
let provider: JsonRpcProvider;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  chain = await startChain({ port });
  deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
  // no answer is kept: every transaction asks for its nonce
  provider = new JsonRpcProvider(chain.url, undefined, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50 });
});
afterAll(async () => {
  provider.destroy();
  await chain.stop();
});

const wallet = (index: number) =>
  HDNodeWallet.fromPhrase(localMnemonic, undefined, `m/44'/60'/0'/0/${String(index)}`).connect(provider);

/** Sends a transaction. @returns the arguments of its event of that name. */
async function eventOf(contract: Contract, event: string, method: string, ...parameters: unknown[]) {
  const sent = (await contract.getFunction(method)(...parameters)) as ContractTransactionResponse;
  const receipt = await sent.wait();
  const logs = (receipt?.logs ?? []).map((log) => contract.interface.parseLog(log));
  return logs.find((log) => log?.name === event)?.args ?? expect.fail(`${method} made no ${event}`);
}
const read = async (contract: Contract, method: string, ...parameters: unknown[]) =>
  (await contract.getFunction(method).staticCall(...parameters)) as unknown;

it('lets ethers create a stream, sell it, and buy it with a signed permit', { timeout: 60_000 }, async () => {
  const [deployer, buyer, seller] = [wallet(0), wallet(1), wallet(2)];
  const { DataLicense, DATAcoin, StreamRegistry } = deployment.contracts;
  const coin = new Contract(DATAcoin, datacoinAbi, deployer);
  const license = new Contract(DataLicense, dataLicenseAbi, seller);
  await eventOf(coin, 'Transfer', 'transfer', buyer.address, 10n ** 18n);

  const registry = new Contract(StreamRegistry, streamRegistryAbi, seller);
  const { stream } = await eventOf(registry, 'StreamCreated', 'createStream', 'tides', 'heights of tides', 60, 1);
  const offer = {
    ...{ seller: seller.address, productNumber: 1n, beneficiary: seller.address, pricePerSecond: price },
    ...{ minimumPeriod: hour, maximumPeriod: 48 * hour, boundary: hour },
    ...{ feeBasisPoints: await read(license, 'feeBasisPoints'), settlement: 0, oracle: zeroAddress, events: 0n },
    ...{ deliveryPeriod: 0, attestationSchema: zeroHash, termsHash: `0x${'1'.repeat(64)}`, attesters: [] },
    streams: [stream as string]
  };
  const documentHash = `0x${'2'.repeat(64)}`;
  const [offerId, position] = (await read(license, 'list', offer, documentHash)) as [string, bigint];
  const listed = await eventOf(license, 'OfferListed', 'list', offer, documentHash);
  expect(listed['offerId']).toBe(offerId);
  expect(await read(license, 'canRead', stream, buyer.address)).toBe(false);

  const now = (await provider.getBlock('latest'))?.timestamp ?? expect.fail('no block');
  const until = (Math.ceil(now / hour) + 3) * hour;
  const permit = { value: price * BigInt(until - now), deadline: BigInt(now + 24 * hour) };
  const [, name, version, chainId, verifyingContract] = (await read(coin, 'eip712Domain')) as [
    ...[string, string, string, bigint, string]
  ];
  const signature = await buyer.signTypedData(
    { name, version, chainId, verifyingContract },
    {
      Permit: ['address owner', 'address spender', 'uint256 value', 'uint256 nonce', 'uint256 deadline'].map(
        (field) => {
          const [type = '', name = ''] = field.split(' ');
          return { type, name };
        }
      )
    },
    { owner: buyer.address, spender: DataLicense, nonce: await read(coin, 'nonces', buyer.address), ...permit }
  );
  const purchase = { position, until, publicKey: `0x${'3'.repeat(64)}`, attestation: zeroHash };
  const bought = await eventOf(
    new Contract(DataLicense, dataLicenseAbi, buyer),
    ...(['LicensePurchased', 'buyWithPermit', offer, purchase] as const),
    { ...permit, signature: Signature.from(signature).serialized }
  );
  expect(bought.toObject()).toMatchObject({ offerId, licensee: buyer.address, until: BigInt(until) });
  expect(bought['paid']).toBe(price * (BigInt(until) - (bought['from'] as bigint)));
  expect(await read(license, 'canRead', stream, buyer.address)).toBe(true);
  expect(await read(license, 'canRead', stream, wallet(3).address)).toBe(false);
  expect(await read(coin, 'balanceOf', buyer.address)).toBe(10n ** 18n - (bought['paid'] as bigint));
});

const hasCast = spawnSync('cast', ['--version']).status === 0;
if (!hasCast) console.warn('skipped: cast is not on this machine, so the contracts are not read by it');

it.skipIf(!hasCast)('lets cast create a stream and read who may read it', { timeout: 60_000 }, async () => {
  const cast = async (...parameters: string[]) =>
    (await promisify(execFile)('cast', [...parameters, '--rpc-url', chain.url])).stdout.trim();
  const { DataLicense, StreamRegistry } = deployment.contracts;
  const create = ['createStream(string,string,uint32,uint32)(address)', 'winds', 'strengths of winds', '60', '1'];
  const key = ['--private-key', localPrivateKey(4)];
  const stream = await cast('call', StreamRegistry, ...create, '--from', wallet(4).address);
  await cast('send', StreamRegistry, ...create, ...key);
  const mayRead = (account: string) => cast('call', DataLicense, 'canRead(address,address)(bool)', stream, account);
  expect(await mayRead(wallet(4).address)).toBe('true');
  expect(await mayRead(wallet(5).address)).toBe('false');
});
