import { departures } from './departures.ts';
import { earthDesk } from './earth-desk.ts';
import { machineRoom } from './machine-room.ts';
import { marketTape } from './market-tape.ts';
import { publicSquare } from './public-square.ts';
import type { SellerSource } from './source.ts';
import { weatherArchive } from './weather-archive.ts';

/** Where the sources on the internet answer. */
export interface InternetSources {
  readonly earthquakes: string;
  readonly forecast: string;
  readonly exchange: string;
  readonly changes: string;
}

export const internetSources: InternetSources = {
  earthquakes: 'https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/all_hour.geojson',
  forecast: 'https://api.open-meteo.com/v1/forecast',
  exchange: 'wss://ws-feed.exchange.coinbase.com',
  changes: 'https://stream.wikimedia.org/v2/stream/recentchange'
};

/** Milliseconds within which a source on the internet must answer. */
const timeout = 8_000;

/**
 * All demonstration sellers with their streams and products.
 *
 * @param directory A folder on the disk whose latency is measured.
 */
export function createCatalogue(directory: string, internet: InternetSources): readonly SellerSource[] {
  return [
    machineRoom(directory),
    earthDesk(timeout, internet.earthquakes),
    weatherArchive(timeout, internet.forecast),
    marketTape(timeout, internet.exchange),
    departures(),
    publicSquare(timeout, internet.changes)
  ];
}
