import { bytesOf, hexOf, utf8 } from '#sdk/protocol/binary';
import { eventVersion, type StreamEvent } from '#sdk/protocol/event';
import { encodeEvent, encodeSignedPart, type UnsignedEvent } from '#sdk/protocol/event-encoding';
import type { Hex } from '#sdk/protocol/primitives';
import { personalMessageHash, type EventSigner } from '#sdk/protocol/signature';
import {
  decodeBatchSignature,
  encodeBatchRoot,
  encodeBatchSignature,
  leafOf,
  merkleRoot,
  signEvents
} from '#sdk/protocol/signature-batch';

/** Vectors of batches: events under one signature over the root of their Merkle tree. */
export async function eventBatchVectors(stream: Hex, timestamp: number, publisher: EventSigner): Promise<unknown> {
  const unsigned = (sequence: number): UnsignedEvent => ({
    version: eventVersion,
    stream,
    partition: 2,
    timestamp,
    sequence,
    contentType: 'application/json',
    encryptionType: 'none',
    era: 0,
    slot: 0,
    originType: 'address',
    origin: publisher.origin,
    signatureType: 'secp256k1-merkle',
    content: utf8(`{"reading":${String(sequence)}}`)
  });
  const sign = (size: number) =>
    signEvents(
      Array.from({ length: size }, (_, sequence) => unsigned(sequence)),
      publisher
    );
  const describe = (name: string, events: readonly StreamEvent[], chosen: readonly number[]) => {
    const roots = events.map((event) => {
      const batch = decodeBatchSignature(event.signature);
      return { batch, root: merkleRoot(leafOf(encodeSignedPart(event)), batch) };
    });
    const { batch, root } = roots[0] ?? { batch: undefined, root: new Uint8Array(32) };
    const signedRoot = encodeBatchRoot(root, events.length);
    return {
      name,
      size: events.length,
      root: hexOf(root),
      signedRoot: hexOf(signedRoot),
      signedHash: hexOf(personalMessageHash(signedRoot)),
      signature: hexOf(batch?.signature ?? new Uint8Array()),
      events: events
        .filter((_, index) => chosen.includes(index))
        .map((event) => {
          const signedPart = encodeSignedPart(event);
          return {
            encoded: hexOf(encodeEvent(event)),
            signedPart: hexOf(signedPart),
            signature: hexOf(event.signature),
            leaf: hexOf(leafOf(signedPart))
          };
        })
    };
  };
  const three = await sign(3);
  const first = three[0];
  const batch = decodeBatchSignature(first?.signature ?? new Uint8Array());
  const field = encodeBatchSignature(batch);
  const changed = (at: number, value: number) => hexOf(field.with(at, value));
  return {
    description:
      'Batches: leaf is SHA-256(0x00, signedPart); the root follows from leaf, index and proof as in RFC 9162, 2.1.3; signedHash is the EIP-191 hash of signedRoot. refused are signature fields that are not good for the first event of the first batch.',
    batches: [
      describe('three', three, [0, 1, 2]),
      describe('one alone', await sign(1), [0]),
      describe('64', await sign(64), [0, 37, 63]),
      describe('1024', await sign(1024), [1023])
    ],
    refused: [
      { name: 'another number of leaves with the same path', signature: changed(1, 4) },
      { name: 'another place', signature: changed(3, 1) },
      { name: 'a place behind the end', signature: changed(3, 3) },
      { name: 'no leaves', signature: changed(1, 0) },
      { name: 'more than 1024 leaves', signature: changed(0, 8) },
      {
        name: 'one hash too many',
        signature: hexOf(
          Uint8Array.from([...field.slice(0, 68), ...bytesOf(hexOf(field).slice(0, 66) as Hex), ...field.slice(68)])
        )
      },
      { name: 'one hash too few', signature: hexOf(Uint8Array.from([...field.slice(0, 36), ...field.slice(68)])) },
      {
        name: 'hashes in another order',
        signature: hexOf(
          Uint8Array.from([...field.slice(0, 4), ...field.slice(36, 68), ...field.slice(4, 36), ...field.slice(68)])
        )
      },
      { name: 'no signature', signature: hexOf(field.slice(0, 68)) },
      { name: 'one byte follows', signature: hexOf(Uint8Array.from([...field, 0])) }
    ]
  };
}
