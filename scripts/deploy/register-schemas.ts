import type { Account, Address, Chain, Hex, PublicClient, Transport, WalletClient } from 'viem';
import { schemaRegistryAbi } from '#contracts/generated/attestationService';
import {
  attestationSchemas,
  attestationSchemaUid,
  type AttestationSchemaName
} from '#sdk/protocol/attestation-schemas';
import { addressSchema } from '#sdk/protocol/primitives';
import { DeploymentFailedError, DeploymentUnverifiedError } from './errors.ts';

export interface RegisterSchemasParameters {
  readonly reader: PublicClient;
  readonly writer: WalletClient<Transport, Chain | undefined, Account>;
  readonly schemaRegistry: Address;
  /** Hears of every attestation of these schemas. */
  readonly resolver: Address;
}

/**
 * Registers the market's schemas, all revocable, in one go, and reads each back. Anybody may register any schema, also
 * with this resolver, and its uid is a hash of what it says: one that somebody registered before, or while ours was on
 * its way, is taken as it is.
 *
 * @returns their uids.
 * @throws DeploymentFailedError, DeploymentUnverifiedError; viem's errors when the chain does not answer.
 */
export async function registerSchemas(
  parameters: RegisterSchemasParameters
): Promise<Record<AttestationSchemaName, Hex>> {
  const resolver = addressSchema.parse(parameters.resolver);
  const schemas = (Object.entries(attestationSchemas) as [AttestationSchemaName, string][]).map(([name, schema]) => ({
    name,
    schema,
    uid: attestationSchemaUid(schema, resolver)
  }));
  const before = await Promise.all(schemas.map(({ uid }) => readSchema(parameters, uid)));
  const problems = await register(
    parameters,
    schemas.filter((_, place) => before[place] === undefined).map(({ name }) => name)
  );
  const kept = await Promise.all(schemas.map(({ uid }) => readSchema(parameters, uid)));
  for (const [place, { name, schema }] of schemas.entries()) {
    const found = kept[place];
    if (found === undefined) {
      throw new DeploymentFailedError(`The schema of ${name} could not be registered; deploy again.`, {
        cause: problems.get(name)
      });
    }
    if (found.schema !== schema || found.resolver.toLowerCase() !== resolver || !found.revocable) {
      throw new DeploymentUnverifiedError(`The registry keeps another schema of ${name}; deploy again.`);
    }
  }
  return Object.fromEntries(schemas.map(({ name, uid }) => [name, uid])) as Record<AttestationSchemaName, Hex>;
}

/** What the registry keeps under a uid; undefined where nothing is. */
async function readSchema({ reader, schemaRegistry }: RegisterSchemasParameters, uid: Hex) {
  const kept = await reader.readContract({
    address: schemaRegistry,
    abi: schemaRegistryAbi,
    functionName: 'getSchema',
    args: [uid]
  });
  return kept.uid === uid ? kept : undefined;
}

/**
 * Sends what is missing under consecutive numbers and waits for all of it.
 *
 * @returns what went wrong, by schema, such as AlreadyExists where somebody came between.
 */
async function register(
  parameters: RegisterSchemasParameters,
  missing: readonly AttestationSchemaName[]
): Promise<ReadonlyMap<AttestationSchemaName, unknown>> {
  const { reader, writer, schemaRegistry, resolver } = parameters;
  const problems = new Map<AttestationSchemaName, unknown>();
  const hashes: Hex[] = [];
  const first = await reader.getTransactionCount({ address: writer.account.address, blockTag: 'pending' });
  for (const name of missing) {
    try {
      hashes.push(
        await writer.writeContract({
          address: schemaRegistry,
          abi: schemaRegistryAbi,
          chain: null,
          functionName: 'register',
          args: [attestationSchemas[name], resolver, true],
          nonce: first + hashes.length
        })
      );
    } catch (problem) {
      problems.set(name, problem);
    }
  }
  await Promise.all(hashes.map((hash) => reader.waitForTransactionReceipt({ hash })));
  return problems;
}
