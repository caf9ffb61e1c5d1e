import { createDecipheriv, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import {
  ContentUndecryptableError,
  decryptContent,
  encryptContent,
  eventKey,
  sealContent,
  verifySlot
} from './content-cipher.ts';
import { decodeEvent, encodeHeader, EventMalformedError, type UnsignedEvent } from './event-encoding.ts';
import { eventArbitrary } from './event.arbitrary.ts';
import type { Hex } from './primitives.ts';
import vectors from './vectors/event.json' with { type: 'json' };

const { encryption } = vectors;
const encoded = vectors.events.find(({ event }) => event.encryptionType !== 'none')?.encoded ?? '0x';
const event = decodeEvent(bytesOf(encoded as Hex));
const key = bytesOf(encryption.slotKey as Hex);

describe('vectors', () => {
  it('derive the event key', () => {
    expect(hexOf(eventKey(event, key))).toBe(encryption.eventKey);
  });

  it('encrypt', () => {
    const plaintext = bytesOf(encryption.plaintext as Hex);
    const nonce = bytesOf(encryption.nonce as Hex);
    expect(hexOf(encodeHeader(event))).toBe(encryption.additionalData);
    expect(hexOf(sealContent(event, plaintext, key, nonce))).toBe(encryption.content);
  });

  it('decrypt', async () => {
    expect(hexOf(await decryptContent(event, key))).toBe(encryption.plaintext);
  });

  it('are read by another implementation from the written layout alone', () => {
    const info = Buffer.concat([
      Buffer.from('\x13tributary/event-key'),
      Buffer.from(event.stream.slice(2), 'hex'),
      Buffer.of(0, 0, 0, event.partition),
      Buffer.of(0, 20),
      Buffer.from(event.origin.slice(2), 'hex')
    ]);
    const derived = Buffer.from(hkdfSync('sha256', key, new Uint8Array(), info, 32));
    expect(`0x${derived.toString('hex')}`).toBe(encryption.eventKey);
    const content = Buffer.from(event.content);
    const decipher = createDecipheriv('aes-256-gcm', derived, content.subarray(0, 12));
    decipher.setAAD(bytesOf(encryption.additionalData as Hex)).setAuthTag(content.subarray(-16));
    const plaintext = Buffer.concat([decipher.update(content.subarray(12, -16)), decipher.final()]);
    expect(`0x${plaintext.toString('hex')}`).toBe(encryption.plaintext);
  });
});

describe('content', () => {
  it('comes back from encryption, 28 bytes longer in between', async () => {
    await fc.assert(
      fc.asyncProperty(eventArbitrary, fc.uint8Array({ maxLength: 500 }), async (random, plaintext) => {
        const header = { ...random, encryptionType: 'aes-256-gcm' } as const;
        const content = await encryptContent(header, plaintext, key);
        expect(content).toHaveLength(plaintext.length + 28);
        expect(hexOf(await decryptContent({ ...header, content }, key))).toBe(hexOf(plaintext));
      })
    );
  });

  it('is never encrypted the same way twice', async () => {
    const once = await encryptContent(event, new Uint8Array(10), key);
    expect(hexOf(await encryptContent(event, new Uint8Array(10), key))).not.toBe(hexOf(once));
  });

  it('does not open with another key', async () => {
    await expect(decryptContent(event, key.with(0, 0))).rejects.toThrow(ContentUndecryptableError);
  });

  it.each<[string, Partial<UnsignedEvent>]>([
    ['stream', { stream: '0x0000000000000000000000000000000000000001' }],
    ['partition', { partition: 8 }],
    ['timestamp', { timestamp: event.timestamp + 1 }],
    ['sequence', { sequence: 2 }],
    ['content type', { contentType: 'text/plain' }],
    ['era', { era: 4 }],
    ['slot', { slot: event.slot + 1 }],
    ['origin type', { originType: 'x509' }],
    ['origin', { origin: '0x0000000000000000000000000000000000000002' }],
    ['signature type', { signatureType: 'p256' }]
  ])('does not open in an event with another %s', async (_, change) => {
    await expect(decryptContent({ ...event, ...change }, key)).rejects.toThrow(ContentUndecryptableError);
  });

  it('does not open with any bit flipped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(event.content.length * 8 - 1), async (bit) => {
        const at = Math.floor(bit / 8);
        const content = Uint8Array.from(event.content).with(at, (event.content[at] ?? 0) ^ (1 << (bit % 8)));
        await expect(decryptContent({ ...event, content }, key)).rejects.toThrow(ContentUndecryptableError);
      })
    );
  });

  it('shorter than nonce and tag does not open', async () => {
    const content = event.content.subarray(0, 27);
    await expect(decryptContent({ ...event, content }, key)).rejects.toThrow(ContentUndecryptableError);
  });

  it('of an unencrypted event is what it is', async () => {
    const clear = { ...event, encryptionType: 'none', era: 0, slot: 0 } as const;
    expect(await decryptContent(clear, key)).toBe(clear.content);
    await expect(encryptContent(clear, new Uint8Array(), key)).rejects.toThrow(EventMalformedError);
  });

  it('has a key of its own per stream, partition and origin', () => {
    const other = '0x0000000000000000000000000000000000000001';
    const keys = [event, { ...event, stream: other }, { ...event, partition: 8 }, { ...event, origin: other }] as const;
    expect(new Set(keys.map((header) => hexOf(eventKey(header, key)))).size).toBe(4);
  });
});

describe('a slot', () => {
  it('must contain the timestamp', () => {
    const end = (event.slot + 1) * 60_000;
    expect(verifySlot(event, 60)).toBe(true);
    expect(verifySlot({ ...event, timestamp: event.slot * 60_000 }, 60)).toBe(true);
    expect(verifySlot({ ...event, timestamp: event.slot * 60_000 - 1 }, 60)).toBe(false);
    expect(verifySlot({ ...event, timestamp: end - 1 }, 60)).toBe(true);
    expect(verifySlot({ ...event, timestamp: end }, 60)).toBe(false);
    expect(verifySlot(event, 61)).toBe(false);
  });

  it('beyond the last one contains nothing', () => {
    expect(verifySlot({ ...event, timestamp: Number.MAX_SAFE_INTEGER, slot: 2 ** 32 - 1 }, 1)).toBe(false);
  });

  it('of an unencrypted event is 0', () => {
    expect(verifySlot({ ...event, encryptionType: 'none', slot: 0 }, 60)).toBe(true);
    expect(verifySlot({ ...event, encryptionType: 'none' }, 60)).toBe(false);
  });
});
