import type pg from 'pg';
import type { EraChange } from '#sdk/protocol/era-change';
import { decodeEraChange, encodeEraChange } from '#sdk/protocol/era-change-encoding';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Migration } from '../../../database/migrate.ts';
import { type EraStart, sealedLogLimits } from '../sealed-log.ts';
import { bufferOf } from './bytes.ts';

export const eraChangeMigrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      create table broker.era_change_log (
        id bigint generated always as identity primary key,
        genesis bytea not null,
        stream bytea not null,
        issuer bytea not null,
        era bigint not null,
        from_slot bigint not null,
        bytes bytea not null,
        unique (genesis, stream, issuer, era, from_slot)
      );
      -- what is mostly ciphertext does not compress
      alter table broker.era_change_log alter column bytes set storage external;
    `
  }
];

/** The era changes made so far: public, like grants. */
export class EraChangeLog {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;

  constructor(pool: pg.Pool, genesisHash: Hex) {
    this.pool = pool;
    this.genesis = bufferOf(genesisHash);
  }

  /**
   * @param channel On which Postgres tells other brokers of it.
   * @param teller Who this broker is to them.
   * @returns False if the issuer made one for this era and slot before: the first one stays.
   */
  async append(change: EraChange, channel: string, teller: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ id: number }>(
      `with stored as (insert into broker.era_change_log (genesis, stream, issuer, era, from_slot, bytes)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id)
       select id from stored cross join lateral pg_notify($7, $8 || ' era-change ' || id)`,
      [
        this.genesis,
        bufferOf(change.stream),
        bufferOf(change.issuer),
        change.era,
        change.fromSlot,
        Buffer.from(encodeEraChange(change)),
        channel,
        teller
      ]
    );
    return rows.length === 1;
  }

  /** Era changes by their numbers, oldest first. */
  async read(ids: readonly number[]): Promise<EraChange[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.pool.query<{ bytes: Buffer }>(
      'select bytes from broker.era_change_log where id = any($1) order by id',
      [ids]
    );
    return rows.map((row) => decodeEraChange(row.bytes));
  }

  /** Era changes of a stream, oldest first. */
  async find(stream: Address): Promise<EraChange[]> {
    const { rows } = await this.pool.query<{ bytes: Buffer }>(
      `select bytes from (
         select id, bytes from broker.era_change_log where genesis = $1 and stream = $2 order by id desc limit $3
       ) as newest order by id`,
      [this.genesis, bufferOf(stream), sealedLogLimits.eraChanges]
    );
    return rows.map((row) => decodeEraChange(row.bytes));
  }

  /** The eras that these begin, without reading what they bring. */
  async starts(stream: Address): Promise<EraStart[]> {
    const { rows } = await this.pool.query<{ issuer: Buffer; era: number; from_slot: number }>(
      `select issuer, era, from_slot from broker.era_change_log
       where genesis = $1 and stream = $2 order by id desc limit $3`,
      [this.genesis, bufferOf(stream), sealedLogLimits.eraChanges]
    );
    return rows.map(({ issuer, era, from_slot: fromSlot }) => ({
      era,
      fromSlot,
      issuer: `0x${issuer.toString('hex')}`
    }));
  }
}
