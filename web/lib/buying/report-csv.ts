import type { Hex } from '#sdk/protocol/primitives';
import { plainDatacoin } from '../ui/money.ts';

/** One movement of money of a buyer. */
export interface AccountEntry {
  readonly kind: 'purchase' | 'renewal' | 'refund';
  /** Unix seconds of the block. */
  readonly timestamp: number;
  readonly blockNumber: bigint;
  readonly transactionHash: Hex;
  readonly productId: Hex;
  readonly offerId: Hex;
  /** Name of the product; empty where it has none. */
  readonly product: string;
  /** Who paid; another account for a gift, empty for a refund. */
  readonly payer: string;
  /** Unix seconds: the range that was bought, or given back; null where the record does not say. */
  readonly from: number | null;
  readonly until: number | null;
  /** DATAcoin wei: negative for what was paid, positive for what flowed back. */
  readonly wei: bigint;
}

const columns = [
  'date',
  'kind',
  'product',
  'from',
  'until',
  'data',
  'wei',
  'payer',
  'transaction',
  'block',
  'product_id',
  'offer_id'
] as const;

/** A cell by RFC 4180. What a spreadsheet would take for a formula is made text: sellers name their products. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(?:\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const time = (seconds: number | null) => (seconds === null ? '' : new Date(seconds * 1000).toISOString());

/** The entries as a table for accounting: RFC 4180, UTF-8, times as RFC 3339 in UTC, amounts with every digit. */
export function reportCsv(entries: readonly AccountEntry[]): string {
  const rows = entries.map((entry) => {
    const amount = plainDatacoin(entry.wei < 0n ? -entry.wei : entry.wei);
    return [
      time(entry.timestamp),
      entry.kind,
      entry.product,
      time(entry.from),
      time(entry.until),
      entry.wei < 0n ? `-${amount}` : amount,
      String(entry.wei),
      entry.payer,
      entry.transactionHash,
      String(entry.blockNumber),
      entry.productId,
      entry.offerId
    ];
  });
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
