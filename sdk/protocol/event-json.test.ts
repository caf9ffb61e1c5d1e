import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventArbitrary } from './event.arbitrary.ts';
import { EventMalformedError } from './event-encoding.ts';
import { eventFromJson, eventToJson, type EventJson } from './event-json.ts';

const sample: EventJson = {
  version: 1,
  stream: '0x00112233445566778899aabbccddeeff00112233',
  partition: 0,
  timestamp: 1_764_000_030_123,
  sequence: 0,
  contentType: 'application/json',
  encryptionType: 'none',
  era: 0,
  slot: 0,
  content: 'e30=',
  originType: 'address',
  origin: '0x2c7536e3605d9c16a7a3d7b1898e529396a65c23',
  signatureType: 'secp256k1',
  signature: 'AQ=='
};

it('carries every event through JSON unchanged', () => {
  fc.assert(
    fc.property(eventArbitrary, (event) => {
      expect(eventFromJson(JSON.parse(JSON.stringify(eventToJson(event))))).toEqual(event);
    })
  );
});

it('carries large contents', () => {
  const content = Uint8Array.from({ length: 256 * 1024 }, (_, index) => index % 251);
  const event = { ...eventFromJson(sample), content };
  expect(eventFromJson(eventToJson(event))).toEqual(event);
});

it('reads addresses in any case', () => {
  const event = eventFromJson({ ...sample, stream: sample.stream.toUpperCase().replace('0X', '0x') });
  expect(event.stream).toBe(sample.stream);
});

describe('refuses', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', [sample]],
    ['an unknown version', { ...sample, version: 2 }],
    ['a missing field', { ...sample, origin: undefined }],
    ['numbers as text', { ...sample, partition: '0' }],
    ['a time in fractions', { ...sample, timestamp: 0.5 }],
    ['base64 with stray bits', { ...sample, content: 'e31=' }],
    ['base64 without padding', { ...sample, content: 'e30' }],
    ['base64 of the URL alphabet', { ...sample, content: '-_-_' }],
    ['base64 with blanks', { ...sample, content: 'e3 0=' }],
    ['no signature', { ...sample, signature: '' }],
    ['content that is too long', { ...sample, content: 'AAAA'.repeat(87_382) }],
    ['an era without encryption', { ...sample, era: 1 }],
    ['a lone surrogate', { ...sample, contentType: '\uD800' }]
  ])('%s', (_, json) => {
    expect(() => eventFromJson(json)).toThrow(EventMalformedError);
  });

  it('with the name of the field', () => {
    expect(() => eventFromJson({ ...sample, partition: -1 })).toThrow(/partition/);
  });
});
