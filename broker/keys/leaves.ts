import { randomBytes } from 'node:crypto';
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

interface LeafRow {
  bucket_end: number;
  leaf: number;
  offer_id: Buffer;
  licensee: Buffer;
  recipient: Buffer;
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

  /** Whether leaves are numbered already: not where the database is new, or was lost. */
  async isNumbered(): Promise<boolean> {
    const { rows } = await this.pool.query<{ known: boolean }>(
      `select exists (select from broker.leaf_book where genesis = $1 and issuer = $2)
         or exists (select from broker.bucket where genesis = $1 and issuer = $2) as known`,
      [this.genesis, this.issuer]
    );
    return rows[0]?.known === true;
  }

  /**
   * The name of the present numbering of leaves, made where there is none; empty where leaves were given before there were
   * names. The secrets of buckets hang on it: a database that was lost takes with it who had which leaf, and whoever had
   * one must not hold the keys of whom it is given to next.
   */
  async book(): Promise<string> {
    const key = [this.genesis, this.issuer];
    await this.pool.query(
      `insert into broker.leaf_book (genesis, issuer, book)
       select $1, $2, case when exists (select from broker.bucket where genesis = $1 and issuer = $2) then '' else $3 end
       on conflict do nothing`,
      [...key, randomBytes(8).toString('hex')]
    );
    const { rows } = await this.pool.query<{ book: string }>(
      'select book from broker.leaf_book where genesis = $1 and issuer = $2',
      key
    );
    return rows[0]?.book ?? '';
  }

  /**
   * Leaves of holders in their buckets, assigned now to those who have none.
   *
   * @returns In the order of the holders; undefined where all leaves of a bucket are taken.
   */
  async assign(
    stream: Address,
    holders: readonly (LeafHolder & { readonly bucketEnd: number })[]
  ): Promise<(number | undefined)[]> {
    const found = await this.assigned(stream, holders);
    const missing = [...new Map(holders.map((holder) => [nameOf(holder), holder]))].filter(
      ([name]) => !found.has(name)
    );
    if (missing.length > 0) {
      const buckets = new Map<number, LeafHolder[]>();
      for (const [, holder] of missing) {
        buckets.set(holder.bucketEnd, [...(buckets.get(holder.bucketEnd) ?? []), holder]);
      }
      for (const [bucketEnd, some] of buckets) await this.give(stream, bucketEnd, some);
      for (const [name, leaf] of await this.assigned(
        stream,
        missing.map(([, holder]) => holder)
      ))
        found.set(name, leaf);
    }
    return holders.map((holder) => found.get(nameOf(holder)));
  }

  /** Gives fresh leaves of a bucket. Numbers that are drawn and not used, for whatever reason, are lost: no harm. */
  private async give(stream: Address, bucketEnd: number, holders: readonly LeafHolder[]): Promise<void> {
    const drawn = await this.pool.query<{ first: number; next: number }>(
      `insert into broker.bucket as known (genesis, issuer, stream, bucket_end, next_leaf)
         values ($1, $2, $3, $4, least($5::int, $6::int))
       on conflict (genesis, issuer, stream, bucket_end)
         do update set next_leaf = least(known.next_leaf + $5::int, $6::int)
       returning coalesce(old.next_leaf, 0) as first, new.next_leaf as next`,
      [this.genesis, this.issuer, bytes(stream), bucketEnd, holders.length, leafCount]
    );
    const { first = 0, next = 0 } = drawn.rows[0] ?? {};
    const given = holders.slice(0, next - first);
    await this.pool.query(
      `insert into broker.bucket_leaf (genesis, issuer, stream, bucket_end, offer_id, licensee, recipient, leaf)
       select $1, $2, $3, $4, offer_id, licensee, recipient, leaf
       from unnest($5::bytea[], $6::bytea[], $7::bytea[], $8::int[]) as given (offer_id, licensee, recipient, leaf)
       on conflict (genesis, issuer, stream, bucket_end, offer_id, licensee, recipient) do nothing`,
      [
        this.genesis,
        this.issuer,
        bytes(stream),
        bucketEnd,
        given.map(({ offerId }) => bytes(offerId)),
        given.map(({ licensee }) => bytes(licensee)),
        given.map(({ recipient }) => bytes(recipient)),
        given.map((_, place) => first + place)
      ]
    );
  }

  /** Leaves that were assigned, by {@link nameOf} their holders. */
  private async assigned(
    stream: Address,
    holders: readonly (LeafHolder & { readonly bucketEnd: number })[]
  ): Promise<Map<string, number>> {
    const { rows } = await this.pool.query<LeafRow>(
      `select bucket_end, leaf, offer_id, licensee, recipient
       from unnest($4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[])
         as asked (bucket_end, offer_id, licensee, recipient)
       join broker.bucket_leaf using (bucket_end, offer_id, licensee, recipient)
       where genesis = $1 and issuer = $2 and stream = $3`,
      [
        this.genesis,
        this.issuer,
        bytes(stream),
        holders.map(({ bucketEnd }) => bucketEnd),
        holders.map(({ offerId }) => bytes(offerId)),
        holders.map(({ licensee }) => bytes(licensee)),
        holders.map(({ recipient }) => bytes(recipient))
      ]
    );
    return new Map(rows.map(leafOf).map((leaf) => [nameOf(leaf), leaf.leaf]));
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
    const { rows } = await this.pool.query<LeafRow>(
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
    return rows.map(leafOf);
  }
}

function leafOf(row: LeafRow): AssignedLeaf {
  return {
    bucketEnd: row.bucket_end,
    leaf: row.leaf,
    offerId: hex(row.offer_id),
    licensee: hex(row.licensee),
    recipient: hex(row.recipient)
  };
}

const nameOf = ({ bucketEnd, offerId, licensee, recipient }: LeafHolder & { readonly bucketEnd: number }): string =>
  `${String(bucketEnd)} ${offerId} ${licensee} ${recipient}`;
