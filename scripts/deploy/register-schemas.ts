import {
  parseEventLogs,
  type Account,
  type Address,
  type Chain,
  type Hex,
  type PublicClient,
  type Transport,
  type WalletClient
} from 'viem';
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
 * Registers the market's schemas, all revocable, and reads each back.
 *
 * @returns their uids.
 * @throws DeploymentFailedError, DeploymentUnverifiedError
 */
export async function registerSchemas(
  parameters: RegisterSchemasParameters
): Promise<Record<AttestationSchemaName, Hex>> {
  const { reader, writer, schemaRegistry, resolver } = parameters;
  const registry = { address: schemaRegistry, abi: schemaRegistryAbi } as const;
  const uids: Partial<Record<AttestationSchemaName, Hex>> = {};
  for (const [name, schema] of Object.entries(attestationSchemas) as [AttestationSchemaName, string][]) {
    const hash = await writer.writeContract({
      ...registry,
      chain: null,
      functionName: 'register',
      args: [schema, resolver, true]
    });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    const [log] = parseEventLogs({ abi: schemaRegistryAbi, eventName: 'Registered', logs: receipt.logs });
    if (log === undefined) throw new DeploymentFailedError(`The schema of ${name} could not be registered: ${hash}.`);
    const { uid } = log.args;
    const kept = await reader.readContract({ ...registry, functionName: 'getSchema', args: [uid] });
    const expected = attestationSchemaUid(schema, addressSchema.parse(resolver));
    if (uid !== expected || kept.schema !== schema || kept.resolver.toLowerCase() !== resolver || !kept.revocable) {
      throw new DeploymentUnverifiedError(`The registry keeps another schema of ${name}; deploy again.`);
    }
    uids[name] = uid;
  }
  return uids as Record<AttestationSchemaName, Hex>;
}
