import { hexOf, utf8 } from '#sdk/protocol/binary';
import { eventVersion } from '#sdk/protocol/event';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { encodeEventFrame, encodePublishFrame } from '#sdk/protocol/frame';
import { signEvent } from '#sdk/protocol/signature';
import { publisher, stream, timestamp } from './inputs.ts';

export async function frameVectors(): Promise<unknown> {
  const header = { version: eventVersion, stream, partition: 0, timestamp, contentType: 'text/plain' } as const;
  const clear = { encryptionType: 'none', era: 0, slot: 0 } as const;
  const by = { originType: 'address', origin: publisher.origin, signatureType: 'secp256k1' } as const;
  const events: Uint8Array[] = [];
  for (const sequence of [0, 1]) {
    const unsigned = { ...header, ...clear, ...by, sequence, content: utf8(`event ${String(sequence)}`) };
    events.push(encodeEvent(await signEvent(unsigned, publisher)));
  }
  const offsets = [41, 2 ** 40];
  const records = events.map((bytes, index) => ({ offset: offsets[index] ?? 0, bytes }));
  return {
    description: 'Binary frames of the WebSocket: kind 1 publishes events, kind 2 delivers them with their offsets.',
    events: events.map(hexOf),
    publish: { id: 2 ** 32 - 1, frame: hexOf(encodePublishFrame(2 ** 32 - 1, events)) },
    delivered: { offsets, frame: hexOf(encodeEventFrame(records)) }
  };
}
