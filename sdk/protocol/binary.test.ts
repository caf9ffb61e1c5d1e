import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinaryReader, BinaryWriter, type Refuse } from './binary.ts';
import { TributaryError } from './problem.ts';

class Refused extends TributaryError {
  readonly code = 'refused';
  readonly title = 'Refused';
}
const refuse: Refuse = (reason) => {
  throw new Refused(reason);
};
const widths = [1, 2, 4, 8] as const;

describe('integers', () => {
  it('read back as written, in big-endian order', () => {
    fc.assert(
      fc.property(fc.constantFrom(...widths), fc.maxSafeNat(), (width, number) => {
        const value = width === 8 ? number : number % 2 ** (8 * width);
        const bytes = new BinaryWriter(refuse).integer(value, width, 'n').finish();
        const expected = value
          .toString(16)
          .padStart(2 * width, '0')
          .toLowerCase();
        expect(Buffer.from(bytes).toString('hex')).toBe(expected);
        expect(new BinaryReader(bytes, refuse).integer(width, 'n')).toBe(value);
      })
    );
  });

  it.each(widths)('of %i bytes refuse what does not fit', (width) => {
    const over = width === 8 ? 2 ** 53 : 2 ** (8 * width);
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, over]) {
      expect(() => new BinaryWriter(refuse).integer(value, width, 'n')).toThrow(Refused);
    }
  });

  it('of 8 bytes are never read beyond 2^53 - 1', () => {
    const bytes = Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0);
    expect(() => new BinaryReader(bytes, refuse).integer(8, 'n')).toThrow(Refused);
  });
});

describe('texts', () => {
  it('read back as written, a byte order mark included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new BinaryWriter(refuse).text(`\uFEFF${text}`, 2, 1000, 't').finish();
        expect(new BinaryReader(bytes, refuse).text(2, 1000, 't')).toBe(`\uFEFF${text}`);
      })
    );
  });

  it.each(['\uD800', 'a\uDC00', '\uDC00\uD800'])('with a lone surrogate are refused', (text) => {
    expect(() => new BinaryWriter(refuse).text(text, 2, 1000, 't')).toThrow(Refused);
  });

  it.each([
    ['overlong form', [0xc0, 0x80]],
    ['surrogate', [0xed, 0xa0, 0x80]],
    ['cut off', [0xe2, 0x82]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]]
  ])('of invalid UTF-8 are refused: %s', (_, bytes) => {
    const encoded = Uint8Array.of(bytes.length, ...bytes);
    expect(() => new BinaryReader(encoded, refuse).text(1, 10, 't')).toThrow(Refused);
  });
});

describe('bytes', () => {
  it('grow beyond the first capacity', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }), (parts) => {
        const writer = new BinaryWriter(refuse, 1);
        for (const part of parts) writer.variable(part, 4, 100, 'part');
        const reader = new BinaryReader(writer.finish(), refuse);
        for (const part of parts) expect(reader.variable(4, 100, 'part')).toEqual(part);
        reader.end();
      })
    );
  });

  it('longer than their limit are refused on both sides', () => {
    const five = new Uint8Array(5);
    expect(() => new BinaryWriter(refuse).variable(five, 1, 4, 'b')).toThrow(Refused);
    const bytes = new BinaryWriter(refuse).variable(five, 1, 5, 'b').finish();
    expect(() => new BinaryReader(bytes, refuse).variable(1, 4, 'b')).toThrow(Refused);
  });

  it('of another length than fixed are refused', () => {
    expect(() => new BinaryWriter(refuse).fixed(new Uint8Array(3), 4, 'b')).toThrow(Refused);
    expect(() => new BinaryReader(new Uint8Array(3), refuse).fixed(4, 'b')).toThrow(Refused);
  });

  it('as hex are refused in capitals, since one value has one form', () => {
    expect(() => new BinaryWriter(refuse).hex('0xAA', 1, 'h')).toThrow(Refused);
    expect(() => new BinaryWriter(refuse).hex('0xaag', 1, 'h')).toThrow(Refused);
    expect(new BinaryWriter(refuse).hex('0xaa', 1, 'h').finish()).toEqual(Uint8Array.of(0xaa));
  });

  it('that follow the end are refused', () => {
    const reader = new BinaryReader(new Uint8Array(2), refuse);
    reader.integer(1, 'n');
    expect(() => {
      reader.end();
    }).toThrow(Refused);
  });

  it('are read from a view, not from the buffer behind it', () => {
    const buffer = Uint8Array.of(9, 1, 2, 9);
    const reader = new BinaryReader(buffer.subarray(1, 3), refuse);
    expect(reader.integer(2, 'n')).toBe(0x0102);
    reader.end();
  });
});
