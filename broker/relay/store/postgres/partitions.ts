import type pg from 'pg';
import type { Hex } from '#sdk/protocol/primitives';
import type { PartitionPlace, RetentionPolicy, Span } from '../event-store.ts';
import { bufferOf } from './bytes.ts';

/** Numbers under which the log keeps its partitions, and how far each has got. */
export class PartitionTable {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;
  private readonly policy: RetentionPolicy;
  private readonly ids = new Map<string, Promise<number>>();

  constructor(pool: pg.Pool, genesisHash: Hex, policy: RetentionPolicy) {
    this.policy = policy;
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

  /** The partition's number; null where nothing was ever stored. */
  async known(place: PartitionPlace): Promise<number | null> {
    const key = `${place.stream} ${String(place.partition)}`;
    const id = this.ids.get(key);
    if (id !== undefined) return id;
    const found = await this.find(place);
    if (found !== null) this.ids.set(key, Promise.resolve(found.id));
    return found?.id ?? null;
  }

  /** How far these partitions reach; nothing of those in which nothing was stored. */
  async ends(places: readonly PartitionPlace[]): Promise<{ place: PartitionPlace; next: number }[]> {
    if (places.length === 0) return [];
    const { rows } = await this.pool.query<{ place: number; next: number }>(
      `select place::int, next_offset as next
       from unnest($2::bytea[], $3::int[]) with ordinality as asked (stream, partition, place)
       join broker.partition using (stream, partition) where genesis = $1 and next_offset > 0`,
      [this.genesis, places.map(({ stream }) => bufferOf(stream)), places.map(({ partition }) => partition)]
    );
    return rows.flatMap(({ place, next }) => {
      const found = places[place - 1];
      return found === undefined ? [] : [{ place: found, next }];
    });
  }

  /** The partition's number and what it holds; null where nothing was ever stored. */
  async find(place: PartitionPlace): Promise<(Span & { id: number }) | null> {
    const { rows } = await this.pool.query<{ id: number; first_offset: number; next_offset: number }>(
      `select id, first_offset, next_offset from broker.partition
       where genesis = $1 and stream = $2 and partition = $3 and next_offset > 0`,
      [this.genesis, bufferOf(place.stream), place.partition]
    );
    const row = rows[0];
    return row === undefined ? null : { id: row.id, first: row.first_offset, next: row.next_offset };
  }

  private async insert(place: PartitionPlace): Promise<number> {
    const { rows } = await this.pool.query<{ id: number }>(
      `with made as (
         insert into broker.partition (genesis, stream, partition, class)
         select $1, $2, $3, broker.class_of(least($5::bigint,
           case when exists (select from broker.retention where genesis = $1 and stream = $2)
             then (select seconds from broker.retention where genesis = $1 and stream = $2) else $4::bigint end))
         on conflict (genesis, stream, partition) do nothing returning id)
       select id from made union all
       select id from broker.partition where genesis = $1 and stream = $2 and partition = $3`,
      [
        this.genesis,
        bufferOf(place.stream),
        place.partition,
        this.policy.usual.seconds ?? null,
        this.policy.most.seconds ?? null
      ]
    );
    const row = rows[0];
    // Another process inserted between the two halves: it is visible now.
    return row === undefined ? this.insert(place) : row.id;
  }
}
