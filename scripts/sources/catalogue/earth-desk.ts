import { earthquakeContent, earthquakesSchema, reportedEarthquakes } from '../feeds/earthquakes.ts';
import { playback } from '../feeds/playback.ts';
import { numberOf, readDocument, readTable } from '../feeds/recording.ts';
import { hour, minute } from './source.ts';
import type { Field, SellerSource } from './source.ts';
import { openRights, termsOf, usualRights } from './terms.ts';

const seller = 'Open Earth Desk';
const earthquakeFields: readonly Field[] = [
  { name: 'id', description: "The network's id of the earthquake" },
  { name: 'magnitude', description: 'Magnitude' },
  { name: 'magnitudeType', description: 'Scale of the magnitude, such as ml or mww' },
  { name: 'place', description: 'Nearest place, in words' },
  { name: 'latitude', description: 'Latitude of the epicentre', unit: '°' },
  { name: 'longitude', description: 'Longitude of the epicentre', unit: '°' },
  { name: 'depth', description: 'Depth of the hypocentre', unit: 'km' },
  { name: 'kind', description: 'earthquake, quarry blast, explosion' },
  { name: 'review', description: 'automatic, or reviewed by a seismologist' },
  { name: 'significance', description: 'How significant, 0 to 1000' },
  { name: 'tsunami', description: 'A tsunami message was issued' },
  { name: 'occurredAt', description: 'When the earth shook, UTC' }
];

/** Earth science: recorded earthquakes and carbon dioxide; earthquakes as they are reported. */
export function earthDesk(timeout: number, feedUrl: string): SellerSource {
  return {
    account: 2,
    name: seller,
    streams: [
      {
        key: 'recorded-earthquakes',
        name: 'Earthquakes of one week, played back',
        description: 'All earthquakes that the USGS located from 31 January to 7 February 2018, in their order.',
        fields: earthquakeFields,
        feed: playback(3, () =>
          earthquakesSchema
            .parse(readDocument('earthquakes.json'))
            .features.toSorted((a, b) => a.properties.time - b.properties.time)
            .map(earthquakeContent)
        )
      },
      {
        key: 'carbon-dioxide',
        name: 'Carbon dioxide at Mauna Loa, played back',
        description: 'Monthly means of carbon dioxide in the air at Mauna Loa, Hawaii, since March 1958.',
        fields: [
          { name: 'concentration', description: 'Monthly mean', unit: 'ppm' },
          { name: 'adjusted', description: 'The same without the course of the seasons', unit: 'ppm' },
          { name: 'month', description: 'Month of the measurement' }
        ],
        feed: playback(5, () =>
          readTable('co2-concentration.csv').map((row) => ({
            concentration: numberOf(row.CO2),
            adjusted: numberOf(row['adjusted CO2']),
            month: row.Date?.slice(0, 7)
          }))
        )
      },
      {
        key: 'usgs-earthquakes',
        name: 'Earthquakes as the USGS reports them',
        description: 'Every earthquake that the USGS reports worldwide, within a minute, and every revision of it.',
        fields: [
          ...earthquakeFields,
          { name: 'revised', description: 'The report was published before and has changed' }
        ],
        feed: reportedEarthquakes(feedUrl, 60, timeout),
        internet: true
      }
    ],
    products: [
      {
        key: 'recorded-earthquakes',
        name: 'A week of earthquakes, worldwide',
        summary: '1,707 earthquakes of early 2018 in their order, one every three seconds. Free, with a licence.',
        description: `Everything that the networks of the U.S. Geological Survey located in one week, from barely felt to **magnitude 6.4**, played back in order. The time at which the earth shook is in \`occurredAt\`; the event's own time is the time of the playback.

The data are free; the licence shows how many people use them. The stream is encrypted like any paid one, so this is also the product to try a first purchase with.

### Ideas
- a map that fills up
- an alarm above a magnitude of your choice
- the share of earthquakes below the sea`,
        category: 'science',
        tags: ['earthquakes', 'seismology', 'geology', 'map', 'open data'],
        streams: ['recorded-earthquakes'],
        terms: termsOf({
          seller,
          product: 'A week of earthquakes, worldwide',
          promise: 'The recording is complete and unchanged.',
          attribution: 'U.S. Geological Survey',
          ...openRights
        }),
        pricePerHour: '0',
        boundary: hour,
        minimumPeriod: hour,
        cadence: 3,
        coverage: {
          places: [{ name: 'The whole world', bbox: [-180, -90, 180, 90] }],
          time: { from: '2018-01-31', until: '2018-02-07' }
        },
        recorded: true,
        origin: {
          name: 'USGS Earthquake Hazards Program, all earthquakes of the past week, 7 February 2018',
          url: 'https://earthquake.usgs.gov/earthquakes/feed/'
        },
        languages: ['en']
      },
      {
        key: 'carbon-dioxide',
        name: 'The Keeling curve: carbon dioxide since 1958',
        summary: 'Monthly carbon dioxide at Mauna Loa, measured since 1958 and played back month by month.',
        description: `The longest continuous record of carbon dioxide in the air, begun by Charles David Keeling. Month by month, with and without the breathing of the seasons.

A month every five seconds: the sixty years take about an hour, so **one hour of licence is one whole curve**. Paid by the month, minute by minute: what does not come is not paid.`,
        category: 'science',
        tags: ['co2', 'climate', 'atmosphere', 'keeling curve'],
        streams: ['carbon-dioxide'],
        terms: termsOf({
          seller,
          product: 'The Keeling curve',
          promise: 'Values are those of the original record, rows without a measurement left out.',
          attribution: 'Scripps CO2 Program, CC BY 4.0',
          ...usualRights
        }),
        pricePerHour: '0.25',
        settlement: 'by-event',
        // short, so that one can watch payments being released
        delivery: { events: 11n, period: minute },
        boundary: minute,
        minimumPeriod: 5 * minute,
        cadence: 5,
        coverage: {
          places: [{ name: 'Mauna Loa', geometry: { type: 'Point', coordinates: [-155.576, 19.536] } }],
          regions: ['US'],
          time: { from: '1958-03-01' }
        },
        recorded: true,
        origin: { name: 'Scripps CO2 Program', url: 'https://scrippsco2.ucsd.edu/' }
      },
      {
        key: 'usgs-earthquakes',
        name: 'Earthquakes, live',
        summary: 'Earthquakes worldwide within a minute of being reported, with every revision.',
        description: `The summary of the U.S. Geological Survey is read every minute; every earthquake that is new in it, or whose report has changed since, becomes an event. \`revised\` tells the two apart.

Some minutes bring nothing and some a swarm: that is how the earth does it.`,
        category: 'science',
        tags: ['earthquakes', 'seismology', 'live', 'alert'],
        streams: ['usgs-earthquakes'],
        terms: termsOf({
          seller,
          product: 'Earthquakes, live',
          promise: 'Reports are passed on within about a minute, as long as the original source answers.',
          attribution: 'U.S. Geological Survey',
          ...openRights
        }),
        pricePerHour: '0.1',
        boundary: hour,
        minimumPeriod: hour,
        cadence: 300,
        coverage: { places: [{ name: 'The whole world', bbox: [-180, -90, 180, 90] }] },
        origin: { name: 'USGS Earthquake Hazards Program', url: 'https://earthquake.usgs.gov/earthquakes/feed/' },
        languages: ['en']
      }
    ]
  };
}
