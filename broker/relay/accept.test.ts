import { expect, it } from 'vitest';
import type { StreamEvent } from '#sdk/protocol/event';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { certifyOrigin } from '#sdk/protocol/origin-certificate';
import { p256Signer } from '#sdk/protocol/p256-signature';
import { type EventSigner, privateKeySigner, signEvent } from '#sdk/protocol/signature';
import type { StreamDirectory } from '../chain/streams.ts';
import { Gate } from './accept.ts';
import { EventSignatureError, WritePermissionMissingError } from './refusals.ts';
import { createVerifiers } from './signature-verifiers.ts';

const now = 1_800_000_000_000;

/** What a gate says of one event. @throws Why it may not enter. */
async function examine(gate: Gate, bytes: Uint8Array): Promise<StreamEvent> {
  for (const step of gate.examine([bytes])) {
    const [one] = await step;
    if (one !== undefined && 'event' in one) return one.event;
    throw one?.error;
  }
  return expect.fail('nothing was examined');
}

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
  await expect(examine(gate, forged)).rejects.toThrow(EventSignatureError);
  expect(asked).toEqual([]);
  await expect(examine(gate, encodeEvent(event))).rejects.toThrow(WritePermissionMissingError);
  expect(asked).toEqual([signer.origin]);
});

it('takes events of a key that an account with Write vouches for, and asks a contract only if it may write', async () => {
  const writers = new Set<string>();
  const asked: string[] = [];
  const streams = {
    findRunning: () => Promise.resolve({ slotDuration: 60, partitions: 1 }),
    isPublic: () => Promise.resolve(true),
    holds: (_stream: string, account: string) => Promise.resolve(writers.has(account))
  } as unknown as StreamDirectory;
  const reader = {
    accepts: (account: string) => {
      asked.push(account);
      return Promise.resolve(true);
    }
  };
  const gate = new Gate(streams, () => now, createVerifiers(reader).table);
  const owner = privateKeySigner(`0x${'1'.repeat(64)}`);
  const key = await p256Signer(`0x${'2'.repeat(64)}`);
  const stream = `0x${'ab'.repeat(20)}` as const;
  const unsigned = (signer: EventSigner) => ({
    version: 1 as const,
    stream,
    partition: 0,
    timestamp: now,
    sequence: 0,
    contentType: 'application/json',
    encryptionType: 'none' as const,
    era: 0,
    slot: 0,
    content: new Uint8Array([1]),
    originType: signer.originType,
    origin: signer.origin,
    signatureType: signer.signatureType
  });
  const certificate = await certifyOrigin({ stream, originType: 'p256', subject: key.origin, until: now + 1 }, owner);
  const certified = encodeEvent(await signEvent(unsigned(key), { ...key, certificate }));
  await expect(examine(gate, certified)).rejects.toThrow(WritePermissionMissingError);
  writers.add(owner.origin);
  await expect(examine(gate, certified)).resolves.toMatchObject({ origin: key.origin });

  const contract = { ...owner, origin: `0x${'c0'.repeat(20)}`, signatureType: 'erc1271' } as const;
  const byContract = encodeEvent(await signEvent(unsigned(contract), contract));
  await expect(examine(gate, byContract)).rejects.toThrow(WritePermissionMissingError);
  expect(asked).toEqual([]);
  writers.add(contract.origin);
  await expect(examine(gate, byContract)).resolves.toMatchObject({ origin: contract.origin });
  expect(asked).toEqual([contract.origin]);
});
