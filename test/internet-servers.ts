import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { InternetSources } from '../scripts/sources/catalogue/catalogue.ts';

export interface InternetServers {
  readonly sources: InternetSources;
  /** Lets them answer, or fall silent: then every request is cut. */
  answer(answering: boolean): void;
  stop(): Promise<void>;
}

/** Servers on this machine that speak the formats of the sources on the internet, as these document them. */
export async function startInternetServers(): Promise<InternetServers> {
  let answering = true;
  let edits = 0;
  let trades = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!answering) {
      response.destroy();
      return;
    }
    if (url.pathname === '/changes') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(':ok\n\n');
      const timer = setInterval(() => {
        response.write(`event: message\nid: [{"offset":1}]\ndata: ${JSON.stringify(change(++edits))}\n\n`);
      }, 20);
      response.on('close', () => {
        clearInterval(timer);
      });
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(url.pathname === '/quakes' ? quakes() : weather(url.searchParams)));
  });
  const sockets = new WebSocketServer({ server, verifyClient: () => answering });
  sockets.on('connection', (socket) => {
    socket.once('message', (data: Buffer) => {
      const { product_ids: pairs } = JSON.parse(data.toString('utf8')) as { product_ids: string[] };
      socket.send(JSON.stringify({ type: 'subscriptions', channels: [{ name: 'matches', product_ids: pairs }] }));
      const timer = setInterval(() => {
        socket.send(JSON.stringify(trade(pairs[trades % pairs.length] ?? '', ++trades)));
      }, 20);
      socket.on('close', () => {
        clearInterval(timer);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    sources: {
      changes: `http://${host}/changes`,
      earthquakes: `http://${host}/quakes`,
      forecast: `http://${host}/forecast`,
      exchange: `ws://${host}/trades`
    },
    answer: (now) => {
      answering = now;
      if (now) return;
      server.closeAllConnections();
      for (const socket of sockets.clients) socket.terminate();
    },
    stop: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };
}

/** A recent change as EventStreams sends it (schema mediawiki/recentchange 1.0.0); every third one is by a bot. */
const change = (number: number) => ({
  $schema: '/mediawiki/recentchange/1.0.0',
  meta: { domain: 'fi.wikipedia.org', stream: 'mediawiki.recentchange', dt: '2026-11-22T12:00:00Z' },
  id: number,
  type: 'edit',
  namespace: 0,
  title: `Helsinki ${String(number)}`,
  title_url: 'https://fi.wikipedia.org/wiki/Helsinki',
  comment: '/* Historia */ tarkennus',
  timestamp: 1_795_000_000 + number,
  user: 'Muokkaaja',
  bot: number % 3 === 0,
  minor: false,
  length: { old: 1000, new: 1000 + number },
  revision: { old: 1, new: 2 },
  server_url: 'https://fi.wikipedia.org',
  server_name: 'fi.wikipedia.org',
  wiki: 'fiwiki'
});

/** A GeoJSON summary as the USGS sends it. */
const quakes = () => ({
  type: 'FeatureCollection',
  metadata: { generated: 1_795_000_000_000, title: 'USGS All Earthquakes, Past Hour', status: 200, count: 2 },
  features: [quake('us7000abcd', 4.7, 1_795_000_000_000), quake('ci40123456', 1.2, 1_795_000_100_000)],
  bbox: [-180, -90, 0, 180, 90, 700]
});
const quake = (id: string, mag: number, time: number) => ({
  type: 'Feature',
  properties: {
    mag,
    place: '12 km NE of Somewhere',
    time,
    updated: time + 60_000,
    tz: null,
    felt: null,
    status: 'automatic',
    tsunami: 0,
    sig: 340,
    net: id.slice(0, 2),
    code: id.slice(2),
    magType: 'mb',
    type: 'earthquake',
    title: `M ${String(mag)} - 12 km NE of Somewhere`
  },
  geometry: { type: 'Point', coordinates: [-118.5, 34.2, 10.1] },
  id
});

/** Current conditions as open-meteo sends them. */
const weather = (query: URLSearchParams) => ({
  latitude: Number(query.get('latitude')),
  longitude: Number(query.get('longitude')),
  timezone: 'GMT',
  current_units: { temperature_2m: '°C' },
  current: {
    time: '2026-11-22T12:00',
    interval: 900,
    ...Object.fromEntries((query.get('current') ?? '').split(',').map((field, index) => [field, index + 1]))
  }
});

/** A match of Coinbase's channel "matches". */
const trade = (pair: string, number: number) => ({
  type: 'match',
  trade_id: number,
  maker_order_id: 'ac928c66-ca53-498f-9c13-a110027a60e8',
  taker_order_id: '132fb6ae-456b-4654-b4e0-d681ac05cea1',
  side: 'sell',
  size: '0.0125',
  price: '61250.01',
  product_id: pair,
  sequence: number,
  time: '2026-11-22T12:00:00.123456Z'
});
