import { eq, sql } from 'drizzle-orm';
import type { Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import type { Hex } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { appendMessages } from '../outbox/append.ts';
import type { Header } from './chain.ts';
import { cursor, factsVersion, factTables, journal, knownBlock, searchPlace, searchProduct } from '../schema.ts';

/** How far the tables are, and of which chain. */
export interface Cursor {
  /** The deployment as `deploymentKey` writes it. */
  readonly deployment: string;
  /** Last block whose facts are visible; the one before the deployment's first, right after a rebuild. */
  readonly number: number;
  readonly hash: Hex;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly foulLogs: number;
  /** Unix seconds at which one unit of karma was one point. */
  readonly karmaOrigin: number;
  /** Seconds in which karma halves. */
  readonly karmaHalfLife: number;
  /** First block as of which the facts can be told. */
  readonly historyFrom: number;
  /** Whether facts are put into the outbox: not while the tables are filled from the beginning. */
  readonly telling: boolean;
}

/** Another process moved the cursor in between: two indexers share these tables. */
export class CursorMovedError extends TributaryError {
  readonly code = 'cursor-moved';
  readonly title = 'Another indexer writes the same tables';
  override readonly status = 503;
}

/** A deployment on one line: where it differs, the tables speak of another market. */
export function deploymentKey({ chainId, genesisHash, startBlock, contracts }: Deployment): string {
  const { StreamRegistry, DataLicense, DeliveryEscrow, DeliveryOracle, Karma, Wishlist, AttestationResolver } =
    contracts;
  const read = [StreamRegistry, DataLicense, DeliveryEscrow, DeliveryOracle, Karma, Wishlist, AttestationResolver];
  return [factsVersion, chainId, genesisHash, startBlock, ...read].map(String).join(' ');
}

/** Whether tables speak of a deployment, whatever the version of the code that wrote them. */
export function isOfDeployment({ deployment }: Cursor, given: Deployment): boolean {
  const market = (key: string) => key.slice(key.indexOf(' '));
  return market(deployment) === market(deploymentKey(given));
}

/** Whether another version of the code made the facts, so that they have to be derived anew. */
export function factsAreOld({ deployment }: Cursor): boolean {
  return !deployment.startsWith(`${String(factsVersion)} `);
}

/** Null before the first rebuild. */
export async function readCursor(database: Database): Promise<Cursor | null> {
  const [row] = await database.select().from(cursor).where(eq(cursor.id, 1));
  return row ?? null;
}

/**
 * Locks the cursor for the rest of the transaction.
 *
 * @throws {@link CursorMovedError} when it is not where the caller believes.
 */
export async function lockCursor(transaction: Database, expected: Cursor): Promise<void> {
  const [row] = await transaction.select().from(cursor).where(eq(cursor.id, 1)).for('update');
  if (row?.hash !== expected.hash || row.number !== expected.number || row.deployment !== expected.deployment) {
    throw new CursorMovedError('Stop the other indexer, or give each one a database of its own.');
  }
}

/** Every table that a chain alone determines, those of search included. */
export const chainTables = [...Object.values(factTables), searchProduct, searchPlace, journal, knownBlock, cursor];

/** Moves the cursor inside a transaction that holds it. */
export async function moveCursor(transaction: Database, to: Cursor): Promise<void> {
  await transaction.update(cursor).set(to).where(eq(cursor.id, 1));
}

/**
 * Empties every table of facts, and what search made of them, and puts the cursor at a block, in one transaction.
 *
 * @param known The block of the cursor, from which the chain may branch off; null when there is none.
 * @param quiet Whether the outbox is not to say so.
 */
export async function beginAnew(
  database: Database,
  start: Cursor,
  known: Header | null,
  { quiet = false }: { readonly quiet?: boolean } = {}
): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.execute(
      sql`truncate ${sql.join(
        chainTables.map((table) => sql`${table}`),
        sql`, `
      )}`
    );
    await transaction.insert(cursor).values({ id: 1, ...start });
    const time = Math.floor(Date.now() / 1_000);
    if (!quiet) await appendMessages(transaction, [{ kind: 'indexEmptied', block: null, time, payload: {} }]);
    if (known !== null) await transaction.insert(knownBlock).values(known);
  });
}
