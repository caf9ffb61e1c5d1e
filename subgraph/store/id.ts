import { Address, BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';

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

/** offerId-licensee-since, such as 0x8e3f…3200-0x7099…79c8-1764000000. */
export function depositId(offerId: Bytes, licensee: Address, since: BigInt): string {
  return licenseId(offerId, licensee) + '-' + since.toString();
}

/** offerId-since-until, such as 0x8e3f…3200-1764000000-1764003600. */
export function cohortId(offerId: Bytes, since: BigInt, until: BigInt): string {
  return offerId.toHexString() + '-' + since.toString() + '-' + until.toString();
}

/** stream-time, such as 0x1f90…c326-1764000000. */
export function deliveryReportId(stream: Address, time: BigInt): string {
  return stream.toHexString() + '-' + time.toString();
}

/** account-role, such as 0x7099…79c8-SELLER. */
export function karmaId(account: Address, role: string): string {
  return account.toHexString() + '-' + role;
}

/** wish-number, such as 12-1. */
export function wishAnswerId(wish: BigInt, answer: BigInt): string {
  return wish.toString() + '-' + answer.toString();
}

/** wish-backer, such as 12-0x7099…79c8. */
export function wishStakeId(wish: BigInt, backer: Address): string {
  return wish.toString() + '-' + backer.toHexString();
}

/** transactionHash-logIndex, such as 0x3b7e…5e6f-4. */
export function purchaseId(event: ethereum.Event): string {
  return logId(event);
}

/** transactionHash-logIndex, such as 0x3b7e…5e6f-4. */
export function karmaChangeId(event: ethereum.Event): string {
  return logId(event);
}

function logId(event: ethereum.Event): string {
  return event.transaction.hash.toHexString() + '-' + event.logIndex.toString();
}
