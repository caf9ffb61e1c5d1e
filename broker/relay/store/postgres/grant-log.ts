import type pg from 'pg';
import { type Grant, grantSchema } from '#sdk/protocol/grant';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { sealedLogLimits } from '../sealed-log.ts';
import { bufferOf } from './bytes.ts';

/** The grants issued so far: public, since only the holder of the recipient's private key can open one. */
export class GrantLog {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;

  constructor(pool: pg.Pool, genesisHash: Hex) {
    this.pool = pool;
    this.genesis = bufferOf(genesisHash);
  }

  /**
   * @param channel On which Postgres tells other brokers of it.
   * @param teller Who this broker is to them.
   * @returns False if the same grant was stored before.
   */
  async append(grant: Grant, channel: string, teller: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ id: number }>(
      `with stored as (insert into broker.grant_log
         (genesis, stream, licensee, era, offer_id, from_slot, until_slot, recipient, document)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict do nothing returning id)
       select id from stored cross join lateral pg_notify($10, $11 || ' grant ' || id)`,
      [
        this.genesis,
        bufferOf(grant.stream),
        bufferOf(grant.licensee),
        grant.era,
        bufferOf(grant.offerId),
        grant.fromSlot,
        grant.untilSlot,
        bufferOf(grant.recipient),
        JSON.stringify(grant),
        channel,
        teller
      ]
    );
    return rows.length === 1;
  }

  /** Grants by their numbers, oldest first. */
  async read(ids: readonly number[]): Promise<Grant[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.pool.query<{ document: unknown }>(
      'select document from broker.grant_log where id = any($1) order by id',
      [ids]
    );
    return rows.map((row) => grantSchema.parse(row.document));
  }

  /** Grants of a licensee on a stream, oldest first. */
  async find(stream: Address, licensee: Address): Promise<Grant[]> {
    const { rows } = await this.pool.query<{ document: unknown }>(
      `select document from (
         select id, document from broker.grant_log
         where genesis = $1 and stream = $2 and licensee = $3 order by id desc limit $4) as newest
       order by id`,
      [this.genesis, bufferOf(stream), bufferOf(licensee), sealedLogLimits.grants]
    );
    return rows.map((row) => grantSchema.parse(row.document));
  }
}
