import type pg from 'pg';
import type { Hex } from '#sdk/protocol/primitives';
import type { PartitionPlace } from '../event-store.ts';
import { bufferOf } from './bytes.ts';

/** Numbers under which the log keeps its partitions, and how far each has got. */
export class PartitionTable {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;
  private readonly ids = new Map<string, Promise<number>>();

  constructor(pool: pg.Pool, genesisHash: Hex) {
    this.pool = pool;
    this.genesis = bufferOf(genesisHash);
  }

  /** The partition's number, given now if it has none. Ask only for partitions that something is stored in. */
  idOf(place: PartitionPlace): Promise<number> {
    const key = `${place.stream} ${String(place.partition)}`;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.insert(place);
    this.ids.set(key, id);
    id.catch(() => this.ids.delete(key));
    return id;
  }

  /** The partition's number and next offset; null where nothing was ever stored. */
  async find(place: PartitionPlace): Promise<{ id: number; next: number } | null> {
    const { rows } = await this.pool.query<{ id: number; next_offset: number }>(
      'select id, next_offset from broker.partition where genesis = $1 and stream = $2 and partition = $3',
      [this.genesis, bufferOf(place.stream), place.partition]
    );
    const row = rows[0];
    return row === undefined ? null : { id: row.id, next: row.next_offset };
  }

  private async insert(place: PartitionPlace): Promise<number> {
    const { rows } = await this.pool.query<{ id: number }>(
      `with made as (
         insert into broker.partition (genesis, stream, partition) values ($1, $2, $3)
         on conflict (genesis, stream, partition) do nothing returning id)
       select id from made union all
       select id from broker.partition where genesis = $1 and stream = $2 and partition = $3`,
      [this.genesis, bufferOf(place.stream), place.partition]
    );
    const row = rows[0];
    // Another process inserted between the two halves: it is visible now.
    return row === undefined ? this.insert(place) : row.id;
  }
}
