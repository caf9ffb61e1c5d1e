import type pg from 'pg';
import { leafCount } from '#sdk/protocol/complete-subtree';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { LicenseName } from './purchases.ts';

/** Whose a leaf is: a licence, with the key to which its path keys were sealed. */
export interface LeafHolder {
  readonly offerId: Hex;
  readonly licensee: Address;
  /** A licensee that replaces its key gets another leaf: the old key's holder keeps the path keys of the old one. */
  readonly recipient: Hex;
}

export interface AssignedLeaf extends LeafHolder {
  /** First slot that the bucket does not open any more. */
  readonly bucketEnd: number;
  readonly leaf: number;
}

const bytes = (hex: string): Buffer => Buffer.from(hex.slice(2), 'hex');
const hex = (buffer: Buffer): Hex => `0x${buffer.toString('hex')}`;

/**
 * Which licence sits at which leaf of which expiry bucket. A leaf is given away once and never again, also when its
 * licence was revoked or vanished with a reorganisation: whoever had it keeps its path keys. Leaves belong to an issuer,
 * since another one, or the same after losing its vault, has other secrets.
 */
export class LeafTable {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;
  private readonly issuer: Buffer;

  constructor(pool: pg.Pool, genesisHash: Hex, issuer: Address) {
    this.pool = pool;
    this.genesis = bytes(genesisHash);
    this.issuer = bytes(issuer);
  }

  /** The leaf of a holder in a bucket, assigned now if it has none; undefined where all leaves are taken. */
  async assign(stream: Address, bucketEnd: number, holder: LeafHolder): Promise<number | undefined> {
    const key = [this.genesis, this.issuer, bytes(stream), bucketEnd];
    const who = [bytes(holder.offerId), bytes(holder.licensee), bytes(holder.recipient)];
    const found = await this.pool.query<{ leaf: number }>(
      `select leaf from broker.bucket_leaf where genesis = $1 and issuer = $2 and stream = $3 and bucket_end = $4
         and offer_id = $5 and licensee = $6 and recipient = $7`,
      [...key, ...who]
    );
    if (found.rows[0] !== undefined) return found.rows[0].leaf;
    // A number that is drawn and not used, because somebody else assigned at the same time, is lost: no harm.
    const drawn = await this.pool.query<{ leaf: number }>(
      `insert into broker.bucket (genesis, issuer, stream, bucket_end, next_leaf) values ($1, $2, $3, $4, 1)
       on conflict (genesis, issuer, stream, bucket_end) do update set next_leaf = bucket.next_leaf + 1
         where bucket.next_leaf < $5
       returning next_leaf - 1 as leaf`,
      [...key, leafCount]
    );
    const leaf = drawn.rows[0]?.leaf;
    if (leaf === undefined) return undefined;
    const { rows } = await this.pool.query<{ leaf: number }>(
      `insert into broker.bucket_leaf (genesis, issuer, stream, bucket_end, offer_id, licensee, recipient, leaf)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (genesis, issuer, stream, bucket_end, offer_id, licensee, recipient) do update set leaf = bucket_leaf.leaf
       returning leaf`,
      [...key, ...who, leaf]
    );
    return rows[0]?.leaf;
  }

  /** Licences with a leaf in a bucket of a stream that ends after one slot and not after another. */
  async endingWithin(stream: Address, afterSlot: number, untilSlot: number): Promise<LicenseName[]> {
    const { rows } = await this.pool.query<{ offer_id: Buffer; licensee: Buffer }>(
      `select distinct offer_id, licensee from broker.bucket_leaf
       where genesis = $1 and issuer = $2 and stream = $3 and bucket_end > $4 and bucket_end <= $5`,
      [this.genesis, this.issuer, bytes(stream), afterSlot, untilSlot]
    );
    return rows.map((row) => ({ offerId: hex(row.offer_id), licensee: hex(row.licensee) }));
  }

  /** Leaves of a stream in buckets that end after a slot; of one licence alone where one is named. */
  async find(stream: Address, afterSlot: number, license?: LicenseName): Promise<AssignedLeaf[]> {
    const { rows } = await this.pool.query<{
      bucket_end: number;
      leaf: number;
      offer_id: Buffer;
      licensee: Buffer;
      recipient: Buffer;
    }>(
      `select bucket_end, leaf, offer_id, licensee, recipient from broker.bucket_leaf
       where genesis = $1 and issuer = $2 and stream = $3 and bucket_end > $4
         and ($5::bytea is null or offer_id = $5) and ($6::bytea is null or licensee = $6)
       order by bucket_end, leaf`,
      [
        this.genesis,
        this.issuer,
        bytes(stream),
        afterSlot,
        license === undefined ? null : bytes(license.offerId),
        license === undefined ? null : bytes(license.licensee)
      ]
    );
    return rows.map((row) => ({
      bucketEnd: row.bucket_end,
      leaf: row.leaf,
      offerId: hex(row.offer_id),
      licensee: hex(row.licensee),
      recipient: hex(row.recipient)
    }));
  }
}
