import { describe, expect, it } from 'vitest';
import type { ReceivedEvent } from '#sdk/actions/event-reader';
import { numericFields, fieldNames, series } from './fields.ts';
import { shownEvent } from './shown-event.ts';

const stream = `0x${'05'.repeat(20)}` as const;
const received = (content: Uint8Array | undefined, contentType = 'application/json'): ReceivedEvent => ({
  offset: 3,
  event: {
    version: 1,
    stream,
    partition: 0,
    timestamp: 1_800_000_000_000,
    sequence: 0,
    contentType,
    encryptionType: 'aes-256-gcm',
    era: 1,
    slot: 30_000_000,
    content: Uint8Array.from({ length: 40 }, (_, index) => index),
    originType: 'address',
    origin: stream,
    signatureType: 'secp256k1',
    signature: new Uint8Array(65)
  },
  verified: true,
  fault: undefined,
  content,
  locked: content === undefined ? 'waiting-for-key' : undefined
});
const text = (value: string) => new TextEncoder().encode(value);

describe('shownEvent', () => {
  it('takes an object apart into fields, and puts what is nested into text', () => {
    const shown = shownEvent(received(text('{"level":2.5,"place":{"x":1},"note":null}')), 1_800_000_000_040);
    expect(shown.fields).toEqual({ level: 2.5, place: '{"x":1}', note: null });
    expect(shown.latency).toBe(40);
    expect(shown.cipher).toBeNull();
  });

  it('shows of a locked event the ciphertext and nothing else', () => {
    const shown = shownEvent(received(undefined), null);
    expect(shown).toMatchObject({ fields: null, text: null, locked: 'waiting-for-key', size: 40, latency: null });
    expect(shown.cipher).toBe('000102030405060708090a0b0c0d0e0f');
  });

  it('shows JSON that is no object, and what only claims to be JSON, as it is', () => {
    expect(shownEvent(received(text('[1,2]')), null)).toMatchObject({ fields: null, text: '[1,2]' });
    expect(shownEvent(received(text('{"level":')), null)).toMatchObject({ fields: null, text: '{"level":' });
  });

  it('counts the bytes of what is no text, and cuts what is too long', () => {
    expect(shownEvent(received(Uint8Array.of(0xff, 0xfe), 'image/png'), null).text).toBe('2 bytes of image/png');
    expect(shownEvent(received(text('x'.repeat(5000)), 'text/plain'), null).text).toHaveLength(2001);
  });
});

describe('pictures', () => {
  const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  it('are the content, or a field that carries one', () => {
    expect(shownEvent(received(Uint8Array.of(0xff, 0xd8), 'image/jpeg'), null).picture).toMatchObject({
      size: 2,
      type: 'image/jpeg'
    });
    const shown = shownEvent(received(text(`{"still":"data:image/png;base64,${dot}","camera":"north"}`)), null);
    expect(shown.picture).toMatchObject({ type: 'image/png', size: 70 });
    expect(shown.fields?.camera).toBe('north');
    expect(String(shown.fields?.still).length).toBeLessThan(50);
  });
  it('come from the event alone, and are no documents of their own', () => {
    for (const still of [
      'https://example.org/a.png',
      'data:image/svg+xml;base64,PHN2Zz4=',
      'data:image/png;base64,***'
    ]) {
      expect(shownEvent(received(text(JSON.stringify({ still }))), null).picture).toBeNull();
    }
    expect(shownEvent(received(text('<svg/>'), 'image/svg+xml'), null).picture).toBeNull();
  });
});

describe('content by a schema', () => {
  it('is shown as what it was decoded to', () => {
    const shown = shownEvent(received(Uint8Array.of(1), 'avro/binary'), null, {
      level: 2.5,
      count: 12n,
      none: undefined
    });
    expect(shown.fields).toEqual({ level: 2.5, count: '12', none: '' });
  });
});

describe('fields', () => {
  const events = ['{"level":2.6,"count":2,"timestamp":9}', '{"level":2.5,"count":1,"place":"pier"}'].map(
    (json, index) => ({
      ...shownEvent(received(text(json)), null),
      timestamp: 1_800_000_002_000 - index * 1000
    })
  );

  it('names them in the order in which they appear', () => {
    expect(fieldNames(events)).toEqual(['level', 'count', 'timestamp', 'place']);
    expect(fieldNames(events, 2)).toEqual(['level', 'count']);
  });

  it('offers numbers for the chart, but no times', () => {
    expect(numericFields(events)).toEqual(['level', 'count']);
  });

  it('orders a series by time', () => {
    expect(series(events, 'level')).toEqual([
      [1_800_000_001, 1_800_000_002],
      [2.5, 2.6]
    ]);
    expect(series(events, 'place')).toEqual([[], []]);
  });
});
