import type { Hex } from '#sdk/protocol/primitives';

/** Bytes of a hexadecimal string with 0x. */
export const bufferOf = (hex: Hex): Buffer => Buffer.from(hex.slice(2), 'hex');

/** Type numbers of Postgres: pg_type.oid of int4 and int8. */
const typeOf = { 4: 23, 8: 20 } as const;
const arrayHead = 20;

/**
 * An array of integers in the binary form of Postgres (array_send in its sources), which costs both sides a tenth of what
 * text does.
 *
 * @param width Bytes of each: int[] or bigint[].
 * @param count Integers that will be added, not fewer.
 */
export function integerArray(width: 4 | 8, count: number): { readonly bytes: Buffer; add(value: number): void } {
  const bytes = Buffer.allocUnsafe(arrayHead + count * (4 + width));
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(0, 4);
  bytes.writeInt32BE(typeOf[width], 8);
  bytes.writeInt32BE(count, 12);
  bytes.writeInt32BE(1, 16);
  let at = arrayHead;
  return {
    bytes,
    add: (value) => {
      at = bytes.writeInt32BE(width, at);
      if (width === 8) at = bytes.writeInt32BE(Math.floor(value / 2 ** 32), at);
      at = bytes.writeUInt32BE(value % 2 ** 32, at);
    }
  };
}
