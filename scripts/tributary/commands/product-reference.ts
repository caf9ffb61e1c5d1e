import { addressSchema, bytes32Schema } from '#sdk/protocol/primitives';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { UsageError } from '../terminal/words.ts';

/** Ids, also within an address of the storefront. */
const idPattern = /(?:^|\/)(0x(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}))\/?(?:[?#].*)?$/;

/**
 * A product as a person names it: its id, or its page in the storefront.
 *
 * @throws {@link UsageError}
 */
export function parseProduct(text: string): Hex {
  const id = idPattern.exec(text.trim())?.[1];
  const parsed = bytes32Schema.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `"${text}" is no product. Give its id (0x and 64 digits) as "tributary search" shows it, or the address of its page.`
  );
}

/**
 * A stream as a person names it: its address, or its page.
 *
 * @throws {@link UsageError}
 */
export function parseStream(text: string): Address {
  const id = idPattern.exec(text.trim())?.[1];
  const parsed = addressSchema.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new UsageError(`"${text}" is no stream. Give its address: 0x and 40 digits.`);
}

/** A product or a stream; see the two above. */
export function parseTarget(text: string): { readonly product: Hex } | { readonly stream: Address } {
  const id = idPattern.exec(text.trim())?.[1] ?? '';
  return id.length === 42 ? { stream: parseStream(text) } : { product: parseProduct(text) };
}

/** A whole number within bounds, as an option gives it. @throws {@link UsageError} */
export function parseCount(text: string, name: string, least: number, most: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${name} must be a whole number from ${String(least)} to ${String(most)}.`);
}
