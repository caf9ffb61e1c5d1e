import { bytesOf, hexOf, utf8 } from '#sdk/protocol/binary';
import { eventKey, sealContent } from '#sdk/protocol/content-cipher';
import { eventVersion } from '#sdk/protocol/event';
import {
  type EventHeader,
  EventMalformedError,
  decodeEvent,
  encodeEvent,
  encodeHeader,
  encodeSignedPart
} from '#sdk/protocol/event-encoding';
import type { Hex } from '#sdk/protocol/primitives';
import { personalMessageHash, signEvent } from '#sdk/protocol/signature';
import { rootSeed, slotKey } from '#sdk/protocol/slot-keys';
import {
  VectorNotRefusedError,
  ascending,
  eventFields,
  publisher,
  publisherKey,
  root,
  slot,
  stream,
  timestamp
} from './inputs.ts';

/** Why the code refuses these bytes. */
function reasonAgainst(encoded: Hex): string {
  try {
    decodeEvent(bytesOf(encoded));
  } catch (error) {
    if (error instanceof EventMalformedError) return error.message;
    throw error;
  }
  throw new VectorNotRefusedError(`Refuse this event, or take it from the vectors: ${encoded}.`);
}

export async function eventVectors(): Promise<unknown> {
  const plain: EventHeader = {
    version: eventVersion,
    stream,
    partition: 0,
    timestamp,
    sequence: 0,
    contentType: 'application/json',
    encryptionType: 'none',
    era: 0,
    slot: 0,
    originType: 'address',
    origin: publisher.origin,
    signatureType: 'secp256k1'
  };
  const encrypted: EventHeader = { ...plain, encryptionType: 'aes-256-gcm', era: 3, slot, partition: 7, sequence: 1 };
  const widest: EventHeader = {
    ...plain,
    partition: 2 ** 32 - 1,
    timestamp: 2 ** 53 - 1,
    sequence: 2 ** 32 - 1,
    contentType: 'text/plain; title="Übergröße 🌊"'
  };
  const key = slotKey([rootSeed(root)], slot);
  const plaintext = utf8('{"price":101.5,"unit":"EUR"}');
  const nonce = ascending(0xa0, 12);
  const content = sealContent(encrypted, plaintext, key, nonce);

  const cases = [
    { name: 'unencrypted', unsigned: { ...plain, content: utf8('{"temperature":21.5}') } },
    { name: 'no content at all', unsigned: { ...plain, content: new Uint8Array() } },
    { name: 'largest numbers, and a content type beyond ASCII', unsigned: { ...widest, content: ascending(0) } },
    { name: 'encrypted', unsigned: { ...encrypted, content } }
  ];
  const events = [];
  for (const { name, unsigned } of cases) {
    const event = await signEvent(unsigned, publisher);
    const signedPart = encodeSignedPart(event);
    events.push({
      name,
      event: eventFields(event),
      encoded: hexOf(encodeEvent(event)),
      signedPart: hexOf(signedPart),
      signedHash: hexOf(personalMessageHash(signedPart))
    });
  }

  const encoded = bytesOf(events[0]?.encoded ?? '0x');
  const changed = (at: number, value: number) => hexOf(encoded.with(at, value));
  const malformed = [
    { name: 'nothing', encoded: '0x' },
    { name: 'ends one byte early', encoded: hexOf(encoded.subarray(0, -1)) },
    { name: 'one byte follows the end', encoded: hexOf(Uint8Array.from([...encoded, 0])) },
    { name: 'unknown version', encoded: changed(0, 2) },
    { name: 'timestamp beyond 2^53 - 1', encoded: changed(26, 0x20) },
    { name: 'content type is not UTF-8', encoded: changed(38, 0xff) },
    { name: 'content type longer than 128 bytes', encoded: changed(37, 129) },
    { name: 'unknown encryption type', encoded: changed(56, 0x4e) },
    { name: 'unencrypted with an era', encoded: changed(61, 1) },
    { name: 'unencrypted with a slot', encoded: changed(65, 1) },
    { name: 'origin type in capitals', encoded: changed(68, 0x41) }
  ];
  const refused = malformed.map((vector) => ({ ...vector, reason: reasonAgainst(vector.encoded as Hex) }));

  const signature = bytesOf(events[0]?.event.signature ?? '0x');
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const highS = (order - BigInt(hexOf(signature.subarray(32, 64)))).toString(16).padStart(64, '0');
  const v = signature[64] ?? 0;
  const parts = (r: Uint8Array, s: Uint8Array, last: number) => hexOf(Uint8Array.from([...r, ...s, last]));
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32, 64)];
  const other = await signEvent({ ...plain, content: utf8('{"temperature":21.6}') }, publisher);
  const refusedSignatures = [
    { name: 'high s, with v to match', signature: parts(r, bytesOf(`0x${highS}`), 55 - v) },
    { name: 'the other v', signature: parts(r, s, 55 - v) },
    { name: 'v as recovery bit', signature: parts(r, s, v - 27) },
    { name: 'without v', signature: hexOf(signature.subarray(0, 64)) },
    { name: 'one byte too many', signature: hexOf(Uint8Array.from([...signature, 0])) },
    { name: 'r is zero', signature: parts(new Uint8Array(32), s, v) },
    { name: 's is zero', signature: parts(r, new Uint8Array(32), v) },
    { name: 'r is the order of the curve', signature: parts(bytesOf(`0x${order.toString(16)}`), s, v) },
    { name: 'over another content', signature: hexOf(other.signature) }
  ];
  return {
    description:
      'Events: encoded and decoded they give each other; signedHash is the EIP-191 hash of signedPart; the signature is RFC 6979 deterministic. What is refused must not decode; refusedSignatures are not valid for the first event.',
    privateKey: publisherKey,
    events,
    encryption: {
      slotKey: hexOf(key),
      eventKey: hexOf(eventKey(encrypted, key)),
      nonce: hexOf(nonce),
      additionalData: hexOf(encodeHeader(encrypted)),
      plaintext: hexOf(plaintext),
      content: hexOf(content)
    },
    refused,
    refusedSignatures
  };
}
