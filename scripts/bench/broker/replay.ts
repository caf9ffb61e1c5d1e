import pg from 'pg';
import { nativeSigner } from '../keys/native-sealing.ts';
import { now } from './clock.ts';
import { eventBytes, EventMaker } from './events.ts';
import type { BenchMarket } from './market.ts';
import { countOf, SocketPublisher, subscribeTo } from './sockets.ts';
import { heading, rate, row, share } from './table.ts';

const events = 131_072;
const page = 2_000;
const rounds = 3;

/** Events per second out of history, beside reading the same bytes page by page out of a table with nothing else. */
export async function measureReplay(market: BenchMarket): Promise<void> {
  heading(`Replay of ${events.toLocaleString('en')} events of ${String(eventBytes)} bytes`, 'rate', 'of the scan');
  const stream = await market.createPublicStream('Replayed', 1);
  const maker = new EventMaker(stream, 0, nativeSigner(market.privateKey));
  const publisher = await SocketPublisher.connect(market.brokerUrl);
  const encoded = await maker.batches(events);
  await publisher.publishAll(encoded, 512, 4);
  publisher.close();
  const scan = await plainTable(market.databaseUrl, encoded);
  const times: { plain: number; broker: number }[] = [];
  try {
    // In turns, so that whatever else the machine does meets both.
    for (let round = 0; round < rounds; round += 1) {
      times.push({ plain: await scan.read(), broker: await replay(market, { stream, partition: 0 }) });
    }
  } finally {
    await scan.end();
  }
  const best = (seconds: readonly number[]) => events / Math.min(...seconds);
  const plain = best(times.map((time) => time.plain));
  const broker = best(times.map((time) => time.broker));
  row(`plain table, pages of ${page.toLocaleString('en')}`, rate(plain));
  row('the broker, over WebSocket', rate(broker), share(broker, plain));
}

/** Seconds until a new subscriber has the whole history. */
async function replay(market: BenchMarket, place: Parameters<typeof subscribeTo>[1]): Promise<number> {
  let got = 0;
  let arrived: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const start = now();
  const socket = await subscribeTo(market.brokerUrl, place, { offset: 0 }, (frame) => {
    got += countOf(frame);
    if (got >= events) arrived();
  });
  await all;
  const seconds = (now() - start) / 1000;
  socket.terminate();
  return seconds;
}

/** A table of offsets and bytes, and the seconds that reading it takes. */
async function plainTable(databaseUrl: string, encoded: readonly Uint8Array[]) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('create table plain (log_offset bigint primary key, bytes bytea not null)');
  for (let from = 0; from < encoded.length; from += page) {
    const some = encoded.slice(from, from + page).map((bytes) => Buffer.from(bytes));
    await client.query(
      'insert into plain select $1 + nth - 1, bytes from unnest($2::bytea[]) with ordinality as given (bytes, nth)',
      [from, some]
    );
  }
  await client.query('analyze plain');
  return {
    read: async () => {
      const start = now();
      for (let from = 0, found = page; found === page; from += page) {
        const { rows } = await client.query<{ bytes: Buffer }>({
          name: 'page',
          text: 'select log_offset, bytes from plain where log_offset >= $1 order by log_offset limit $2',
          values: [from, page]
        });
        found = rows.length;
      }
      return (now() - start) / 1000;
    },
    end: () => client.end()
  };
}
