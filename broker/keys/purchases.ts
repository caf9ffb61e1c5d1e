import { createHash } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import { type Address, bytes32Schema, type Hex } from '#sdk/protocol/primitives';

export interface Purchase {
  readonly block: number;
  readonly logIndex: number;
  readonly offerId: Hex;
  readonly licensee: Address;
  /** Unix seconds of the range that was added. */
  readonly from: number;
  readonly until: number;
  /** X25519 key to which the grants are sealed. */
  readonly publicKey: Hex;
}

/** A licence that ended before the end that was bought. */
export interface EarlyEnd {
  readonly block: number;
  readonly logIndex: number;
  readonly offerId: Hex;
  readonly licensee: Address;
  /** Unix seconds at which it ends now. */
  readonly until: number;
}

/** A licensee's new key for what is left of its licence. */
export interface KeyReplacement {
  readonly block: number;
  readonly logIndex: number;
  readonly offerId: Hex;
  readonly licensee: Address;
  readonly publicKey: Hex;
  /** Unix seconds: time of the block. */
  readonly from: number;
}

/** A licence by what names it. */
export interface LicenseName {
  readonly offerId: Hex;
  readonly licensee: Address;
}

/** The name of a licence as a key of maps. */
export const licenseKey = ({ offerId, licensee }: LicenseName): string => `${offerId} ${licensee}`;

/** What stood on the chain in some blocks. */
export interface ChainRecords {
  readonly offers: readonly ListedOffer[];
  readonly purchases: readonly Purchase[];
  readonly earlyEnds: readonly EarlyEnd[];
  readonly keyReplacements: readonly KeyReplacement[];
}

export interface ListedOffer {
  readonly block: number;
  readonly offerId: Hex;
  readonly streams: readonly Address[];
}

/** A block up to which everything was read. */
export interface ReadBlock {
  readonly number: number;
  readonly hash: Hex;
}

const blocksSchema = z.array(z.tuple([z.int(), bytes32Schema]));
/** Blocks remembered: reorganisations up to this depth cost only what they changed. */
const rememberedBlocks = 256;

/** What the chain says of purchases, and what follows from it. */
const tables = ['chain_cursor', 'offer_stream', 'purchase', 'early_end', 'key_replacement', 'vanished_purchase'];

const bytes = (hex: string): Buffer => Buffer.from(hex.slice(2), 'hex');
const hex = (buffer: Buffer): Hex => `0x${buffer.toString('hex')}`;

interface PurchaseRow {
  block: number;
  log_index: number;
  offer_id: Buffer;
  licensee: Buffer;
  starts_at: number;
  ends_at: number;
  public_key: Buffer;
}

/**
 * Offers and purchases as an issuer read them from the chain, and how far it read. Several issuers may share a database,
 * and each one reads for itself: what one has read is no news to another.
 */
export class PurchaseTable {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;
  private readonly reading: Buffer;

  constructor(pool: pg.Pool, genesisHash: Hex, issuer: Address) {
    this.pool = pool;
    this.genesis = bytes(genesisHash);
    this.reading = createHash('sha256').update(this.genesis).update(bytes(issuer)).digest();
  }

  /** Takes over what was read when a database had one reader, whose readings were named by the genesis alone. */
  async adopt(): Promise<void> {
    await this.inTransaction(async (client) => {
      const { rowCount } = await client.query('select from broker.chain_cursor where reading = $1', [this.reading]);
      if (rowCount !== 0) return;
      for (const table of tables) {
        await client.query(`update broker.${table} set reading = $1 where reading = $2`, [this.reading, this.genesis]);
      }
    });
  }

  /** Blocks up to which everything was read, oldest first; none before the first time. */
  async readBlocks(): Promise<ReadBlock[]> {
    const { rows } = await this.pool.query<{ blocks: unknown }>(
      'select blocks from broker.chain_cursor where reading = $1',
      [this.reading]
    );
    return blocksSchema.parse(rows[0]?.blocks ?? []).map(([number, hash]) => ({ number, hash }));
  }

  /** Takes back everything after a block, because the chain went another way; and remembers which purchases these were. */
  async forgetAfter(blocks: readonly ReadBlock[]): Promise<void> {
    const last = blocks.at(-1)?.number ?? -1;
    await this.inTransaction(async (client) => {
      await client.query(
        `insert into broker.vanished_purchase (reading, stream, offer_id, licensee, ends_at)
         select reading, stream, offer_id, licensee, max(ends_at)
         from broker.purchase bought join broker.offer_stream using (reading, offer_id)
         where reading = $1 and bought.block > $2 group by reading, stream, offer_id, licensee
         on conflict (reading, stream, offer_id, licensee)
           do update set ends_at = greatest(vanished_purchase.ends_at, excluded.ends_at)`,
        [this.reading, last]
      );
      for (const table of ['purchase', 'offer_stream', 'early_end', 'key_replacement']) {
        await client.query(`delete from broker.${table} where reading = $1 and block > $2`, [this.reading, last]);
      }
      await this.storeCursor(client, blocks);
    });
  }

  /** Stores what stood in the blocks up to the last of `blocks`, and that they were read. */
  async store(records: ChainRecords, blocks: readonly ReadBlock[]): Promise<void> {
    const { offers, purchases, earlyEnds, keyReplacements } = records;
    const pairs = offers.flatMap((offer) => offer.streams.map((stream) => ({ ...offer, stream })));
    await this.inTransaction(async (client) => {
      await client.query(
        `insert into broker.offer_stream (reading, stream, offer_id, block)
         select $1, * from unnest($2::bytea[], $3::bytea[], $4::bigint[]) on conflict do nothing`,
        [
          this.reading,
          pairs.map((pair) => bytes(pair.stream)),
          pairs.map((pair) => bytes(pair.offerId)),
          pairs.map((pair) => pair.block)
        ]
      );
      await client.query(
        `insert into broker.purchase
           (reading, block, log_index, offer_id, licensee, starts_at, ends_at, public_key)
         select $1, * from unnest($2::bigint[], $3::int[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bigint[],
           $8::bytea[]) on conflict do nothing`,
        [
          this.reading,
          purchases.map((purchase) => purchase.block),
          purchases.map((purchase) => purchase.logIndex),
          purchases.map((purchase) => bytes(purchase.offerId)),
          purchases.map((purchase) => bytes(purchase.licensee)),
          purchases.map((purchase) => purchase.from),
          purchases.map((purchase) => purchase.until),
          purchases.map((purchase) => bytes(purchase.publicKey))
        ]
      );
      await client.query(
        `insert into broker.early_end (reading, block, log_index, offer_id, licensee, ends_at)
         select $1, * from unnest($2::bigint[], $3::int[], $4::bytea[], $5::bytea[], $6::bigint[])
         on conflict do nothing`,
        [
          this.reading,
          earlyEnds.map((end) => end.block),
          earlyEnds.map((end) => end.logIndex),
          earlyEnds.map((end) => bytes(end.offerId)),
          earlyEnds.map((end) => bytes(end.licensee)),
          earlyEnds.map((end) => end.until)
        ]
      );
      await client.query(
        `insert into broker.key_replacement (reading, block, log_index, offer_id, licensee, public_key, starts_at)
         select $1, * from unnest($2::bigint[], $3::int[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bigint[])
         on conflict do nothing`,
        [
          this.reading,
          keyReplacements.map((replacement) => replacement.block),
          keyReplacements.map((replacement) => replacement.logIndex),
          keyReplacements.map((replacement) => bytes(replacement.offerId)),
          keyReplacements.map((replacement) => bytes(replacement.licensee)),
          keyReplacements.map((replacement) => bytes(replacement.publicKey)),
          keyReplacements.map((replacement) => replacement.from)
        ]
      );
      await this.storeCursor(client, blocks);
    });
  }

  /** Streams that an offer opens. */
  async streamsOf(offerId: Hex): Promise<Address[]> {
    const { rows } = await this.pool.query<{ stream: Buffer }>(
      'select stream from broker.offer_stream where reading = $1 and offer_id = $2',
      [this.reading, bytes(offerId)]
    );
    return rows.map((row) => hex(row.stream));
  }

  /** Licences that open a stream and hold after a time, Unix seconds. */
  async licensesOf(stream: Address, after: number): Promise<LicenseName[]> {
    const { rows } = await this.pool.query<{ offer_id: Buffer; licensee: Buffer }>(
      `select distinct offer_id, licensee from broker.offer_stream join broker.purchase using (reading, offer_id)
       where reading = $1 and stream = $2 and ends_at > $3`,
      [this.reading, bytes(stream), after]
    );
    return rows.map((row) => ({ offerId: hex(row.offer_id), licensee: hex(row.licensee) }));
  }

  /**
   * Licences that open a stream and for which more was bought than they hold, or may hold, after a time, Unix seconds:
   * they ended early, or a purchase vanished from the chain.
   */
  async endedOrVanished(stream: Address, after: number): Promise<(LicenseName & { readonly vanished: boolean })[]> {
    const { rows } = await this.pool.query<{ offer_id: Buffer; licensee: Buffer; vanished: boolean }>(
      `select offer_id, licensee, bool_or(vanished) as vanished from (
         select ended.offer_id, ended.licensee, false as vanished from broker.early_end ended
         join broker.offer_stream using (reading, offer_id)
         join broker.purchase bought using (reading, offer_id, licensee)
         where reading = $1 and stream = $2 and bought.ends_at > $3
         union all
         select offer_id, licensee, true from broker.vanished_purchase
         where reading = $1 and stream = $2 and ends_at > $3) as found
       group by offer_id, licensee`,
      [this.reading, bytes(stream), after]
    );
    return rows.map((row) => ({ offerId: hex(row.offer_id), licensee: hex(row.licensee), vanished: row.vanished }));
  }

  /** Forgets that a purchase of a licence vanished, if the chain has brought one again. */
  async forgetVanished(stream: Address, { offerId, licensee }: LicenseName): Promise<void> {
    await this.pool.query(
      `delete from broker.vanished_purchase vanished
       where reading = $1 and stream = $2 and offer_id = $3 and licensee = $4 and exists (
         select from broker.purchase again where again.reading = vanished.reading
           and again.offer_id = vanished.offer_id and again.licensee = vanished.licensee)`,
      [this.reading, bytes(stream), bytes(offerId), bytes(licensee)]
    );
  }

  /**
   * What was bought of some licences and is still held after a time, Unix seconds; per licence, as {@link licenseKey}
   * names it, in the order of the chain. As it stands now: no longer than the licence was left to run, and from the time
   * on at which a key was replaced, for the new key only.
   *
   * @returns readTo The block up to which the chain was read when the table said this.
   */
  async purchasesOf(
    licenses: readonly LicenseName[],
    after: number
  ): Promise<{ readTo: number; purchases: Map<string, Purchase[]> }> {
    // One statement, so that both come from one moment.
    const { rows } = await this.pool.query<PurchaseRow & { read_to: number }>(
      `select bought.block, bought.log_index, bought.offer_id, bought.licensee,
         greatest(bought.starts_at, replaced.starts_at) as starts_at,
         least(bought.ends_at, ended.ends_at) as ends_at,
         coalesce(replaced.public_key, bought.public_key) as public_key,
         (select (blocks -> -1 ->> 0)::bigint from broker.chain_cursor where reading = $1) as read_to
       from (select distinct * from unnest($2::bytea[], $3::bytea[]) as named (offer_id, licensee)) asked
       join broker.purchase bought
         on bought.reading = $1 and bought.offer_id = asked.offer_id and bought.licensee = asked.licensee
       left join lateral (
         select public_key, starts_at from broker.key_replacement later
         where later.reading = bought.reading and later.offer_id = bought.offer_id
           and later.licensee = bought.licensee
           and (later.block, later.log_index) > (bought.block, bought.log_index)
         order by later.block desc, later.log_index desc limit 1
       ) replaced on true
       left join lateral (
         select min(later.ends_at) as ends_at from broker.early_end later
         where later.reading = bought.reading and later.offer_id = bought.offer_id
           and later.licensee = bought.licensee
           and (later.block, later.log_index) > (bought.block, bought.log_index)
       ) ended on true
       where least(bought.ends_at, ended.ends_at) > $4
       order by bought.block, bought.log_index`,
      [
        this.reading,
        licenses.map(({ offerId }) => bytes(offerId)),
        licenses.map(({ licensee }) => bytes(licensee)),
        after
      ]
    );
    const purchases = new Map<string, Purchase[]>();
    for (const row of rows) {
      const purchase: Purchase = {
        block: row.block,
        logIndex: row.log_index,
        offerId: hex(row.offer_id),
        licensee: hex(row.licensee),
        from: row.starts_at,
        until: row.ends_at,
        publicKey: hex(row.public_key)
      };
      const known = purchases.get(licenseKey(purchase));
      if (known === undefined) purchases.set(licenseKey(purchase), [purchase]);
      else known.push(purchase);
    }
    return { readTo: rows[0]?.read_to ?? 0, purchases };
  }

  private async storeCursor(client: pg.PoolClient, blocks: readonly ReadBlock[]): Promise<void> {
    const kept = blocks.slice(-rememberedBlocks).map(({ number, hash }) => [number, hash]);
    await client.query(
      `insert into broker.chain_cursor (reading, blocks) values ($1, $2)
       on conflict (reading) do update set blocks = excluded.blocks`,
      [this.reading, JSON.stringify(kept)]
    );
  }

  private async inTransaction(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      await work(client);
      await client.query('commit');
      client.release();
    } catch (error) {
      // Closing the connection undoes the transaction.
      client.release(true);
      throw error;
    }
  }
}
