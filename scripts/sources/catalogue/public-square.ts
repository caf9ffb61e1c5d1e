import { playback } from '../feeds/playback.ts';
import { numberOf, readTable } from '../feeds/recording.ts';
import { wikimediaEdits } from '../feeds/wikimedia.ts';
import { hour, minute } from './source.ts';
import type { SellerSource } from './source.ts';
import { openRights, termsOf, usualRights } from './terms.ts';

const seller = 'Public Square';

/** Society and energy: power generation and jobs played back, and what the world edits just now. */
export function publicSquare(timeout: number, changesUrl: string): SellerSource {
  return {
    account: 6,
    name: seller,
    streams: [
      {
        key: 'iowa-electricity',
        name: 'Electricity in Iowa, played back',
        description: 'Electricity generated in Iowa every year from 2001 to 2017 by source.',
        fields: [
          { name: 'source', description: 'Fossil fuels, nuclear energy or renewables' },
          { name: 'generation', description: 'Net generation of the year', unit: 'GWh' },
          { name: 'year', description: 'Year' }
        ],
        feed: playback(5, () =>
          readTable('iowa-electricity.csv')
            .map((row) => ({
              source: row.source,
              generation: numberOf(row.net_generation),
              year: Number(row.year?.slice(0, 4))
            }))
            .toSorted((a, b) => a.year - b.year)
        )
      },
      {
        key: 'us-employment',
        name: 'Jobs in the USA, played back',
        description: 'People employed in the USA month by month from 2006 to 2015, by sector.',
        fields: [
          { name: 'nonfarm', description: 'Employed outside farming', unit: 'thousand' },
          { name: 'change', description: 'Change to the month before', unit: 'thousand' },
          { name: 'private', description: 'In private companies', unit: 'thousand' },
          { name: 'manufacturing', description: 'In manufacturing', unit: 'thousand' },
          { name: 'construction', description: 'In construction', unit: 'thousand' },
          { name: 'government', description: 'In government', unit: 'thousand' },
          { name: 'month', description: 'Month' }
        ],
        feed: playback(5, () =>
          readTable('us-employment.csv').map((row) => ({
            nonfarm: numberOf(row.nonfarm),
            change: numberOf(row.nonfarm_change),
            private: numberOf(row.private),
            manufacturing: numberOf(row.manufacturing),
            construction: numberOf(row.construction),
            government: numberOf(row.government),
            month: row.month?.slice(0, 7)
          }))
        )
      },
      {
        key: 'wikimedia-edits',
        name: 'Wikipedia, as it is written',
        description: 'Edits of articles on all Wikipedias and their sister projects, seconds after they were made.',
        fields: [
          { name: 'wiki', description: 'Which wiki' },
          { name: 'title', description: 'Title of the article' },
          { name: 'user', description: 'Who edited' },
          { name: 'kind', description: 'edit, or new for a new article' },
          { name: 'minor', description: 'Marked as a minor edit' },
          { name: 'bytes', description: 'How much longer the article became', unit: 'B' },
          { name: 'comment', description: "The editor's summary" },
          { name: 'editedAt', description: 'Time of the edit, UTC' },
          { name: 'url', description: 'The article' },
          { name: 'skipped', description: 'Edits left out since the last event, above four a second' }
        ],
        feed: wikimediaEdits(changesUrl, timeout),
        internet: true
      }
    ],
    products: [
      {
        key: 'iowa-electricity',
        name: 'How Iowa turned to wind',
        summary: 'Electricity by source from 2001 to 2017: one state, three sources, one steep line.',
        description: `In 2001 Iowa made under four percent of its electricity from renewable sources, in 2017 thirty-nine. 51 readings tell it, one every five seconds.

A small stream to try stacked area charts with.`,
        category: 'energy',
        tags: ['electricity', 'wind power', 'renewables', 'iowa'],
        streams: ['iowa-electricity'],
        terms: termsOf({
          seller,
          product: 'How Iowa turned to wind',
          promise: 'Values are those of the official statistics.',
          attribution: 'U.S. Energy Information Administration',
          ...usualRights
        }),
        pricePerHour: '0.15',
        boundary: hour,
        minimumPeriod: hour,
        cadence: 5,
        coverage: { places: [{ name: 'Iowa', bbox: [-96.64, 40.37, -90.14, 43.5] }], regions: ['US'] },
        recorded: true,
        origin: { name: 'U.S. Energy Information Administration', url: 'https://www.eia.gov/' }
      },
      {
        key: 'us-employment',
        name: 'Jobs month by month',
        summary: 'Employment in the USA by sector through the crisis of 2008 and the recovery. Free, with a licence.',
        description: `120 months around the financial crisis: who lost work first, who found it last. A month every five seconds, so the decade takes ten minutes.`,
        category: 'social',
        tags: ['employment', 'labour', 'economy', 'usa', 'open data'],
        streams: ['us-employment'],
        terms: termsOf({
          seller,
          product: 'Jobs month by month',
          promise: 'Values are those of the official statistics.',
          attribution: 'U.S. Bureau of Labor Statistics',
          ...openRights
        }),
        pricePerHour: '0',
        boundary: hour,
        minimumPeriod: hour,
        cadence: 5,
        coverage: { regions: ['US'] },
        recorded: true,
        origin: { name: 'U.S. Bureau of Labor Statistics', url: 'https://www.bls.gov/' }
      },
      {
        key: 'wikimedia-edits',
        name: 'The world edits Wikipedia',
        summary: 'Edits of articles in every language, by people rather than bots, seconds after they were made.',
        description: `What does the world write about right now? Every event is one edit of an article by a human being, with its title, wiki, size and summary.

In busy moments the stream stays at four events a second and says in \`skipped\` how many edits were left out.`,
        category: 'social',
        tags: ['wikipedia', 'edits', 'news', 'live', 'languages'],
        streams: ['wikimedia-edits'],
        terms: termsOf({
          seller,
          product: 'The world edits Wikipedia',
          promise: 'Edits are passed on as they come, as long as the original source answers.',
          attribution: 'Wikimedia Foundation, recent changes; texts CC BY-SA 4.0',
          ...openRights
        }),
        pricePerHour: '0.2',
        boundary: minute,
        minimumPeriod: minute,
        cadence: 1,
        origin: { name: 'Wikimedia recent changes', url: 'https://stream.wikimedia.org/' },
        languages: ['mul']
      }
    ]
  };
}
