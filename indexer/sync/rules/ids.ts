import type { Address, Hex } from '#sdk/protocol/primitives';
import type { KarmaRole, PermissionKind } from '../../schema.ts';

// Composite ids, as subgraph/schema.graphql states them.

/** Id of a permission, for example "0x1f90…-0x0000…-READ". */
export const permissionId = (stream: Address, account: Address, kind: PermissionKind) => `${stream}-${account}-${kind}`;
/** Id of a registered key, for example "0x1f90…-0x7099…". */
export const recipientKeyId = (stream: Address, account: Address) => `${stream}-${account}`;
/** Id of a licence, for example "0x8e3f…00-0x7099…". */
export const licenseId = (offer: Hex, licensee: Address) => `${offer}-${licensee}`;
/** Id of a deposit, for example "0x8e3f…00-0x7099…-1764000000". */
export const depositId = (offer: Hex, licensee: Address, since: number | bigint) =>
  `${offer}-${licensee}-${String(since)}`;
/** Id of a cohort, for example "0x8e3f…00-1764000000-1764003600". */
export const cohortId = (offer: Hex, since: number | bigint, until: number | bigint) =>
  `${offer}-${String(since)}-${String(until)}`;
/** Id of a report, for example "0x1f90…-1764000000". */
export const deliveryReportId = (stream: Address, time: bigint) => `${stream}-${String(time)}`;
/** Id of karma, for example "0x7099…-SELLER". */
export const karmaId = (account: Address, role: KarmaRole) => `${account}-${role}`;
/** Id of a change of karma, for example "0x9f3c…-4". */
export const karmaChangeId = (transactionHash: Hex, logIndex: number) => `${transactionHash}-${String(logIndex)}`;
/** Id of an answer, for example "12-1". */
export const wishAnswerId = (wish: bigint, answer: bigint) => `${String(wish)}-${String(answer)}`;
/** Id of a stake, for example "12-0x7099…". */
export const wishStakeId = (wish: bigint, backer: Address) => `${String(wish)}-${backer}`;
