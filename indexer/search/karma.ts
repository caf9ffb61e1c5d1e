import { and, eq, inArray, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import type { KarmaRecord, karmaQuerySchema } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { karma, type FactRow, type KarmaRole } from '../schema.ts';
import { readCursor } from '../sync/cursor.ts';
import { findPage } from './list-facts.ts';
import type { Page, View } from './view.ts';

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

/** Role and account -> condition on the karma table. */
export function karmaFilter(role: KarmaRole | undefined, account: Address | undefined): SQL | undefined {
  return and(
    role === undefined ? undefined : eq(karma.role, role),
    account === undefined ? undefined : eq(karma.account, account)
  );
}

/**
 * Accounts by karma in a role, the most first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findKarma(view: View, query: z.output<typeof karmaQuerySchema>): Promise<Page<KarmaRecord>> {
  const role = query.role.toUpperCase() as KarmaRole;
  const { account, limit, cursor, at = view.now() } = query;
  const decay = await readDecay(view);
  return findPage(view, 'karma', { filter: karmaFilter(role, account), order: 'units', limit, cursor }, (rows) =>
    rows.map((row) => toKarma(row, at, decay))
  );
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

function toKarma(row: FactRow<'karma'>, at: number, decay: Decay | null): KarmaRecord {
  return {
    account: row.account,
    role: row.role === 'SELLER' ? 'seller' : row.role === 'BUYER' ? 'buyer' : 'broker',
    points: decay === null ? '0' : pointsAt(row.units, at, decay),
    units: row.units,
    earned: row.earned,
    taken: row.taken,
    changedAt: { number: row.changedAtBlock, timestamp: row.changedAt }
  };
}
