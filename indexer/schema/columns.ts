import { bigint, numeric, pgSchema, text } from 'drizzle-orm/pg-core';
import type { Address, Hex } from '#sdk/protocol/primitives';

/** Kinds of columns that the tables of facts are made of. Addresses, hashes and ids are lowercase hex. */
export const indexerSchema = pgSchema('indexer');

/** Whole numbers up to 256 bits: wei, units of karma, counts. */
export const wei = () => numeric({ mode: 'string', precision: 78, scale: 0 });
/** Unix seconds, or a number of seconds. */
export const seconds = () => bigint({ mode: 'number' });
export const block = () => bigint({ mode: 'number' });
export const address = () => text().$type<Address>();
export const addresses = () => text().array().$type<Address[]>();
export const hex = () => text().$type<Hex>();
/** A count or place that JavaScript's numbers hold. */
export const ordinal = () => bigint({ mode: 'number' });
