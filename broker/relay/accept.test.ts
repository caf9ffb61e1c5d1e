import { expect, it } from 'vitest';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { privateKeySigner, signEvent } from '#sdk/protocol/signature';
import type { StreamDirectory } from '../chain/streams.ts';
import { Gate } from './accept.ts';
import { EventSignatureError, WritePermissionMissingError } from './refusals.ts';
import { createVerifiers } from './signature-verifiers.ts';

const now = 1_800_000_000_000;

it('asks the chain about an origin only once the origin has signed', async () => {
  const asked: string[] = [];
  const streams = {
    findRunning: () => Promise.resolve({ slotDuration: 60, partitions: 1 }),
    isPublic: () => Promise.resolve(true),
    holds: (_stream: string, origin: string) => {
      asked.push(origin);
      return Promise.resolve(false);
    }
  } as unknown as StreamDirectory;
  const gate = new Gate(streams, () => now, createVerifiers().table);
  const signer = privateKeySigner(`0x${'1'.repeat(64)}`);
  const event = await signEvent(
    {
      version: 1,
      stream: `0x${'ab'.repeat(20)}`,
      partition: 0,
      timestamp: now,
      sequence: 0,
      contentType: 'application/json',
      encryptionType: 'none',
      era: 0,
      slot: 0,
      content: new Uint8Array([1]),
      originType: signer.originType,
      origin: signer.origin,
      signatureType: signer.signatureType
    },
    signer
  );
  const forged = encodeEvent({ ...event, origin: `0x${'cd'.repeat(20)}` });
  await expect(gate.examine(forged)).rejects.toThrow(EventSignatureError);
  expect(asked).toEqual([]);
  await expect(gate.examine(encodeEvent(event))).rejects.toThrow(WritePermissionMissingError);
  expect(asked).toEqual([signer.origin]);
});
