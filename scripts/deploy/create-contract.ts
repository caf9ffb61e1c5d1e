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

export interface CreateContractParameters {
  readonly reader: PublicClient;
  readonly writer: WalletClient<Transport, Chain | undefined, Account>;
  readonly name: string;
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly args: readonly unknown[];
}

/** A contract that was deployed, and by which code. */
export interface CreatedContract {
  readonly name: string;
  readonly address: Address;
  /** Creation code with the arguments behind it. */
  readonly creation: Hex;
  readonly block: bigint;
}

/**
 * Deploys a contract and waits for it. One transaction at a time: the next contract's address depends on the number of
 * this one, and verifying looks at the block before.
 *
 * @throws DeploymentFailedError when it reverts, or when something else of the deployer came between.
 */
export async function createContract(parameters: CreateContractParameters): Promise<CreatedContract> {
  const { reader, writer, name, abi, bytecode, args } = parameters;
  const creation = encodeDeployData({ abi, bytecode, args });
  const nonce = await reader.getTransactionCount({ address: writer.account.address, blockTag: 'pending' });
  const address = getContractAddress({ from: writer.account.address, nonce: BigInt(nonce) });
  const hash = await writer.sendTransaction({ chain: null, data: creation, nonce });
  const receipt = await reader.waitForTransactionReceipt({ hash });
  if (receipt.status !== 'success' || receipt.contractAddress?.toLowerCase() !== address.toLowerCase()) {
    throw new DeploymentFailedError(`${name}: transaction ${hash} failed; look at it on the chain, then retry.`);
  }
  return { name, address: addressSchema.parse(address), creation, block: receipt.blockNumber };
}
