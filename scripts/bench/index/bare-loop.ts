import pg from 'pg';
import { createPublicClient, http, toEventSelector, type AbiEvent } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';

/** Seconds of a loop that only gets the logs, decodes them and inserts them: no reorganisations, no entities, no undoing. */
export async function bareLoop(chainUrl: string, databaseUrl: string, head: number): Promise<number> {
  const client = createPublicClient({ transport: http(chainUrl) });
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    await database.query(`drop table if exists bare_log; create table bare_log
      (block bigint, log_index int, address text, name text, arguments jsonb, primary key (block, log_index))`);
    const wanted: AbiEvent[] = [...streamRegistryAbi, ...streamAbi].filter(
      ({ type }) => type === 'event'
    ) as AbiEvent[];
    const selectors = new Set(wanted.map((event) => toEventSelector(event)));
    const began = performance.now();
    for (let from = 0; from <= head; from += 20) {
      const logs = await client.getLogs({
        events: wanted,
        fromBlock: BigInt(from),
        toBlock: BigInt(Math.min(head, from + 19))
      });
      const rows = logs
        .filter(({ topics: [selector] }) => selector !== undefined && selectors.has(selector))
        .map((log) => ({
          block: Number(log.blockNumber),
          log_index: log.logIndex,
          address: log.address,
          name: log.eventName,
          arguments: log.args
        }));
      const json = JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
      await database.query('insert into bare_log select * from json_populate_recordset(null::bare_log, $1)', [json]);
    }
    return (performance.now() - began) / 1_000;
  } finally {
    await database.end();
  }
}
