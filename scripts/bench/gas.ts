/**
 * Measures by receipts what the market's transactions cost, on an anvil of its own, beside the targets.
 *
 *   node --import tsx scripts/bench/gas.ts [--json]
 *
 * Balances are warm (payer and beneficiary have held DATAcoin before) and the allowance is the largest, which the token
 * then leaves as it is; so measured, figures of other marketplaces can stand beside these.
 */
import { parseArgs } from 'node:util';
import {
  createPublicClient,
  createWalletClient,
  defineChain,
  encodeFunctionData,
  http,
  maxUint256,
  parseEther,
  parseEventLogs,
  sha256,
  stringToBytes,
  zeroAddress,
  zeroHash,
  type Account,
  type Address,
  type Hex
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import { endOnBoundary } from '#sdk/protocol/price';
import { TributaryError } from '#sdk/protocol/problem';
import { deploy } from '../deploy/deploy.ts';
import { localPrivateKey } from '../start/accounts.ts';
import { startChain } from '../start/chain.ts';
import { freePorts } from '../start/ports.ts';

class MeasuredTransactionFailedError extends TributaryError {
  readonly code = 'measured-transaction-failed';
  readonly title = 'A transaction that was to be measured failed';
}

interface Measurement {
  readonly name: string;
  /** Gas that the receipt names. */
  readonly gas: bigint;
  /** Gas that it may cost; absent where nothing was promised. */
  readonly target?: bigint;
}

const hour = 3600;
const never = 2 ** 40 - 1;
const key: Hex = `0x${'5a'.repeat(32)}`;

/** Runs the transactions on the chain at `chainUrl` and returns what each cost. */
async function measure(chainUrl: string, deployment: Deployment): Promise<Measurement[]> {
  const { DATAcoin: token, StreamRegistry: registry, DataLicense: market } = deployment.contracts;
  const chain = defineChain({
    id: deployment.chainId,
    name: 'local',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [chainUrl] } }
  });
  const reader = createPublicClient({ chain, transport: http(), pollingInterval: 50 });
  const writer = createWalletClient({ chain, transport: http() });
  const account = (index: number): Account => privateKeyToAccount(localPrivateKey(index));
  const [deployer, seller, buyer] = [account(0), account(1), account(2)];

  const send = async (from: Account, to: Address, data: Hex) => {
    const hash = await writer.sendTransaction({ account: from, to, data });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') {
      throw new MeasuredTransactionFailedError(`Transaction ${hash} failed; run the contract tests first.`);
    }
    return receipt;
  };
  const createStream = async (name: string) => {
    const data = encodeFunctionData({
      abi: streamRegistryAbi,
      functionName: 'createStream',
      args: [name, '', 60, 1]
    });
    const receipt = await send(seller, registry, data);
    const [created] = parseEventLogs({ abi: streamRegistryAbi, eventName: 'StreamCreated', logs: receipt.logs });
    if (created === undefined) throw new MeasuredTransactionFailedError('createStream left no event.');
    return { gas: receipt.gasUsed, stream: created.args.stream.toLowerCase() as Address };
  };
  const setPermission = async (stream: Address, holder: Address, permission: number) => {
    const data = encodeFunctionData({
      abi: streamAbi,
      functionName: 'setPermission',
      args: [holder, permission, never]
    });
    return (await send(seller, stream, data)).gasUsed;
  };
  const list = async (offer: Offer) => {
    const documentHash = sha256(stringToBytes('document'));
    const data = encodeFunctionData({
      abi: dataLicenseAbi,
      functionName: 'list',
      args: [contractOffer(offer), documentHash]
    });
    return (await send(seller, market, data)).gasUsed;
  };
  const buy = async (offer: Offer, until: number) => {
    const purchase = { position: 0n, until: BigInt(until), publicKey: key, attestation: zeroHash };
    const args = [contractOffer(offer), purchase] as const;
    return (await send(buyer, market, encodeFunctionData({ abi: dataLicenseAbi, functionName: 'buy', args }))).gasUsed;
  };
  const offerOf = (productNumber: bigint, streams: readonly Address[]): Offer => ({
    seller: seller.address,
    productNumber,
    beneficiary: seller.address,
    pricePerSecond: parseEther('0.0001'),
    minimumPeriod: hour,
    maximumPeriod: 8760 * hour,
    boundary: hour,
    feeBasisPoints: deployment.feeBasisPoints,
    settlement: 'at-once',
    oracle: zeroAddress,
    events: 0n,
    deliveryPeriod: 0,
    attestationSchema: zeroHash,
    termsHash: sha256(stringToBytes('terms')),
    attesters: [],
    streams: [...streams].sort()
  });

  for (const holder of [seller, buyer]) {
    const args = [holder.address, parseEther('1000000')] as const;
    await send(deployer, token, encodeFunctionData({ abi: datacoinAbi, functionName: 'transfer', args }));
  }
  const approval = encodeFunctionData({ abi: datacoinAbi, functionName: 'approve', args: [market, maxUint256] });
  await send(buyer, token, approval);

  const first = await createStream('temperature');
  const account9 = account(9).address;
  const ownPermission = await setPermission(first.stream, account9, 0);
  const secondPermission = await setPermission(first.stream, account9, 1);
  const everyonePermission = await setPermission(first.stream, zeroAddress, 0);

  const others: Address[] = [];
  for (const name of ['humidity', 'pressure', 'wind', 'rain', 'sun']) others.push((await createStream(name)).stream);
  const single = offerOf(1n, [(await createStream('wave height')).stream]);
  const five = offerOf(2n, others);
  const listing = await list(single);
  await list(five);

  const until = endOnBoundary(Number((await reader.getBlock()).timestamp) + 2 * hour, hour);
  const purchase = await buy(single, until);
  const renewal = await buy(single, until + hour);
  const purchaseOfFive = await buy(five, until);

  return [
    { name: 'list a product of 1 stream', gas: listing, target: 75_000n },
    { name: 'first purchase, 1 stream', gas: purchase, target: 72_000n },
    { name: 'renewal', gas: renewal, target: 54_000n },
    { name: 'first purchase, 5 streams', gas: purchaseOfFive, target: 72_000n },
    { name: 'create a stream', gas: first.gas, target: 95_000n },
    { name: 'first permission of an account', gas: ownPermission, target: 50_000n },
    { name: 'a further permission of it', gas: secondPermission, target: 50_000n },
    { name: 'first permission of everyone', gas: everyonePermission, target: 50_000n }
  ];
}

function toTable(measurements: readonly Measurement[]): string {
  const row = (name: string, gas: string, target: string, ratio: string) =>
    `${name.padEnd(32)} ${gas.padStart(9)} ${target.padStart(9)} ${ratio.padStart(7)}\n`;
  let table = row('', 'gas', 'target', 'ratio');
  for (const { name, gas, target } of measurements) {
    const ratio = target === undefined ? '' : (Number(gas) / Number(target)).toFixed(3);
    table += row(name, gas.toLocaleString('en'), target?.toLocaleString('en') ?? '', ratio);
  }
  return table;
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const [port = 0] = await freePorts(1);
const chain = await startChain({ port });
try {
  const deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
  const measurements = await measure(chain.url, deployment);
  const json = measurements.map(({ name, gas, target }) => ({ name, gas: Number(gas), target: Number(target) }));
  process.stdout.write(values.json ? `${JSON.stringify(json, null, 2)}\n` : toTable(measurements));
} finally {
  await chain.stop();
}
