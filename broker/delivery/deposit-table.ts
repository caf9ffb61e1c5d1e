import type pg from 'pg';
import { z } from 'zod';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Offer } from '#sdk/protocol/offer';
import { type Address, addressSchema, bytes32Schema, type Hex, secondsSchema } from '#sdk/protocol/primitives';
import { settlementSchema } from '#sdk/protocol/settlement';

/** An offer that is settled by events. */
export interface ListedOffer {
  readonly offerId: Hex;
  readonly offer: Offer;
}

/** A deposit as it was bought; Unix seconds. */
export interface Deposit {
  readonly offerId: Hex;
  readonly licensee: Address;
  readonly since: number;
  readonly until: number;
}

/** A deposit at which there may be something to do. */
export interface DueDeposit extends Deposit {
  readonly offer: Offer;
  /** Failures since something last succeeded. */
  readonly failures: number;
}

export interface ReadBlock {
  readonly number: number;
  readonly hash: Hex;
}

const digits = z.string().transform((value) => BigInt(value));
/** An offer in a row: bigints are decimal digits. */
const offerRowSchema = z.object({
  seller: addressSchema,
  productNumber: digits,
  beneficiary: addressSchema,
  pricePerSecond: digits,
  minimumPeriod: secondsSchema,
  maximumPeriod: secondsSchema,
  boundary: secondsSchema,
  feeBasisPoints: z.int(),
  settlement: settlementSchema,
  oracle: addressSchema,
  events: digits,
  deliveryPeriod: secondsSchema,
  attestationSchema: bytes32Schema,
  termsHash: bytes32Schema,
  attesters: z.array(addressSchema),
  streams: z.array(addressSchema)
});

const bytes = (hex: string): Buffer => Buffer.from(hex.slice(2), 'hex');
const hex = (buffer: Buffer): Hex => `0x${buffer.toString('hex')}`;

interface DepositRow {
  offer_id: Buffer;
  licensee: Buffer;
  since: number;
  until: number;
  failures: number;
  offer: unknown;
}

/** The deposits that the market's oracle judges, and when each has to be looked at again. */
export class DepositTable {
  private readonly pool: pg.Pool;
  private readonly market: Buffer;

  /** @param oracle The market's. */
  constructor(pool: pg.Pool, deployment: Deployment, oracle: Address) {
    this.pool = pool;
    this.market = Buffer.concat([deployment.genesisHash, deployment.contracts.DataLicense, oracle].map(bytes));
  }

  /** The block up to which everything was read; undefined before the first time. */
  async readBlock(): Promise<ReadBlock | undefined> {
    const { rows } = await this.pool.query<{ block: number; hash: Buffer }>(
      'select block, hash from broker.delivery_cursor where market = $1',
      [this.market]
    );
    const row = rows[0];
    return row === undefined ? undefined : { number: row.block, hash: hex(row.hash) };
  }

  /** Forgets all that was read from the chain. */
  async forget(): Promise<void> {
    await this.pool.query(
      `with cursor as (delete from broker.delivery_cursor where market = $1),
            offers as (delete from broker.delivery_offer where market = $1),
            streams as (delete from broker.delivery_stream where market = $1)
       delete from broker.delivery_deposit where market = $1`,
      [this.market]
    );
  }

  /** Which of these offers are judged by the market's oracle, with their boundaries in seconds. */
  async boundariesOf(offerIds: readonly Hex[]): Promise<Map<Hex, number>> {
    const { rows } = await this.pool.query<{ offer_id: Buffer; boundary: number }>(
      `select offer_id, (offer->>'boundary')::bigint as boundary
       from broker.delivery_offer where market = $1 and offer_id = any($2)`,
      [this.market, offerIds.map(bytes)]
    );
    return new Map(rows.map((row) => [hex(row.offer_id), row.boundary]));
  }

  /** Adds offers; those that are there stay. */
  async addOffers(offers: readonly ListedOffer[]): Promise<void> {
    for (const { offerId, offer } of offers) {
      const document = JSON.stringify(offer, (_, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value
      );
      await this.pool.query(
        `with listed as (
           insert into broker.delivery_offer (market, offer_id, offer) values ($1, $2, $3) on conflict do nothing)
         insert into broker.delivery_stream (market, stream, offer_id)
         select $1, stream, $2 from unnest($4::bytea[]) as stream
         on conflict do nothing`,
        [this.market, bytes(offerId), document, offer.streams.map(bytes)]
      );
    }
  }

  /** Adds deposits in the order of the chain, each due when it starts, and notes how far was read. */
  async addDeposits(deposits: readonly Deposit[], read: ReadBlock): Promise<void> {
    // A deposit that flowed back whole makes room for another one with the same start: the last one stands.
    const last = new Map(
      deposits.map((deposit) => [`${deposit.offerId} ${deposit.licensee} ${String(deposit.since)}`, deposit])
    );
    const rows = [...last.values()];
    await this.pool.query(
      `with added as (
         insert into broker.delivery_deposit (market, offer_id, licensee, since, until, due_at)
         select $1, offer_id, licensee, since, until, since
         from unnest($2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[]) as given (offer_id, licensee, since, until)
         on conflict (market, offer_id, licensee, since) do update
           set until = excluded.until, due_at = excluded.due_at, failures = 0, closed = false)
       insert into broker.delivery_cursor (market, block, hash) values ($1, $6, $7)
       on conflict (market) do update set block = excluded.block, hash = excluded.hash`,
      [
        this.market,
        rows.map((deposit) => bytes(deposit.offerId)),
        rows.map((deposit) => bytes(deposit.licensee)),
        rows.map((deposit) => deposit.since),
        rows.map((deposit) => deposit.until),
        read.number,
        bytes(read.hash)
      ]
    );
  }

  /** Open deposits that are due at a time (Unix seconds), those longest due first. */
  async due(now: number, limit: number): Promise<DueDeposit[]> {
    const { rows } = await this.pool.query<DepositRow>(
      `select offer_id, licensee, since, until, failures, offer
       from broker.delivery_deposit join broker.delivery_offer using (market, offer_id)
       where market = $1 and not closed and due_at <= $2
       order by due_at limit $3`,
      [this.market, now, limit]
    );
    return rows.map((row) => ({
      offerId: hex(row.offer_id),
      licensee: hex(row.licensee),
      since: row.since,
      until: row.until,
      failures: row.failures,
      offer: offerRowSchema.parse(row.offer)
    }));
  }

  /** Looks at deposits again at a time, Unix seconds. */
  async postpone(deposits: readonly Deposit[], dueAt: number, failures: number): Promise<void> {
    await this.change(deposits, 'due_at = $5, failures = $6', [dueAt, failures]);
  }

  /** Never looks at deposits again. */
  async close(deposits: readonly Deposit[]): Promise<void> {
    await this.change(deposits, 'closed = true', []);
  }

  /** Whether any deposit, closed or not, is or was to be judged by the stream's events before a time (Unix seconds). */
  async isJudgedAt(stream: Address, time: number): Promise<boolean> {
    const { rows } = await this.pool.query(
      `select 1
       from broker.delivery_stream join broker.delivery_offer using (market, offer_id)
            join broker.delivery_deposit using (market, offer_id)
       where market = $1 and stream = $2 and since <= $3 and $3 % (offer->>'boundary')::bigint = 0
         and $3 <= case offer->>'settlement'
                     when 'after-events' then since + (offer->>'deliveryPeriod')::bigint
                     else until end
       limit 1`,
      [this.market, bytes(stream), time]
    );
    return rows.length > 0;
  }

  /** Deposits that are not closed. */
  async open(): Promise<number> {
    const { rows } = await this.pool.query<{ open: number }>(
      'select count(*) as open from broker.delivery_deposit where market = $1 and not closed',
      [this.market]
    );
    return rows[0]?.open ?? 0;
  }

  private async change(deposits: readonly Deposit[], change: string, values: readonly number[]): Promise<void> {
    await this.pool.query(
      `update broker.delivery_deposit as deposit set ${change}
       from unnest($2::bytea[], $3::bytea[], $4::bigint[]) as given (offer_id, licensee, since)
       where market = $1 and deposit.offer_id = given.offer_id and deposit.licensee = given.licensee
         and deposit.since = given.since`,
      [
        this.market,
        deposits.map(({ offerId }) => bytes(offerId)),
        deposits.map(({ licensee }) => bytes(licensee)),
        deposits.map(({ since }) => since),
        ...values
      ]
    );
  }
}
