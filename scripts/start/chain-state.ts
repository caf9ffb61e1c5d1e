import { createPublicClient, createWalletClient, defineChain, http, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { datacoinAbi } from '#contracts/generated/datacoin';
import type { Deployment } from '#sdk/protocol/deployment';
import { localAccounts, localPrivateKey } from './accounts.ts';

/** Hash of block 0, which tells one local chain from the next. */
export async function genesisHash(chainUrl: string): Promise<Hex> {
  const block = await createPublicClient({ transport: http(chainUrl) }).getBlock({ blockNumber: 0n });
  return block.hash;
}

/** Whether a contract lives at the address. */
export async function hasCode(chainUrl: string, address: Hex): Promise<boolean> {
  const code = await createPublicClient({ transport: http(chainUrl) }).getCode({ address });
  return code !== undefined && code !== '0x';
}

/** Sends ether from the deployer to another of the local accounts, up to an amount (wei). */
export async function fillWithEther(chainUrl: string, to: number, amount: bigint): Promise<void> {
  const transport = http(chainUrl);
  const reader = createPublicClient({ transport, pollingInterval: 100 });
  const { address } = privateKeyToAccount(localPrivateKey(to));
  const missing = amount - (await reader.getBalance({ address }));
  if (missing <= 0n) return;
  const wallet = createWalletClient({
    account: privateKeyToAccount(localPrivateKey(localAccounts.deployer)),
    transport
  });
  const hash = await wallet.sendTransaction({ chain: null, to: address, value: missing });
  await reader.waitForTransactionReceipt({ hash });
}

/** Sends DATAcoin (wei) from the deployer to another of the local accounts. */
export async function payDatacoin(chainUrl: string, deployment: Deployment, to: number, amount: bigint): Promise<void> {
  const chain = defineChain({
    id: deployment.chainId,
    name: 'local',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [chainUrl] } }
  });
  const transport = http(chainUrl);
  const wallet = createWalletClient({
    account: privateKeyToAccount(localPrivateKey(localAccounts.deployer)),
    chain,
    transport
  });
  const hash = await wallet.writeContract({
    address: deployment.contracts.DATAcoin,
    abi: datacoinAbi,
    functionName: 'transfer',
    args: [privateKeyToAccount(localPrivateKey(to)).address, amount]
  });
  await createPublicClient({ chain, transport, pollingInterval: 100 }).waitForTransactionReceipt({ hash });
}
