import { Address, BigInt, ethereum } from '@graphprotocol/graph-ts';
import { Stream } from '../generated/schema';

/** Makes the stream as the registry announced it. slotDuration in seconds. */
export function createStream(
  address: Address,
  owner: Address,
  name: string,
  description: string,
  slotDuration: BigInt,
  partitions: BigInt,
  block: ethereum.Block
): void {
  const stream = new Stream(address);
  stream.owner = owner;
  stream.pendingOwner = null;
  stream.name = name;
  stream.description = description;
  stream.slotDuration = slotDuration.toI32();
  stream.partitions = partitions.toI32();
  stream.deleted = false;
  stream.ensName = null;
  stream.createdAtBlock = block.number;
  stream.createdAt = block.timestamp;
  stream.save();
}

/** Overwrites name and description. */
export function describeStream(address: Address, name: string, description: string): void {
  const stream = Stream.load(address);
  if (stream === null) return;
  stream.name = name;
  stream.description = description;
  stream.save();
}

/** Overwrites the ENS name; an empty one gives it up. */
export function nameStream(address: Address, ensName: string): void {
  const stream = Stream.load(address);
  if (stream === null) return;
  if (ensName == '') stream.ensName = null;
  else stream.ensName = ensName;
  stream.save();
}

/** Notes the proposed owner; the zero address withdraws the proposal. */
export function proposeStreamOwner(address: Address, pendingOwner: Address): void {
  const stream = Stream.load(address);
  if (stream === null) return;
  if (pendingOwner.equals(Address.zero())) stream.pendingOwner = null;
  else stream.pendingOwner = pendingOwner;
  stream.save();
}

/** Hands the stream over. */
export function transferStream(address: Address, owner: Address): void {
  const stream = Stream.load(address);
  if (stream === null) return;
  stream.owner = owner;
  stream.pendingOwner = null;
  stream.save();
}

/** Marks the stream as deleted. */
export function deleteStream(address: Address): void {
  const stream = Stream.load(address);
  if (stream === null) return;
  stream.deleted = true;
  stream.pendingOwner = null;
  stream.save();
}
