import { and, inArray, isNull } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { deposit, settlementKinds, type FactRow } from '../schema.ts';
import { createFactSet, loadRows, type FactSet, type LoadedRows } from './fact-set.ts';
import { furtherRowsTouchedBy, rowsTouchedBy } from './facts.ts';
import type { MarketEvent } from './market-logs.ts';
import { licenseId } from './rules/ids.ts';
import type { KnownRows } from './rules/rule.ts';

/** Loads every row that the events of a range will touch: those that they name, then those that follow from these. */
export async function loadFacts(database: Database, events: readonly MarketEvent[]): Promise<FactSet> {
  const rows: LoadedRows = new Map();
  await loadRows(database, events.flatMap(rowsTouchedBy), rows);
  const known = await knownRows(database, events, rows);
  await loadRows(
    database,
    events.flatMap((event) => furtherRowsTouchedBy(event, known)),
    rows
  );
  return createFactSet(rows);
}

async function knownRows(database: Database, events: readonly MarketEvent[], rows: LoadedRows): Promise<KnownRows> {
  const listed = new Map(
    events.flatMap((event) =>
      event.eventName === 'OfferListed' ? [[event.args.offerId as string, event.args.offer] as const] : []
    )
  );
  const openDeposits = await openDepositsOf(database, events);
  return {
    offer(id) {
      const { settlement, boundary } = listed.get(id) ?? {};
      if (settlement !== undefined && boundary !== undefined) {
        return { settlement: settlementKinds[settlement] ?? '', boundary };
      }
      return rows.get('offer')?.get(id) as FactRow<'offer'> | undefined;
    },
    openDeposits: (license) => openDeposits.filter((row) => row.license === license),
    cohortOf: (id) => (rows.get('deposit')?.get(id) as FactRow<'deposit'> | undefined)?.cohort
  };
}

/** Open deposits of the licences that end early in the range. */
async function openDepositsOf(
  database: Database,
  events: readonly MarketEvent[]
): Promise<readonly Pick<FactRow<'deposit'>, 'id' | 'license' | 'cohort'>[]> {
  const ended = new Set(
    events.flatMap((event) =>
      event.eventName === 'LicenseCancelled' || event.eventName === 'LicenseRevoked'
        ? [licenseId(event.args.offerId, event.args.licensee)]
        : []
    )
  );
  if (ended.size === 0) return [];
  return database
    .select({ id: deposit.id, license: deposit.license, cohort: deposit.cohort })
    .from(deposit)
    .where(and(inArray(deposit.license, [...ended]), isNull(deposit.closedAt)));
}
