import { Address, Bytes, ethereum } from '@graphprotocol/graph-ts';

// Composite ids, as schema.graphql states them. Bytes.toHexString() is lowercase with 0x.

/** stream-account-permission, such as 0x1f90…c326-0x0000…0000-READ. */
export function permissionId(stream: Address, account: Address, permission: string): string {
  return stream.toHexString() + '-' + account.toHexString() + '-' + permission;
}

/** stream-account, such as 0x1f90…c326-0x7099…79c8. */
export function recipientKeyId(stream: Address, account: Address): string {
  return stream.toHexString() + '-' + account.toHexString();
}

/** offerId-licensee, such as 0x8e3f…3200-0x7099…79c8. */
export function licenseId(offerId: Bytes, licensee: Address): string {
  return offerId.toHexString() + '-' + licensee.toHexString();
}

/** transactionHash-logIndex, such as 0x3b7e…5e6f-4. */
export function purchaseId(event: ethereum.Event): string {
  return event.transaction.hash.toHexString() + '-' + event.logIndex.toString();
}
