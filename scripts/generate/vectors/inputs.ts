import { hexOf } from '#sdk/protocol/binary';
import type { StreamEvent } from '#sdk/protocol/event';
import type { Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { privateKeySigner } from '#sdk/protocol/signature';
import { type Seed, slotAt } from '#sdk/protocol/slot-keys';

/** Recognisable bytes: 32 ascending ones from `first` on. */
export const ascending = (first: number, length = 32) =>
  Uint8Array.from({ length }, (_, index) => (first + index) % 256);

export const publisherKey: Hex = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
export const publisher = privateKeySigner(publisherKey);
export const root = ascending(0x40);
export const stream: Hex = '0x00112233445566778899aabbccddeeff00112233';
export const licensee: Hex = '0xaabbccddeeff00112233445566778899aabbccdd';
export const slotDuration = 60;
export const timestamp = 1_764_000_030_123;
export const slot = slotAt(timestamp, slotDuration);

export const seedJson = (seed: Seed) => ({ depth: seed.depth, index: seed.index, key: hexOf(seed.key) });
export const eventFields = (event: StreamEvent) => ({
  ...event,
  content: hexOf(event.content),
  signature: hexOf(event.signature)
});

/** Something that the vectors say must be refused is taken. */
export class VectorNotRefusedError extends TributaryError {
  readonly code = 'vector-not-refused';
  readonly title = 'Something malformed decodes';
}
