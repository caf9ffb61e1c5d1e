import { streamAbi } from '#contracts/generated/stream';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { permissionNumber } from './stream-permission.ts';
import type { StreamPermission } from './stream-permission.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface ReadPermissionsParameters {
  readonly market: Market;
  readonly stream: Address;
  readonly account: Address;
}
/** What the account may do now: as owner, by its own permissions, or by everyone's. */
export type ReadPermissionsReturnType = Readonly<Record<StreamPermission, boolean>>;

/**
 * Asks the chain what an account may do with a stream. Licences are not permissions: see readLicense.
 *
 * @throws {@link ChainUnreachableError}, {@link ContractRefusedError} when there is no stream at the address.
 *
 * @example
 * const { write } = await readPermissions({ market, stream, account });
 */
export async function readPermissions(parameters: ReadPermissionsParameters): Promise<ReadPermissionsReturnType> {
  const { market, stream, account } = parameters;
  const holds = (permission: StreamPermission) =>
    market.publicClient.readContract({
      address: stream,
      abi: streamAbi,
      functionName: 'hasPermission',
      args: [account, permissionNumber[permission]]
    });
  try {
    const [read, write, edit, grant, remove] = await Promise.all([
      holds('read'),
      holds('write'),
      holds('edit'),
      holds('grant'),
      holds('delete')
    ]);
    return { read, write, edit, grant, delete: remove };
  } catch (error) {
    throw translateChainError(error, streamAbi);
  }
}
