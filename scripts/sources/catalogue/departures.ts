import { z } from 'zod';
import { playback } from '../feeds/playback.ts';
import { numberOf, readDocument, readTable } from '../feeds/recording.ts';
import { hour, minute } from './source.ts';
import type { SellerSource } from './source.ts';
import { openRights, termsOf, usualRights } from './terms.ts';

const seller = 'Departures & Arrivals';
const flightSchema = z.object({
  date: z.string(),
  delay: z.number(),
  distance: z.number(),
  origin: z.string(),
  destination: z.string()
});

/** Transport: flights and their delays, and birds that met aircraft, both played back. */
export function departures(): SellerSource {
  return {
    account: 5,
    name: seller,
    streams: [
      {
        key: 'flights',
        name: 'Flights and delays, played back',
        description:
          'Flights within the USA in the first months of 2001 with their delays and the places of both airports.',
        fields: [
          { name: 'origin', description: 'IATA code of the airport of departure' },
          { name: 'originCity', description: 'City of departure' },
          { name: 'destination', description: 'IATA code of the airport of arrival' },
          { name: 'destinationCity', description: 'City of arrival' },
          { name: 'delay', description: 'Delay at arrival; negative is early', unit: 'min' },
          { name: 'distance', description: 'Length of the route', unit: 'mi' },
          { name: 'latitude', description: 'Latitude of the airport of departure', unit: '°' },
          { name: 'longitude', description: 'Longitude of the airport of departure', unit: '°' },
          { name: 'departure', description: 'Departure, local time' }
        ],
        feed: playback(1, readFlights)
      },
      {
        key: 'wildlife-strikes',
        name: 'Wildlife strikes, played back',
        description: 'Birds and other animals that met aircraft in the USA, as reported to the FAA, in their order.',
        fields: [
          { name: 'airport', description: 'Nearest airport' },
          { name: 'state', description: 'State of departure' },
          { name: 'aircraft', description: 'Make and model' },
          { name: 'phase', description: 'Phase of the flight' },
          { name: 'species', description: 'What was hit' },
          { name: 'damage', description: 'None, minor, medium or substantial' },
          { name: 'speed', description: 'Indicated airspeed', unit: 'kn' },
          { name: 'cost', description: 'Total cost', unit: 'USD' },
          { name: 'day', description: 'Day of the flight' }
        ],
        feed: playback(4, readStrikes)
      }
    ],
    products: [
      {
        key: 'flights',
        name: 'Flight delays, flight by flight',
        summary:
          'Flights within the USA with delay, route and place of departure. One flight per second, by the minute.',
        description: `20,000 flights of early 2001 as the airlines reported them to the Bureau of Transportation Statistics, joined with the names and places of the airports so that they can be drawn on a map at once.

\`delay\` counts minutes at arrival; early flights are negative. Licences end on the full minute.`,
        category: 'transport',
        tags: ['flights', 'delays', 'airports', 'aviation', 'usa'],
        streams: ['flights'],
        terms: termsOf({
          seller,
          product: 'Flight delays, flight by flight',
          promise: 'Flights are those of the official statistics, a random part of them.',
          attribution: 'U.S. Bureau of Transportation Statistics',
          ...usualRights
        }),
        pricePerHour: '1.8',
        settlement: 'by-second',
        boundary: minute,
        minimumPeriod: minute,
        cadence: 1,
        coverage: {
          places: [{ name: 'The contiguous United States', bbox: [-124.8, 24.5, -66.9, 49.4] }],
          regions: ['US'],
          time: { from: '2001-01-01' }
        },
        recorded: true,
        origin: { name: 'U.S. Bureau of Transportation Statistics', url: 'https://www.transtats.bts.gov/' }
      },
      {
        key: 'wildlife-strikes',
        name: 'Birds and aircraft',
        summary: 'Reported wildlife strikes: which bird, which aircraft, what it cost. Free, with a licence.',
        description: `10,000 reports from 1990 to 2002: the species, the phase of the flight, the damage and what it cost. One every four seconds.

Small birds that nobody recognised lead the list, starlings follow, and once in a while it was a deer.`,
        category: 'transport',
        tags: ['aviation', 'birds', 'safety', 'open data'],
        streams: ['wildlife-strikes'],
        terms: termsOf({
          seller,
          product: 'Birds and aircraft',
          promise: 'Reports are voluntary and therefore not complete.',
          attribution: 'FAA Wildlife Strike Database',
          ...openRights
        }),
        pricePerHour: '0',
        boundary: hour,
        minimumPeriod: hour,
        cadence: 4,
        coverage: {
          places: [{ name: 'The contiguous United States', bbox: [-124.8, 24.5, -66.9, 49.4] }],
          regions: ['US']
        },
        recorded: true,
        origin: { name: 'FAA Wildlife Strike Database', url: 'https://wildlife.faa.gov/' },
        languages: ['en']
      }
    ]
  };
}

function readFlights() {
  const airports = new Map(readTable('airports.csv').map((row) => [row.iata, row]));
  return z
    .array(flightSchema)
    .parse(readDocument('flights-20k.json'))
    .toSorted((a, b) => a.date.localeCompare(b.date))
    .map(({ origin, destination, delay, distance, date }) => ({
      origin,
      originCity: airports.get(origin)?.city ?? null,
      destination,
      destinationCity: airports.get(destination)?.city ?? null,
      delay,
      distance,
      latitude: numberOf(airports.get(origin)?.latitude),
      longitude: numberOf(airports.get(origin)?.longitude),
      departure: date.replaceAll('/', '-').replace(' ', 'T')
    }));
}

function readStrikes() {
  return readTable('birdstrikes.csv')
    .map((row) => ({
      airport: row['Airport Name'],
      state: row['Origin State'],
      aircraft: row['Aircraft Make Model'],
      phase: row['Phase of flight'],
      species: row['Wildlife Species'],
      damage: row['Effect Amount of damage'],
      speed: numberOf(row['Speed IAS in knots']),
      cost: numberOf(row['Cost Total $']),
      day: row['Flight Date'] ?? ''
    }))
    .toSorted((a, b) => a.day.localeCompare(b.day));
}
