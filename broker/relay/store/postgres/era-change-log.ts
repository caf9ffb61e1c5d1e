import type pg from 'pg';
import type { EraChange } from '#sdk/protocol/era-change';
import { decodeEraChange, encodeEraChange } from '#sdk/protocol/era-change-encoding';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Migration } from '../../../database/migrate.ts';
import { sealedLogLimits } from '../sealed-log.ts';
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

  /** @returns False if the issuer made one for this era and slot before: the first one stays. */
  async append(change: EraChange): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `insert into broker.era_change_log (genesis, stream, issuer, era, from_slot, bytes)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      [
        this.genesis,
        bufferOf(change.stream),
        bufferOf(change.issuer),
        change.era,
        change.fromSlot,
        Buffer.from(encodeEraChange(change))
      ]
    );
    return rowCount === 1;
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
}
