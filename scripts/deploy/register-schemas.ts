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
 * Registers the market's schemas, all revocable, and reads each back. Anybody may register any schema, also with this
 * resolver, and its uid is a hash of what it says: one that somebody registered before is taken as it is.
 *
 * @returns their uids.
 * @throws DeploymentFailedError, DeploymentUnverifiedError; viem's errors when the chain does not answer.
 */
export async function registerSchemas(
  parameters: RegisterSchemasParameters
): Promise<Record<AttestationSchemaName, Hex>> {
  const { resolver } = parameters;
  const uids: Partial<Record<AttestationSchemaName, Hex>> = {};
  for (const [name, schema] of Object.entries(attestationSchemas) as [AttestationSchemaName, string][]) {
    const uid = attestationSchemaUid(schema, addressSchema.parse(resolver));
    if ((await readSchema(parameters, uid)) === undefined) await register(parameters, name, uid);
    const kept = await readSchema(parameters, uid);
    if (kept?.schema !== schema || kept.resolver.toLowerCase() !== resolver || !kept.revocable) {
      throw new DeploymentUnverifiedError(`The registry keeps another schema of ${name}; deploy again.`);
    }
    uids[name] = uid;
  }
  return uids as Record<AttestationSchemaName, Hex>;
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

/** @throws DeploymentFailedError unless the schema is registered afterwards, by this transaction or by another's. */
async function register(parameters: RegisterSchemasParameters, name: AttestationSchemaName, uid: Hex): Promise<void> {
  const { reader, writer, schemaRegistry, resolver } = parameters;
  let cause: unknown;
  try {
    const hash = await writer.writeContract({
      address: schemaRegistry,
      abi: schemaRegistryAbi,
      chain: null,
      functionName: 'register',
      args: [attestationSchemas[name], resolver, true]
    });
    await reader.waitForTransactionReceipt({ hash });
  } catch (problem) {
    // Such as AlreadyExists, where somebody came between.
    cause = problem;
  }
  if ((await readSchema(parameters, uid)) !== undefined) return;
  throw new DeploymentFailedError(`The schema of ${name} could not be registered; deploy again.`, { cause });
}
