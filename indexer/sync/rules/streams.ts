import { permissionKinds, type FactRow, type PermissionKind } from '../../schema.ts';
import type { FactSet } from '../fact-set.ts';
import type { MarketEvent } from '../market-logs.ts';
import { permissionId, recipientKeyId } from './ids.ts';
import type { Rules } from './rule.ts';

const zeroAddress = '0x0000000000000000000000000000000000000000';

/** A log of our own contracts says what they cannot say: the code of contract and indexer do not belong together. */
const kindOf = (permission: number): PermissionKind | undefined => permissionKinds[permission];

const emitter = ({ address }: MarketEvent) => [{ fact: 'stream', id: address }] as const;

/** Streams, permissions on them, and keys registered with them. */
export const streamRules: Rules<
  | 'StreamCreated'
  | 'EnsNameChanged'
  | 'MetadataChanged'
  | 'OwnershipTransferStarted'
  | 'OwnershipTransferred'
  | 'Deleted'
  | 'PermissionChanged'
  | 'PublicKeyRegistered'
> = {
  StreamCreated: {
    rows: ({ args }) => [{ fact: 'stream', id: args.stream }],
    apply(facts, { args, block, timestamp }) {
      const { stream, owner, name, description, slotDuration, partitions } = args;
      const row = { id: stream, owner, pendingOwner: null, name, description, slotDuration, partitions };
      const made = { deleted: false, ensName: null, createdAtBlock: block, createdAt: timestamp };
      facts.put('stream', { ...row, ...made }, block);
      return true;
    }
  },
  EnsNameChanged: {
    rows: ({ args }) => [{ fact: 'stream', id: args.stream }],
    apply: (facts, { args, block }) =>
      changeStream(facts, args.stream, block, { ensName: args.name === '' ? null : args.name })
  },
  MetadataChanged: {
    rows: emitter,
    apply: (facts, { address, args, block }) =>
      changeStream(facts, address, block, { name: args.name, description: args.description })
  },
  OwnershipTransferStarted: {
    rows: emitter,
    apply: (facts, { address, args: { pendingOwner }, block }) =>
      changeStream(facts, address, block, { pendingOwner: pendingOwner === zeroAddress ? null : pendingOwner })
  },
  OwnershipTransferred: {
    rows: emitter,
    apply: (facts, { address, args: { owner }, block }) =>
      changeStream(facts, address, block, { pendingOwner: null, ...(owner === zeroAddress ? {} : { owner }) })
  },
  Deleted: {
    rows: emitter,
    apply: (facts, { address, block }) => changeStream(facts, address, block, { pendingOwner: null, deleted: true })
  },
  PermissionChanged: {
    rows({ address, args }) {
      const kind = kindOf(args.permission);
      return kind === undefined ? [] : [{ fact: 'permission', id: permissionId(address, args.account, kind) }];
    },
    apply(facts, { address: stream, args: { account, permission: number, until, grantor }, block }) {
      const permission = kindOf(number);
      if (permission === undefined) return false;
      const id = permissionId(stream, account, permission);
      facts.put('permission', { id, stream, account, permission, until, grantor }, block);
      return true;
    }
  },
  PublicKeyRegistered: {
    rows: ({ address, args }) => [{ fact: 'recipientKey', id: recipientKeyId(address, args.account) }],
    apply(facts, { address: stream, args: { account, publicKey }, block }) {
      facts.put('recipientKey', { id: recipientKeyId(stream, account), stream, account, publicKey }, block);
      return true;
    }
  }
};

function changeStream(facts: FactSet, stream: string, block: number, change: Partial<FactRow<'stream'>>): boolean {
  const row = facts.get('stream', stream);
  if (row === undefined) return false;
  facts.put('stream', { ...row, ...change }, block);
  return true;
}
