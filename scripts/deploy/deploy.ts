import { createPublicClient, createWalletClient, http, type Abi, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { attestationResolverAbi } from '#contracts/generated/attestationResolver';
import {
  attestationServiceAbi,
  attestationServiceAddresses,
  attestationServiceBytecode,
  schemaRegistryAbi,
  schemaRegistryBytecode
} from '#contracts/generated/attestationService';
import {
  attestationResolverBytecode,
  counterfactualPurchaseFactoryBytecode,
  datacoinBytecode,
  dataLicenseBytecode,
  deliveryEscrowBytecode,
  karmaBytecode,
  streamRegistryBytecode,
  thresholdDeliveryOracleBytecode,
  wishlistBytecode
} from '#contracts/generated/bytecode';
import { counterfactualPurchaseFactoryAbi } from '#contracts/generated/counterfactualPurchaseFactory';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { karmaAbi } from '#contracts/generated/karma';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import { thresholdDeliveryOracleAbi } from '#contracts/generated/thresholdDeliveryOracle';
import { wishlistAbi } from '#contracts/generated/wishlist';
import { deploymentSchema, type Deployment } from '#sdk/protocol/deployment';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { addressOfContract, awaitContract, sendContract, type SentContract } from './create-contract.ts';
import { ensRegistries } from './ens-registries.ts';
import { defaultFeeBasisPoints, defaultKarmaHalfLife, type DeploymentParameters } from './parameters.ts';
import { registerSchemas } from './register-schemas.ts';
import { verifyCode, verifyValues, type ExpectedValues } from './verify.ts';

export interface DeployParameters {
  /** JSON-RPC URL of the chain. */
  readonly chainUrl: string;
  /** Pays the gas and receives the whole supply of DATAcoin. */
  readonly privateKey: Hex;
  /** What the market can never change; every one of them has a default. */
  readonly parameters?: DeploymentParameters;
  /** Told before each step, in words for a person; waited for. */
  readonly onStep?: (step: string) => void | Promise<void>;
}

const nowhere: Address = '0x0000000000000000000000000000000000000000';

/**
 * Deploys all contracts of a market from the committed creation code, and the Ethereum Attestation Service where the
 * chain is not known to have it; registers the market's schemas; then asks the chain whether the code of each contract
 * is what its creation code makes, and whether each holds the values that it was given. The creations are sent in one
 * go under consecutive numbers, so that all of them wait for a block together.
 *
 * @returns the record to write down (contracts/deployments/<chainId>.json or a local chain's own).
 * @throws DeploymentFailedError, DeploymentUnverifiedError; viem's errors when the chain does not answer.
 */
export async function deploy(request: DeployParameters): Promise<Deployment> {
  const { chainUrl, privateKey, onStep } = request;
  // A local chain answers at once; waiting viem's four seconds between looks would be the slowest part of the start.
  const transport = http(chainUrl);
  const reader = createPublicClient({ transport, pollingInterval: 100, cacheTime: 0 });
  const account = privateKeyToAccount(privateKey);
  const writer = createWalletClient({ transport, account });
  const deployer = addressSchema.parse(account.address);

  const chainId = await reader.getChainId();
  const genesis = await reader.getBlock({ blockNumber: 0n });
  const treasury = request.parameters?.treasury ?? deployer;
  const feeBasisPoints = request.parameters?.feeBasisPoints ?? defaultFeeBasisPoints;
  const karmaHalfLife = request.parameters?.karmaHalfLife ?? defaultKarmaHalfLife;
  const attestors = [...(request.parameters?.attestors ?? [deployer])].sort();
  const threshold = BigInt(request.parameters?.threshold ?? 1);
  const ens = ensRegistries.get(chainId) ?? nowhere;

  const sent: SentContract[] = [];
  const expected: ExpectedValues[] = [];
  const firstNonce = await reader.getTransactionCount({ address: deployer, blockTag: 'pending' });
  /** Where the contract will be that is sent after so many others from now. */
  const addressAhead = (others: number) => addressOfContract(deployer, firstNonce + sent.length + others);
  /** Sends the creation of one contract, and notes what its getters must answer. */
  const create = async (
    name: string,
    abi: Abi,
    bytecode: Hex,
    args: readonly unknown[],
    values: Readonly<Record<string, unknown>> = {}
  ): Promise<Address> => {
    await onStep?.(`deploying ${name}`);
    const contract = await sendContract(writer, { name, abi, bytecode, args, nonce: firstNonce + sent.length });
    sent.push(contract);
    expected.push({ name, address: contract.address, abi, values });
    return contract.address;
  };

  const known = attestationServiceAddresses.get(chainId);
  const schemaRegistry =
    known?.schemaRegistry ?? (await create('SchemaRegistry', schemaRegistryAbi, schemaRegistryBytecode, []));
  const attestationService =
    known?.attestationService ??
    (await create('AttestationService', attestationServiceAbi, attestationServiceBytecode, [schemaRegistry]));
  expected.push({
    name: 'AttestationService',
    address: attestationService,
    abi: attestationServiceAbi,
    values: { getSchemaRegistry: schemaRegistry }
  });

  const token = await create('DATAcoin', datacoinAbi, datacoinBytecode, [deployer]);
  const registry = await create('StreamRegistry', streamRegistryAbi, streamRegistryBytecode, [ens], { ens });

  // Karma, DeliveryEscrow and DataLicense know each other, so their addresses are computed before any of them exists.
  const [escrow, license] = [addressAhead(1), addressAhead(2)];
  const karma = await create('Karma', karmaAbi, karmaBytecode, [BigInt(karmaHalfLife), [license, escrow]], {
    halfLife: BigInt(karmaHalfLife)
  });
  await create('DeliveryEscrow', deliveryEscrowAbi, deliveryEscrowBytecode, [license, token, treasury, karma], {
    license,
    token,
    treasury,
    karma
  });
  await create(
    'DataLicense',
    dataLicenseAbi,
    dataLicenseBytecode,
    [token, treasury, feeBasisPoints, karma, escrow, attestationService],
    { token, treasury, feeBasisPoints, karma, escrow, attestationService }
  );
  const purchaseFactory = await create(
    'CounterfactualPurchaseFactory',
    counterfactualPurchaseFactoryAbi,
    counterfactualPurchaseFactoryBytecode,
    [license, token],
    { license, token }
  );
  const oracle = await create(
    'DeliveryOracle',
    thresholdDeliveryOracleAbi,
    thresholdDeliveryOracleBytecode,
    [attestors, threshold],
    { attestors, threshold }
  );
  const wishlist = await create('Wishlist', wishlistAbi, wishlistBytecode, [token], { token });
  const resolver = await create(
    'AttestationResolver',
    attestationResolverAbi,
    attestationResolverBytecode,
    [attestationService],
    { attestationService }
  );

  const created = await Promise.all(sent.map((contract) => awaitContract(reader, contract)));

  await onStep?.('registering the schemas of attestations');
  const schemas = await registerSchemas({ reader, writer, schemaRegistry, resolver });

  await onStep?.('verifying the contracts');
  await Promise.all(created.map((contract) => verifyCode(reader, deployer, contract)));
  await verifyValues(reader, [
    ...expected,
    { name: 'Karma', address: karma, abi: karmaAbi, call: 'isSource', args: [license], value: true },
    { name: 'Karma', address: karma, abi: karmaAbi, call: 'isSource', args: [escrow], value: true }
  ]);

  return deploymentSchema.parse({
    chainId,
    genesisHash: genesis.hash,
    startBlock: Math.min(...created.map(({ block }) => Number(block))),
    feeBasisPoints,
    karmaHalfLife,
    contracts: {
      DATAcoin: token,
      StreamRegistry: registry,
      DataLicense: license,
      DeliveryEscrow: escrow,
      Karma: karma,
      Wishlist: wishlist,
      AttestationResolver: resolver,
      AttestationService: attestationService,
      CounterfactualPurchaseFactory: purchaseFactory,
      DeliveryOracle: oracle
    },
    schemas
  });
}
