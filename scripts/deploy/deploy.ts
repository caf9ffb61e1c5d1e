import {
  createPublicClient,
  createWalletClient,
  encodeDeployData,
  http,
  isAddressEqual,
  type Abi,
  type Address,
  type Hex
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { datacoinBytecode, dataLicenseBytecode, streamRegistryBytecode } from '#contracts/generated/bytecode';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import { deploymentSchema, type Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';

/** A deploying transaction failed on the chain. */
export class DeploymentFailedError extends TributaryError {
  readonly code = 'deployment-failed';
  readonly title = 'A contract could not be deployed';
}

/** What stands on the chain is not what was deployed. */
export class DeploymentUnverifiedError extends TributaryError {
  readonly code = 'deployment-unverified';
  readonly title = 'A deployed contract does not answer as it should';
}

export interface DeployParameters {
  /** JSON-RPC URL of the chain. */
  chainUrl: string;
  /** Pays the gas and receives the whole supply of DATAcoin. */
  privateKey: Hex;
  /** Told before each step, in words for a person. */
  onStep?: (step: string) => void;
}

/**
 * Deploys DATAcoin, StreamRegistry and DataLicense from the committed creation code, then asks the chain whether they
 * are what they should be.
 *
 * @returns the record to write down (contracts/deployments/<chainId>.json or a local chain's own).
 * @throws DeploymentFailedError, DeploymentUnverifiedError; viem's errors when the chain does not answer.
 */
export async function deploy({ chainUrl, privateKey, onStep }: DeployParameters): Promise<Deployment> {
  // A local chain answers at once; waiting viem's four seconds between looks would be the slowest part of the start.
  const transport = http(chainUrl);
  const reader = createPublicClient({ transport, pollingInterval: 100 });
  const account = privateKeyToAccount(privateKey);
  const writer = createWalletClient({ transport, account });

  const chainId = await reader.getChainId();
  const genesis = await reader.getBlock({ blockNumber: 0n });
  let startBlock: bigint | undefined;

  const create = async (contract: string, data: Hex): Promise<Address> => {
    onStep?.(`deploying ${contract}`);
    const hash = await writer.sendTransaction({ chain: null, data });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success' || !receipt.contractAddress) {
      throw new DeploymentFailedError(`${contract}: transaction ${hash} failed; look at it on the chain, then retry.`);
    }
    startBlock ??= receipt.blockNumber;
    return receipt.contractAddress;
  };
  const encode = (abi: Abi, bytecode: Hex, args: readonly unknown[]) => encodeDeployData({ abi, bytecode, args });

  const datacoin = await create('DATAcoin', encode(datacoinAbi, datacoinBytecode, [account.address]));
  const registry = await create('StreamRegistry', streamRegistryBytecode);
  const license = await create('DataLicense', encode(dataLicenseAbi, dataLicenseBytecode, [datacoin]));

  onStep?.('verifying the contracts');
  const code = async (contract: string, address: Address) => {
    const bytes = await reader.getCode({ address });
    if (bytes === undefined) throw new DeploymentUnverifiedError(`${contract}: no code at ${address}; deploy again.`);
  };
  await code('DATAcoin', datacoin);
  await code('StreamRegistry', registry);
  await code('DataLicense', license);
  const implementation = await reader.readContract({
    address: registry,
    abi: streamRegistryAbi,
    functionName: 'implementation'
  });
  await code('Stream', implementation);
  const token = await reader.readContract({ address: license, abi: dataLicenseAbi, functionName: 'token' });
  if (!isAddressEqual(token, datacoin)) {
    throw new DeploymentUnverifiedError(`DataLicense takes ${token} instead of ${datacoin}; deploy again.`);
  }

  return deploymentSchema.parse({
    chainId,
    genesisHash: genesis.hash,
    startBlock: Number(startBlock),
    contracts: { DATAcoin: datacoin, StreamRegistry: registry, DataLicense: license }
  });
}
