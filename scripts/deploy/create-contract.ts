import {
  encodeDeployData,
  getContractAddress,
  type Abi,
  type Account,
  type Chain,
  type Hex,
  type PublicClient,
  type Transport,
  type WalletClient
} from 'viem';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { DeploymentFailedError } from './errors.ts';

export interface PlannedContract {
  readonly name: string;
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly args: readonly unknown[];
  /** Number of the deployer's transaction that creates it. */
  readonly nonce: number;
}

/** A contract whose creation is on its way, and where it will be. */
export interface SentContract {
  readonly name: string;
  readonly address: Address;
  /** Creation code with the arguments behind it. */
  readonly creation: Hex;
  readonly nonce: number;
  readonly hash: Hex;
}

/** A contract that was deployed, and by which code. */
export interface CreatedContract extends Omit<SentContract, 'hash'> {
  readonly block: bigint;
}

/** Where a transaction of the deployer creates its contract. */
export function addressOfContract(deployer: Address, nonce: number): Address {
  return addressSchema.parse(getContractAddress({ from: deployer, nonce: BigInt(nonce) }));
}

/**
 * Sends the creation of a contract and does not wait for it: its number says already where it will be.
 *
 * @throws DeploymentFailedError when the chain does not take it, as when its number was used by another transaction.
 */
export async function sendContract(
  writer: WalletClient<Transport, Chain | undefined, Account>,
  contract: PlannedContract
): Promise<SentContract> {
  const { name, abi, bytecode, args, nonce } = contract;
  const creation = encodeDeployData({ abi, bytecode, args });
  const address = addressOfContract(addressSchema.parse(writer.account.address), nonce);
  try {
    const hash = await writer.sendTransaction({ chain: null, data: creation, nonce });
    return { name, address, creation, nonce, hash };
  } catch (cause) {
    throw new DeploymentFailedError(
      `${name}: the chain did not take transaction ${String(nonce)} of the deployer. Let nothing else use its key, see ` +
        'that it can pay the gas, then retry.',
      { cause }
    );
  }
}

/**
 * Waits for a contract.
 *
 * @throws DeploymentFailedError when its creation reverts, or another transaction of the deployer took its place.
 */
export async function awaitContract(reader: PublicClient, sent: SentContract): Promise<CreatedContract> {
  const { name, address, creation, nonce, hash } = sent;
  const receipt = await reader.waitForTransactionReceipt({ hash });
  if (receipt.status !== 'success' || receipt.contractAddress?.toLowerCase() !== address) {
    throw new DeploymentFailedError(`${name}: transaction ${hash} failed; look at it on the chain, then retry.`);
  }
  return { name, address, creation, nonce, block: receipt.blockNumber };
}
