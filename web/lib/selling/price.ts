import { parseDatacoin } from '../ui/money.ts';
import type { Draft } from './draft.ts';

const seconds = { hour: 3_600, day: 86_400, month: 2_592_000 } as const;

/**
 * The price that the chain will hold.
 *
 * @returns Wei per second, rounded down; null where the amount is none, or too small for a single wei per second.
 */
export function pricePerSecondOf(draft: Pick<Draft, 'free' | 'amount' | 'per'>): bigint | null {
  if (draft.free) return 0n;
  const amount = parseDatacoin(draft.amount);
  if (amount === null) return null;
  const price = amount / BigInt(seconds[draft.per]);
  return price === 0n ? null : price;
}
