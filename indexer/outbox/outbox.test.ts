import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Hex } from '#sdk/protocol/primitives';
import { createDatabase } from '../../test/database.ts';
import { until } from '../../test/indexer-tables.ts';
import { migrateTables, openDatabase, type Database, type OpenDatabase } from '../database.ts';
import { knownBlock } from '../schema.ts';
import { outbox, outboxFloor, outboxReader } from '../schema/outbox.ts';
import { appendMessages, takeBackMessages } from './append.ts';
import type { NewMessage, OutboxMessage } from './messages.ts';
import { openOutbox, type Outbox } from './outbox.ts';
import { latestPosition, MessagesDroppedError, readMessages, registerReader, takeMessages } from './read.ts';
import { dropMessages } from './retention.ts';

const logger = pino({ level: 'silent' });
const word = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`;
const account = (number: number): Hex => `0x${number.toString(16).padStart(40, '0')}`;
const granted = (number: number, block: number): NewMessage => ({
  kind: 'permissionChanged',
  block,
  time: block * 10,
  payload: { stream: account(1), account: account(number), permission: 'READ', until: 7, grantor: account(2) }
});
const found = (number: number): NewMessage => ({
  kind: 'documentRead',
  block: null,
  time: 5,
  payload: { documentHash: word(number) }
});
/** What tells messages of these tests apart. */
const numberOf = ({ payload }: OutboxMessage) =>
  Number('account' in payload ? payload.account : 'documentHash' in payload ? payload.documentHash : -1);
const told = (messages: readonly OutboxMessage[]) =>
  messages.map((message) => (message.undoes === null ? numberOf(message) : -numberOf(message)));

let testDatabase: { url: string; drop(): Promise<void> };
let open: OpenDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createDatabase(inject('databaseUrl'));
  open = openDatabase(testDatabase.url, () => undefined);
  await migrateTables(open.pool);
  database = open.database;
});
afterAll(async () => {
  await open.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  await database.execute(sql`truncate ${outbox}, ${outboxReader}, ${outboxFloor}, ${knownBlock}`);
});

const append = (...messages: NewMessage[]) =>
  database.transaction((transaction) => appendMessages(transaction, messages));
/** Takes all there is for a reader. */
async function take(name: string, limit = 100): Promise<number[]> {
  const taken: OutboxMessage[] = [];
  const handler = {
    handle: (messages: readonly OutboxMessage[]) => Promise.resolve(void taken.push(...messages)),
    missed: () => Promise.reject(new RangeError('nothing was to be missed'))
  };
  while ((await takeMessages(database, name, handler, limit)) > 0);
  return told(taken);
}

describe('the outbox', () => {
  it('keeps messages in their order, with whom they concern', async () => {
    await append(granted(3, 8), granted(4, 8), found(5));
    const messages = await readMessages(database, 0, 10);
    expect(told(messages)).toEqual([3, 4, 5]);
    expect(messages[0]).toEqual({
      ...granted(3, 8),
      position: messages[0]?.position,
      subjects: [account(1), account(3), account(2)],
      undoes: null
    });
    expect(await readMessages(database, messages[1]?.position ?? 0, 10)).toEqual(messages.slice(2));
  });

  it('writes nothing where the transaction fails', async () => {
    const failing = database.transaction(async (transaction) => {
      await appendMessages(transaction, [found(1)]);
      throw new RangeError('changed its mind');
    });
    await expect(failing).rejects.toThrow('changed its mind');
    expect(await readMessages(database, 0, 10)).toEqual([]);
  });

  it('shows no position after a greater one, however writers overlap', async () => {
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let written = (): void => undefined;
    const first = new Promise<void>((resolve) => (written = resolve));
    const slow = database.transaction(async (transaction) => {
      await appendMessages(transaction, [found(1)]);
      written();
      await held;
    });
    await first;
    const fast = append(found(2));
    // the second writer waits for the first, and has not drawn a position
    await until(async () => {
      const { rows } = await database.execute(sql`
        select from pg_locks join pg_database d on d.oid = database
        where locktype = 'advisory' and not granted and datname = current_database()`);
      return rows.length === 1;
    });
    expect(await readMessages(database, 0, 10)).toEqual([]);
    commit();
    await Promise.all([slow, fast]);
    expect(told(await readMessages(database, 0, 10))).toEqual([1, 2]);
  });

  it('loses nothing to a reader while many write at once', async () => {
    await registerReader(database, 'all');
    const writing = Promise.all(
      Array.from({ length: 40 }, (_, number) => append(found(number), found(1_000 + number)))
    );
    const taken: number[] = [];
    await until(async () => {
      taken.push(...(await take('all', 3)));
      return taken.length === 80;
    });
    await writing;
    expect(taken).toEqual(told(await readMessages(database, 0, 100)));
  });

  it('takes back what was told of undone blocks, newest first and once', async () => {
    await append(granted(1, 8), granted(2, 9), found(3), granted(4, 10));
    await database.transaction((transaction) => takeBackMessages(transaction, 8));
    await append(granted(5, 9));
    await database.transaction((transaction) => takeBackMessages(transaction, 7));
    const messages = await readMessages(database, 0, 100);
    expect(told(messages)).toEqual([1, 2, 3, 4, -4, -2, 5, -5, -1]);
    for (const { undoes, ...message } of messages.filter((one) => one.undoes !== null)) {
      expect(messages.find(({ position }) => position === undoes)).toEqual({
        ...message,
        position: undoes,
        undoes: null
      });
    }
  });
});

describe('a reader of the outbox', () => {
  it('begins with what comes, and goes on where it was', async () => {
    await append(found(1));
    await registerReader(database, 'one');
    await append(found(2), found(3));
    expect(await take('one', 1)).toEqual([2, 3]);
    await append(found(4));
    await registerReader(database, 'one');
    expect(await take('one')).toEqual([4]);
    expect(await take('nobody')).toEqual([]);
  });

  it('gets the same messages again after it failed, and has written nothing', async () => {
    await registerReader(database, 'one');
    await append(found(1), found(2));
    const failing = takeMessages(
      database,
      'one',
      {
        async handle(messages, transaction) {
          expect(told(messages)).toEqual([1, 2]);
          await transaction.insert(outboxFloor).values({ id: 2, position: 1 });
          throw new RangeError('the other side is away');
        },
        missed: () => Promise.resolve()
      },
      10
    );
    await expect(failing).rejects.toThrow('the other side is away');
    expect(await database.select().from(outboxFloor)).toEqual([]);
    expect(await take('one')).toEqual([1, 2]);
  });

  it('is one, in however many processes', async () => {
    await registerReader(database, 'one');
    await append(found(1));
    let during: number[] | null = null;
    const handle = async () => {
      during = await take('one');
    };
    await takeMessages(database, 'one', { handle, missed: () => Promise.resolve() }, 10);
    expect(during).toEqual([]);
    expect(await take('one')).toEqual([]);
  });

  it('is woken by what is written, beside others, and again after its connection broke', async () => {
    const opened: Outbox = openOutbox({ database, databaseUrl: testDatabase.url, logger });
    try {
      const taken: OutboxMessage[] = [];
      const handle = (messages: readonly OutboxMessage[]) => Promise.resolve(void taken.push(...messages));
      opened.follow('one', { handle, missed: () => Promise.resolve() });
      await until(async () => (await database.select().from(outboxReader)).length === 1);
      await append(found(1));
      await until(() => Promise.resolve(taken.length === 1));
      await database.execute(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tributary-outbox'
          and datname = current_database()`
      );
      await append(found(2));
      await until(() => Promise.resolve(taken.length === 2));
      expect(told(taken)).toEqual([1, 2]);
      let heard = 0;
      const forget = opened.onMessages(() => (heard += 1));
      await until(async () => {
        await append(found(3));
        return heard > 0;
      });
      forget();
    } finally {
      await opened.close();
    }
  });
});

describe('old messages', () => {
  const keptNothing = { keptFor: -1_000, keptUnread: 3_600_000, most: 1_000 };

  it('are dropped once all have read them, and those who ask for them are told', async () => {
    await registerReader(database, 'slow');
    await append(found(1), found(2), found(3));
    const [first] = await readMessages(database, 0, 1);
    await dropMessages(database, Date.now(), keptNothing);
    expect(told(await readMessages(database, 0, 10))).toEqual([1, 2, 3]);
    expect(await take('slow')).toEqual([1, 2, 3]);
    await dropMessages(database, Date.now(), keptNothing);
    expect(await readMessages(database, 0, 10)).toEqual([]);
    await expect(readMessages(database, first?.position ?? 1, 10)).rejects.toThrow(MessagesDroppedError);
    // a new reader begins at the end all the same
    const latest = await latestPosition(database);
    expect(latest).toBe((first?.position ?? 0) + 2);
    expect(await readMessages(database, latest, 10)).toEqual([]);
  });

  it('stay while somebody may come back', async () => {
    await append(found(1));
    await dropMessages(database, Date.now(), { ...keptNothing, keptFor: 60_000 });
    expect(told(await readMessages(database, 0, 10))).toEqual([1]);
  });

  it('stay while their block can be undone', async () => {
    await database.insert(knownBlock).values([
      { number: 8, hash: word(8), parentHash: word(7), timestamp: 80 },
      { number: 9, hash: word(9), parentHash: word(8), timestamp: 90 }
    ]);
    await append(granted(1, 8), granted(2, 9), granted(3, 9));
    await dropMessages(database, Date.now(), { keptFor: -1_000, keptUnread: -1_000, most: 0 });
    expect(told(await readMessages(database, 0, 10))).toEqual([2, 3]);
  });

  it('are dropped when they are too many, and a reader that never read them learns of it', async () => {
    await registerReader(database, 'slow');
    await append(...Array.from({ length: 10 }, (_, number) => found(number)));
    await dropMessages(database, Date.now(), { keptFor: 3_600_000, keptUnread: 3_600_000, most: 4 });
    let missed = 0;
    const taken: OutboxMessage[] = [];
    const handler = {
      handle: (messages: readonly OutboxMessage[]) => Promise.resolve(void taken.push(...messages)),
      missed: () => Promise.resolve(void (missed += 1))
    };
    while ((await takeMessages(database, 'slow', handler, 3)) > 0);
    expect(missed).toBe(1);
    expect(told(taken)).toEqual([6, 7, 8, 9]);
  });
});
