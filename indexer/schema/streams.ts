import { boolean, index, integer, text } from 'drizzle-orm/pg-core';
import { address, block, hex, indexerSchema, seconds } from './columns.ts';

export const permissionKinds = ['READ', 'WRITE', 'EDIT', 'GRANT', 'DELETE'] as const;
export type PermissionKind = (typeof permissionKinds)[number];

export const stream = indexerSchema.table(
  'stream',
  {
    id: address().primaryKey(),
    owner: address().notNull(),
    pendingOwner: address(),
    name: text().notNull(),
    description: text().notNull(),
    slotDuration: integer().notNull(),
    partitions: integer().notNull(),
    deleted: boolean().notNull(),
    ensName: text(),
    createdAtBlock: block().notNull(),
    createdAt: seconds().notNull()
  },
  (table) => [
    index('stream_newest').on(table.createdAtBlock, table.id),
    index('stream_owner').on(table.owner),
    index('stream_ens_name').on(table.ensName)
  ]
);

export const permission = indexerSchema.table(
  'permission',
  {
    id: text().primaryKey(),
    stream: address().notNull(),
    account: address().notNull(),
    permission: text().$type<PermissionKind>().notNull(),
    until: seconds().notNull(),
    grantor: address().notNull()
  },
  (table) => [index('permission_stream').on(table.stream), index('permission_account').on(table.account)]
);

export const recipientKey = indexerSchema.table(
  'recipient_key',
  {
    id: text().primaryKey(),
    stream: address().notNull(),
    account: address().notNull(),
    publicKey: hex().notNull()
  },
  (table) => [index('recipient_key_stream').on(table.stream), index('recipient_key_account').on(table.account)]
);
