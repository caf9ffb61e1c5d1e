import type pg from 'pg';
import type { EraChange } from '#sdk/protocol/era-change';
import { decodeEraChange, encodeEraChange } from '#sdk/protocol/era-change-encoding';
import { type Grant, grantSchema } from '#sdk/protocol/grant';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Migration } from '../database/migrate.ts';
import type { EraChangeOutlet, GrantOutlet } from './issued.ts';

export const outboxMigrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      -- What was issued, as it was sealed and signed: brokers get exactly this, however often it is sent.
      create table broker.issued (
        id bigint generated always as identity primary key,
        genesis bytea not null,
        stream bytea not null,
        issuer bytea not null,
        era bigint not null,
        from_slot bigint not null,
        until_slot bigint not null,
        -- empty for era changes, which are for all
        licensee bytea not null,
        offer_id bytea not null,
        recipient bytea not null,
        -- a grant as JSON, an era change in its binary form
        document bytea not null,
        unique (genesis, stream, licensee, issuer, era, offer_id, from_slot, until_slot, recipient)
      );
      alter table broker.issued alter column document set storage external;

      -- The brokers that get it.
      create table broker.outlet (
        genesis bytea not null,
        url text not null,
        primary key (genesis, url)
      );

      create table broker.undelivered (
        genesis bytea not null,
        url text not null,
        issued_id bigint not null references broker.issued (id),
        primary key (genesis, url, issued_id)
      );
    `
  }
];

/** Something that a broker has not got yet. */
export interface Undelivered {
  readonly id: number;
  readonly stream: Address;
  /** A grant as UTF-8 JSON, or an era change in its binary form. */
  readonly kind: 'grant' | 'era-change';
  readonly document: Buffer;
}

/** Era changes that an answer holds: the newest. */
const mostChanges = 100;

const bytes = (hex: string): Buffer => Buffer.from(hex.slice(2), 'hex');
const hex = (buffer: Buffer): Hex => `0x${buffer.toString('hex')}`;
const nobody = Buffer.alloc(0);

/**
 * What an issuer without a relay has issued, and which broker has not got it yet. Written in one transaction: what is
 * issued will be delivered, and however often the process is killed, a broker gets what the others got.
 */
export class Outbox {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;
  private readonly urls: readonly string[];
  private readonly onIssued: () => void;

  /**
   * @param urls Of the brokers.
   * @param onIssued Called when there is something to deliver.
   */
  constructor(pool: pg.Pool, genesisHash: Hex, urls: readonly string[], onIssued: () => void) {
    this.pool = pool;
    this.genesis = bytes(genesisHash);
    this.urls = urls;
    this.onIssued = onIssued;
  }

  /** Where the issuer puts its grants. */
  get grants(): GrantOutlet {
    return {
      deliver: (grant) =>
        this.append(grant, grant.licensee, grant.offerId, grant.recipient, Buffer.from(JSON.stringify(grant))),
      find: async (stream, licensee) => {
        const { rows } = await this.pool.query<{ document: Buffer }>(
          `select document from broker.issued where genesis = $1 and stream = $2 and licensee = $3 order by id`,
          [this.genesis, bytes(stream), bytes(licensee)]
        );
        return rows.map((row) => grantSchema.parse(JSON.parse(row.document.toString('utf8'))));
      }
    };
  }

  /** Where it puts its era changes. */
  get eraChanges(): EraChangeOutlet {
    return {
      deliver: (change) => this.append(change, '0x', '0x', '0x', Buffer.from(encodeEraChange(change))),
      find: async (stream) => {
        const { rows } = await this.pool.query<{ document: Buffer }>(
          `select document from (
             select id, document from broker.issued where genesis = $1 and stream = $2 and licensee = $3
             order by id desc limit $4) as newest
           order by id`,
          [this.genesis, bytes(stream), nobody, mostChanges]
        );
        return rows.map((row) => decodeEraChange(row.document));
      }
    };
  }

  /** Brokers that are new get everything that can still be of use; what was for others is forgotten. */
  async prepare(): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      await client.query('delete from broker.undelivered where genesis = $1 and not url = any($2)', [
        this.genesis,
        this.urls
      ]);
      await client.query('delete from broker.outlet where genesis = $1 and not url = any($2)', [
        this.genesis,
        this.urls
      ]);
      const { rows } = await client.query<{ url: string }>(
        `insert into broker.outlet (genesis, url) select $1, unnest($2::text[]) on conflict do nothing returning url`,
        [this.genesis, this.urls]
      );
      await client.query(
        `insert into broker.undelivered (genesis, url, issued_id)
         select genesis, new.url, id from broker.issued cross join unnest($2::text[]) as new (url) where genesis = $1
         on conflict do nothing`,
        [this.genesis, rows.map(({ url }) => url)]
      );
      await client.query('commit');
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** The oldest things that a broker has not got, leaving out some. */
  async undelivered(url: string, without: readonly number[], most: number): Promise<Undelivered[]> {
    const { rows } = await this.pool.query<{ id: number; stream: Buffer; licensee: Buffer; document: Buffer }>(
      `select id, stream, licensee, document from broker.undelivered join broker.issued on id = issued_id
       where undelivered.genesis = $1 and url = $2 and not id = any($3::bigint[]) order by id limit $4`,
      [this.genesis, url, without, most]
    );
    return rows.map((row) => ({
      id: row.id,
      stream: hex(row.stream),
      kind: row.licensee.length === 0 ? 'era-change' : 'grant',
      document: row.document
    }));
  }

  /** Notes that a broker has got something. */
  async delivered(url: string, ids: readonly number[]): Promise<void> {
    await this.pool.query(
      'delete from broker.undelivered where genesis = $1 and url = $2 and issued_id = any($3::bigint[])',
      [this.genesis, url, ids]
    );
  }

  /** How much some broker has not got. */
  async count(): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(
      'select count(*) from broker.undelivered where genesis = $1',
      [this.genesis]
    );
    return rows[0]?.count ?? 0;
  }

  private async append(
    issued: Pick<Grant & EraChange, 'stream' | 'issuer' | 'era' | 'fromSlot' | 'untilSlot'>,
    licensee: string,
    offerId: string,
    recipient: string,
    document: Buffer
  ): Promise<void> {
    await this.pool.query(
      `with fresh as (
         insert into broker.issued
           (genesis, stream, issuer, era, from_slot, until_slot, licensee, offer_id, recipient, document)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning id)
       insert into broker.undelivered (genesis, url, issued_id) select $1, url, id from fresh, unnest($11::text[]) as url`,
      [
        this.genesis,
        bytes(issued.stream),
        bytes(issued.issuer),
        issued.era,
        issued.fromSlot,
        issued.untilSlot,
        bytes(licensee),
        bytes(offerId),
        bytes(recipient),
        document,
        this.urls
      ]
    );
    this.onIssued();
  }
}
