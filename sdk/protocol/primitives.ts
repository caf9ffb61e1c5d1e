import * as z from 'zod';

/** A 20-byte account or contract as lowercase hex with 0x; the form every API, row and document uses. */
export type Address = `0x${string}`;
/** Bytes as lowercase hex with 0x. */
export type Hex = `0x${string}`;

const hexOfBytes = (bytes: number, what: string) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${String(bytes * 2)}}$`), `must be ${what}`)
    .transform((value) => value.toLowerCase() as Hex);

/** Accepts any letter case, returns lowercase. */
export const addressSchema = hexOfBytes(20, 'an address: 0x and 40 hexadecimal digits');
/** 32 bytes: offer ids, product ids, hashes, X25519 public keys. */
export const bytes32Schema = hexOfBytes(32, '32 bytes: 0x and 64 hexadecimal digits');
/** Any whole number of bytes. */
export const hexSchema = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/, 'must be bytes in hexadecimal with 0x')
  .transform((value) => value.toLowerCase() as Hex);
/** Up to so many bytes. */
export const hexUpTo = (bytes: number) =>
  z
    .string()
    .max(2 + 2 * bytes)
    .pipe(hexSchema);
/** An amount of DATAcoin in wei as decimal digits, since JSON numbers cannot hold it. */
export const weiSchema = z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/, 'must be wei in decimal digits');
/** Unix time in seconds, as the chain counts. */
export const secondsSchema = z
  .int()
  .min(0)
  .max(2 ** 40 - 1);
/** Unix time in milliseconds, as events count. */
export const millisecondsSchema = z
  .int()
  .min(0)
  .max(2 ** 53 - 1);
