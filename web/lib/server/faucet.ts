import { createPublicClient, createWalletClient, defineChain, http, parseEther, type Hex as ViemHex } from 'viem';
import { nonceManager, privateKeyToAccount } from 'viem/accounts';
import { datacoinAbi } from '#contracts/generated/datacoin';
import type { Address } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { isLocalMarket } from './local-market.ts';
import type { MarketContext } from './market-context.ts';

/** There are no demo wallets on a chain whose money is worth something. */
export class FaucetClosedError extends TributaryError {
  readonly code = 'faucet-closed';
  readonly title = 'There are no demo wallets here';
  override readonly status = 404;
}

/** Too many demo wallets were filled in the last minute. */
export class FaucetBusyError extends TributaryError {
  readonly code = 'faucet-busy';
  readonly title = 'Too many demo wallets at once';
  override readonly status = 429;
}

/** The chain did not carry out the transfer. */
export class FaucetFailedError extends TributaryError {
  readonly code = 'faucet-failed';
  readonly title = 'The demo wallet could not be filled';
  override readonly status = 503;
}

/** Up to what a demo wallet is filled: DATAcoin for months of an ordinary stream, ether for thousands of purchases. */
const target = { datacoin: parseEther('250'), ether: parseEther('1') } as const;
const perMinute = 30;

let recent: number[] = [];
/** Transfers go one after the other, so that no two take the same nonce. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Fills a demo wallet on a local chain up to 250 DATA and 1 ETH, and returns when both have arrived.
 *
 * @throws {@link FaucetClosedError}, {@link FaucetBusyError}, {@link FaucetFailedError}
 */
export async function fillDemoWallet(market: MarketContext, account: Address): Promise<void> {
  const key = market.configuration.FAUCET_PRIVATE_KEY;
  if (key === undefined || !isLocalMarket(market)) {
    throw new FaucetClosedError('Connect a wallet of your own: this market runs on a real chain.');
  }
  const now = Date.now();
  recent = recent.filter((time) => time > now - 60_000);
  if (recent.length >= perMinute) throw new FaucetBusyError('Try again in a minute.');
  recent.push(now);
  const work = last.then(() => transfer(market, key as ViemHex, account));
  // A failed transfer must not fail the next one.
  last = work.catch(() => undefined);
  try {
    await work;
  } catch (cause) {
    throw new FaucetFailedError('The chain did not carry out the transfer. Try again in a moment.', { cause });
  }
}

async function transfer({ configuration, deployment }: MarketContext, key: ViemHex, to: Address): Promise<void> {
  const url = configuration.CHAIN_URL.replace(/^ws/, 'http');
  const chain = defineChain({
    id: deployment.chainId,
    name: 'Local chain',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [url] } }
  });
  const transport = http(url, { timeout: 10_000 });
  const reader = createPublicClient({ chain, transport, pollingInterval: 200 });
  const wallet = createWalletClient({ account: privateKeyToAccount(key, { nonceManager }), chain, transport });
  const token = deployment.contracts.DATAcoin;
  const [datacoin, ether] = await Promise.all([
    reader.readContract({ address: token, abi: datacoinAbi, functionName: 'balanceOf', args: [to] }),
    reader.getBalance({ address: to })
  ]);
  const sent: ViemHex[] = [];
  if (ether < target.ether) sent.push(await wallet.sendTransaction({ to, value: target.ether - ether }));
  if (datacoin < target.datacoin) {
    const args = [to, target.datacoin - datacoin] as const;
    sent.push(await wallet.writeContract({ address: token, abi: datacoinAbi, functionName: 'transfer', args }));
  }
  await Promise.all(sent.map((hash) => reader.waitForTransactionReceipt({ hash, timeout: 20_000 })));
}
