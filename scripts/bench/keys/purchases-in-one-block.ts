import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestClient, encodeFunctionData, http, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { connectAccount } from '#sdk/actions/connect-account';
import { type Market, openMarket } from '#sdk/actions/connect-market';
import { createStream } from '#sdk/actions/create-stream';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import type { Deployment } from '#sdk/protocol/deployment';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { deploy } from '../../deploy/deploy.ts';
import { localPrivateKey } from '../../start/accounts.ts';
import { startChain } from '../../start/chain.ts';
import { freePorts } from '../../start/ports.ts';
import { startPostgres } from '../../start/postgres.ts';

/** What many purchases in one block cost the broker that grants them. */
export interface PurchasesResult {
  readonly purchases: number;
  /** Milliseconds from the block to the first and to the last grant. */
  readonly first: number;
  readonly last: number;
  /** Milliseconds for which a request to the broker waited meanwhile: in the middle, and at most. */
  readonly usualWait: number;
  readonly longestWait: number;
  /** The same while nothing was to be granted. */
  readonly idleWait: number;
}

const zero: Address = `0x${'00'.repeat(20)}`;
const noHash: Hex = `0x${'00'.repeat(32)}`;

/** Lets so many licences be bought in one block of a chain of its own, and watches a broker of its own grant them. */
export async function purchasesInOneBlock(purchases: number): Promise<PurchasesResult> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  const [chainPort = 0, databasePort = 0, brokerPort = 0] = await freePorts(3);
  const chain = await startChain({ port: chainPort });
  const database = await startPostgres({ directory: join(directory, 'database'), port: databasePort });
  let broker: ChildProcess | undefined;
  try {
    const deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
    writeFileSync(join(directory, 'deployment.json'), JSON.stringify(deployment));
    broker = spawn(process.execPath, ['--import', 'tsx', 'broker/main.ts'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        DATA_DIRECTORY: directory,
        DATABASE_URL: database.url,
        CHAIN_URL: chain.url,
        BROKER_PORT: String(brokerPort),
        LOG_LEVEL: 'warn'
      }
    });
    const brokerUrl = `http://127.0.0.1:${String(brokerPort)}`;
    while ((await fetch(`${brokerUrl}/ready`).catch(() => null))?.status !== 200) await sleep(50);
    const market = openMarket(
      { chainId: deployment.chainId, rpcUrl: chain.url, deployment, brokerUrl, marketUrl: brokerUrl, local: true },
      { baseUrl: brokerUrl }
    );
    const offer = await sell(market);
    return await buyAll(market, deployment, offer, purchases);
  } finally {
    broker?.kill('SIGKILL');
    await database.stop();
    await chain.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function sell(market: Market): Promise<Offer> {
  const account = privateKeyToAccount(localPrivateKey(1));
  const wallet = connectAccount({ market, account });
  const { stream } = await createStream({ market, wallet, name: 'Sought after', description: '' });
  await delegateKeys({ market, stream, signer: privateKeySigner(localPrivateKey(1)), keys: createStreamKeys(1) });
  return {
    seller: account.address,
    productNumber: 1n,
    beneficiary: account.address,
    pricePerSecond: 0n,
    minimumPeriod: 60,
    maximumPeriod: 31_536_000,
    boundary: 3_600,
    feeBasisPoints: market.deployment.feeBasisPoints,
    settlement: 'at-once',
    oracle: zero,
    events: 0n,
    deliveryPeriod: 0,
    attestationSchema: noHash,
    termsHash: `0x${'7e'.repeat(32)}`,
    attesters: [],
    streams: [stream]
  };
}

async function buyAll(
  market: Market,
  { contracts: { DataLicense } }: Deployment,
  offer: Offer,
  purchases: number
): Promise<PurchasesResult> {
  const chain = createTestClient({ mode: 'anvil', transport: http(market.rpcUrl, { timeout: 120_000 }) });
  const seller = privateKeyToAccount(localPrivateKey(1));
  const buyer = privateKeyToAccount(localPrivateKey(2));
  const promised = contractOffer(offer);
  const { publicClient } = market;
  const send = async (from: typeof buyer, nonce: number, data: Hex): Promise<void> => {
    const serializedTransaction = await from.signTransaction({
      chainId: market.chainId,
      type: 'eip1559',
      to: DataLicense,
      data,
      nonce,
      gas: 400_000n,
      maxFeePerGas: 10n ** 10n
    });
    await publicClient.sendRawTransaction({ serializedTransaction });
  };
  await chain.setBlockGasLimit({ gasLimit: 10n ** 10n });
  const listing = encodeFunctionData({ abi: dataLicenseAbi, functionName: 'list', args: [promised, noHash] });
  await send(seller, await publicClient.getTransactionCount({ address: seller.address }), listing);
  const logs = await publicClient.getContractEvents({
    abi: dataLicenseAbi,
    address: DataLicense,
    eventName: 'OfferListed',
    fromBlock: 0n,
    strict: true
  });
  const position = logs[0]?.args.position ?? 0n;
  const until = BigInt((Math.floor(Date.now() / 1000 / 3_600) + 30 * 24) * 3_600);
  const first = await publicClient.getTransactionCount({ address: buyer.address });
  await chain.setAutomine(false);
  for (let number = 0; number < purchases; number += 1) {
    const licensee: Address = `0x${(number + 1).toString(16).padStart(40, '0')}`;
    const { publicKey } = await generateKeyPair();
    const bought = { position, until, publicKey, attestation: noHash };
    const data = encodeFunctionData({
      abi: dataLicenseAbi,
      functionName: 'buyFor',
      args: [licensee, promised, bought]
    });
    await send(buyer, first + number, data);
  }
  const idle = await waits(market, () => Promise.resolve(false), 1_000);
  const start = performance.now();
  await chain.mine({ blocks: 1 });
  const mined = performance.now();
  const seen = { first: 0, last: 0 };
  const watching = (async () => {
    for (;;) {
      const issued = await issuedBy(market);
      const now = performance.now() - mined;
      if (issued > 0 && seen.first === 0) seen.first = now;
      if (issued >= purchases) {
        seen.last = now;
        return;
      }
      if (performance.now() - start > 300_000) throw new RangeError(`${String(issued)} were granted in five minutes`);
      await sleep(20);
    }
  })();
  const busy = await waits(market, () => Promise.resolve(seen.last > 0), 300_000);
  await watching;
  return {
    purchases,
    ...seen,
    usualWait: busy[Math.floor(busy.length / 2)] ?? 0,
    longestWait: busy.at(-1) ?? 0,
    idleWait: idle.at(-1) ?? 0
  };
}

/** Milliseconds that requests waited, ascending, until it is over. */
async function waits(market: Market, isOver: () => Promise<boolean>, most: number): Promise<number[]> {
  const times: number[] = [];
  for (const end = performance.now() + most; performance.now() < end && !(await isOver());) {
    const asked = performance.now();
    await (await fetch(`${market.brokerUrl}/health`)).arrayBuffer();
    times.push(performance.now() - asked);
    await sleep(5);
  }
  return times.sort((a, b) => a - b);
}

async function issuedBy(market: Market): Promise<number> {
  const text = await (await fetch(`${market.brokerUrl}/metrics`)).text();
  return Number(/^tributary_grants_issued_total (\d+)$/m.exec(text)?.[1] ?? 0);
}
