import { expect, it } from 'vitest';
import type { StreamEvent } from '#sdk/protocol/event';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { certifyOrigin } from '#sdk/protocol/origin-certificate';
import { p256Signer } from '#sdk/protocol/p256-signature';
import type { Address } from '#sdk/protocol/primitives';
import { type EventSigner, privateKeySigner, signEvent } from '#sdk/protocol/signature';
import { signEvents } from '#sdk/protocol/signature-batch';
import { slotAt } from '#sdk/protocol/slot-keys';
import type { StreamDirectory } from '../chain/streams.ts';
import { Gate } from './accept.ts';
import { EraEndedError, EventSignatureError, WritePermissionMissingError } from './refusals.ts';
import type { EraStart } from './store/sealed-log.ts';
import { createVerifiers } from './signature-verifiers.ts';

const now = 1_800_000_000_000;

const noEraEnded = { startsOf: () => Promise.resolve([]) };

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
  const gate = new Gate(streams, noEraEnded, () => now, createVerifiers().table);
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

it('refuses an encrypted event whose era another one replaced before its slot, alone and in a batch', async () => {
  const streams = {
    findRunning: () => Promise.resolve({ slotDuration: 60, partitions: 1 }),
    holds: () => Promise.resolve(true)
  } as unknown as StreamDirectory;
  const slot = slotAt(now, 60);
  const stream = `0x${'ab'.repeat(20)}` as const;
  const signer = privateKeySigner(`0x${'1'.repeat(64)}`);
  const unsigned = (sequence: number, suffix = '') => ({
    version: 1 as const,
    stream,
    partition: 0,
    timestamp: now,
    sequence,
    contentType: 'application/json',
    encryptionType: 'aes-256-gcm' as const,
    era: 4,
    slot,
    content: new Uint8Array(28),
    originType: signer.originType,
    origin: signer.origin,
    signatureType: `${signer.signatureType}${suffix}`
  });
  const events = [
    await signEvent(unsigned(0), signer),
    ...(await signEvents(
      [1, 2, 3].map((sequence) => unsigned(sequence, '-merkle')),
      signer
    ))
  ].map(encodeEvent);
  const outcomes = async (...starts: EraStart[]) => {
    const startsOf = (...asked: unknown[]) =>
      Promise.resolve(asked.join(' ') === `${stream} ${signer.origin}` ? starts : []);
    const gate = new Gate(streams, { startsOf }, () => now, createVerifiers().table);
    const [step = []] = gate.examine(events);
    return (await step).map((one) => ('error' in one ? one.error : 'taken'));
  };
  const issuer: Address = signer.origin;
  expect(await outcomes()).toEqual(events.map(() => 'taken'));
  expect(await outcomes({ era: 5, fromSlot: slot + 1, issuer }, { era: 4, fromSlot: 0, issuer })).toEqual(
    events.map(() => 'taken')
  );
  expect(await outcomes({ era: 7, fromSlot: slot, issuer }, { era: 5, fromSlot: slot - 9, issuer })).toEqual(
    events.map(() => new EraEndedError(4, 7))
  );
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
  const gate = new Gate(streams, noEraEnded, () => now, createVerifiers(reader).table);
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
