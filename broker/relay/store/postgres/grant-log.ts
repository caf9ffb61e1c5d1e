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

  /** @returns False if the same grant was stored before. */
  async append(grant: Grant): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `insert into broker.grant_log
         (genesis, stream, licensee, era, offer_id, from_slot, until_slot, recipient, document)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict do nothing`,
      [
        this.genesis,
        bufferOf(grant.stream),
        bufferOf(grant.licensee),
        grant.era,
        bufferOf(grant.offerId),
        grant.fromSlot,
        grant.untilSlot,
        bufferOf(grant.recipient),
        JSON.stringify(grant)
      ]
    );
    return rowCount === 1;
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
