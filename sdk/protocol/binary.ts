import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { Hex } from './primitives.ts';

/**
 * Reading and writing of canonical binary forms: big-endian integers, and parts of variable length behind their length.
 * A form is canonical when it has exactly one encoding; the reader therefore refuses whatever the writer never writes.
 */

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Why bytes or values have no canonical form; callers turn it into an error of their own. */
export type Refuse = (reason: string) => never;

/** Bytes of lowercase hex with 0x. */
export function bytesOf(hex: Hex): Uint8Array<ArrayBuffer> {
  return hexToBytes(hex.slice(2));
}

/** Lowercase hex with 0x of bytes. */
export function hexOf(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}

/** UTF-8 of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** A growing buffer. All integers are unsigned and big-endian; what does not fit is refused. */
export class BinaryWriter {
  readonly #refuse: Refuse;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(refuse: Refuse, capacity = 512) {
    this.#refuse = refuse;
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** An unsigned integer of `width` bytes; 8 bytes hold safe integers only. */
  integer(value: number, width: 1 | 2 | 4 | 8, what: string): this {
    const largest = width === 8 ? Number.MAX_SAFE_INTEGER : 2 ** (width * 8) - 1;
    if (!Number.isSafeInteger(value) || value < 0 || value > largest) {
      this.#refuse(`${what} must be a whole number from 0 to ${String(largest)}`);
    }
    const at = this.#reserve(width);
    if (width === 1) this.#view.setUint8(at, value);
    else if (width === 2) this.#view.setUint16(at, value);
    else if (width === 4) this.#view.setUint32(at, value);
    else {
      this.#view.setUint32(at, Math.floor(value / 2 ** 32));
      this.#view.setUint32(at + 4, value % 2 ** 32);
    }
    return this;
  }

  /** Bytes as they are, for parts whose length every reader knows. */
  fixed(bytes: Uint8Array, length: number, what: string): this {
    if (bytes.length !== length) this.#refuse(`${what} must have ${String(length)} bytes`);
    const at = this.#reserve(length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Bytes of lowercase hex with 0x, for parts whose length every reader knows. */
  hex(hex: Hex, length: number, what: string): this {
    if (hex.length !== 2 + 2 * length || !/^0x[0-9a-f]*$/.test(hex)) {
      this.#refuse(`${what} must be 0x and ${String(2 * length)} lowercase hexadecimal digits`);
    }
    return this.fixed(bytesOf(hex), length, what);
  }

  /** Bytes behind their length, which takes `width` bytes. */
  variable(bytes: Uint8Array, width: 1 | 2 | 4, limit: number, what: string): this {
    if (bytes.length > limit) {
      this.#refuse(`${what} has ${String(bytes.length)} bytes, more than the ${String(limit)} allowed`);
    }
    this.integer(bytes.length, width, `length of ${what}`);
    return this.fixed(bytes, bytes.length, what);
  }

  /** UTF-8 behind its length. Text that UTF-8 cannot carry (lone surrogates) is refused. */
  text(text: string, width: 1 | 2 | 4, limit: number, what: string): this {
    const bytes = encoder.encode(text);
    if (bytes.length !== text.length && strictDecoder.decode(bytes) !== text) {
      this.#refuse(`${what} is no well-formed text`);
    }
    return this.variable(bytes, width, limit, what);
  }

  /** What was written, as a copy of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = needed;
    return at;
  }
}

/** Reads what a {@link BinaryWriter} wrote; refuses bytes that end early or go on too long. */
export class BinaryReader {
  readonly #refuse: Refuse;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array, refuse: Refuse) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#refuse = refuse;
  }

  /** Bytes that were read. */
  get at(): number {
    return this.#at;
  }

  integer(width: 1 | 2 | 4 | 8, what: string): number {
    const at = this.#advance(width, what);
    if (width === 1) return this.#view.getUint8(at);
    if (width === 2) return this.#view.getUint16(at);
    if (width === 4) return this.#view.getUint32(at);
    const value = this.#view.getUint32(at) * 2 ** 32 + this.#view.getUint32(at + 4);
    if (!Number.isSafeInteger(value)) this.#refuse(`${what} is larger than ${String(Number.MAX_SAFE_INTEGER)}`);
    return value;
  }

  /** A view of the next bytes, not a copy. */
  fixed(length: number, what: string): Uint8Array {
    const at = this.#advance(length, what);
    return this.#bytes.subarray(at, at + length);
  }

  hex(length: number, what: string): Hex {
    return hexOf(this.fixed(length, what));
  }

  /** A view of the bytes behind their length, not a copy. */
  variable(width: 1 | 2 | 4, limit: number, what: string): Uint8Array {
    const length = this.integer(width, `length of ${what}`);
    if (length > limit) this.#refuse(`${what} has ${String(length)} bytes, more than the ${String(limit)} allowed`);
    return this.fixed(length, what);
  }

  text(width: 1 | 2 | 4, limit: number, what: string): string {
    const bytes = this.variable(width, limit, what);
    try {
      return strictDecoder.decode(bytes);
    } catch {
      return this.#refuse(`${what} is not UTF-8`);
    }
  }

  /** Must be called last: bytes that nobody read are refused. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) this.#refuse(`${String(left)} bytes follow the end`);
  }

  #advance(count: number, what: string): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) this.#refuse(`the bytes end within ${what}`);
    this.#at = at + count;
    return at;
  }
}
