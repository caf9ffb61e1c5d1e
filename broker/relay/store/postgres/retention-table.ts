import type pg from 'pg';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Retention } from '../event-store.ts';
import { bufferOf } from './bytes.ts';

/** How long streams are kept, where that was set. */
export class RetentionTable {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;

  constructor(pool: pg.Pool, genesisHash: Hex) {
    this.pool = pool;
    this.genesis = bufferOf(genesisHash);
  }

  async read(stream: Address): Promise<Retention | null> {
    const { rows } = await this.pool.query<{ seconds: number | null; bytes: number | null }>(
      'select seconds, bytes from broker.retention where genesis = $1 and stream = $2',
      [this.genesis, bufferOf(stream)]
    );
    const row = rows[0];
    if (row === undefined) return null;
    return {
      ...(row.seconds !== null && { seconds: row.seconds }),
      ...(row.bytes !== null && { bytes: row.bytes })
    };
  }

  async write(stream: Address, retention: Retention | null): Promise<void> {
    const place = [this.genesis, bufferOf(stream)];
    if (retention === null) {
      await this.pool.query('delete from broker.retention where genesis = $1 and stream = $2', place);
      return;
    }
    await this.pool.query(
      `insert into broker.retention (genesis, stream, seconds, bytes) values ($1, $2, $3, $4)
       on conflict (genesis, stream) do update set seconds = excluded.seconds, bytes = excluded.bytes`,
      [...place, retention.seconds ?? null, retention.bytes ?? null]
    );
  }
}
