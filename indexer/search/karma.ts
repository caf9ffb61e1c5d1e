import { and, eq, inArray } from 'drizzle-orm';
import type { Address } from '#sdk/protocol/primitives';
import { karma } from '../schema.ts';
import { readCursor } from '../sync/cursor.ts';
import type { View } from './view.ts';

/** Points below which karma has expired: one DATA, in wei. */
const leastPoints = 10n ** 18n;
/** Bits after the point of the factor by which units become points. */
const precision = 53;

/** How karma decays, in seconds. */
export interface Decay {
  readonly origin: number;
  readonly halfLife: number;
}

/** The decay that the contract was deployed with; null before the first block was read. */
export async function readDecay({ database }: View): Promise<Decay | null> {
  const cursor = await readCursor(database);
  return cursor === null || cursor.number < 0 ? null : { origin: cursor.karmaOrigin, halfLife: cursor.karmaHalfLife };
}

/**
 * Units -> points at a time, as Karma.pointsAt gives them, to about 15 digits.
 *
 * @param units Decimal digits. @param at Unix seconds; before the origin nothing has decayed.
 * @returns wei in decimal digits, 0 below one DATA.
 */
export function pointsAt(units: string, at: number, { origin, halfLife }: Decay): string {
  const age = Math.max(0, at - origin);
  const halvings = Math.floor(age / halfLife);
  const factor = BigInt(Math.round(2 ** (precision - (age % halfLife) / halfLife)));
  const points = (BigInt(units) * factor) >> BigInt(precision + halvings);
  return points < leastPoints ? '0' : points.toString();
}

/** Points of accounts as sellers now, by account; accounts without any are left out. */
export async function sellerPoints(view: View, accounts: readonly Address[]): Promise<Map<Address, string>> {
  if (accounts.length === 0) return new Map();
  const rows = await view.database
    .select({ account: karma.account, units: karma.units })
    .from(karma)
    .where(and(eq(karma.role, 'SELLER'), inArray(karma.account, [...new Set(accounts)])));
  const decay = await readDecay(view);
  return new Map(
    rows.map(({ account, units }) => [account, decay === null ? '0' : pointsAt(units, view.now(), decay)])
  );
}
