import { Address, BigInt, log } from '@graphprotocol/graph-ts';
import { Permission } from '../generated/schema';
import { permissionId } from './id';

/** Names in the order of IStream.Permission. */
const kinds: string[] = ['READ', 'WRITE', 'EDIT', 'GRANT', 'DELETE'];

/** Writes the last word on a permission. until in Unix seconds; 0 revokes. */
export function setPermission(stream: Address, account: Address, kind: i32, until: BigInt, grantor: Address): void {
  if (kind < 0 || kind >= kinds.length) {
    log.error('Stream {} emitted permission {}, which schema.graphql does not know', [
      stream.toHexString(),
      kind.toString()
    ]);
    return;
  }
  const id = permissionId(stream, account, kinds[kind]);
  let permission = Permission.load(id);
  if (permission === null) {
    permission = new Permission(id);
    permission.stream = stream;
    permission.account = account;
    permission.permission = kinds[kind];
  }
  permission.until = until;
  permission.grantor = grantor;
  permission.save();
}
