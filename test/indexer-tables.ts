import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';

const factTables = [
  'stream',
  'permission',
  'recipient_key',
  'product',
  'offer',
  'license',
  'purchase',
  'deposit',
  'cohort',
  'delivery_report',
  'karma',
  'wish',
  'wish_answer',
  'wish_stake',
  'attestation'
] as const;
export type FactContents = Record<(typeof factTables)[number], Record<string, unknown>[]>;

/** Reads the indexer's tables past its own code. */
export function indexerTables(databaseUrl: string) {
  const query = async (text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    query,
    /** Every row of every fact. */
    async facts(): Promise<FactContents> {
      const contents = await Promise.all(
        factTables.map(async (table) => [table, await query(`select * from indexer.${table} order by id`)] as const)
      );
      return Object.fromEntries(contents) as FactContents;
    }
  };
}

/** Waits until a condition holds; the test's own time limit ends the waiting. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(25);
}
