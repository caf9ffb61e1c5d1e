import { createHash } from 'node:crypto';
import type { ProductDocument } from '#sdk/protocol/product-document';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { createRandom, type Random } from './random.ts';

/** Products as a large market might have them, made of the words that such products are described by. */

export type Words = readonly [string, ...string[]];

/** What is measured, by category. */
export const subjects = {
  weather: [
    ...(['temperature', 'rain', 'wind', 'humidity', 'air pressure', 'snow depth', 'lightning', 'visibility'] as const),
    ...['sunshine', 'fog', 'cloud cover', 'frost', 'storm warnings', 'pollen', 'ultraviolet index']
  ],
  transport: [
    ...(['train departures', 'bus positions', 'flight tracks', 'ship positions', 'parking spaces'] as const),
    ...[
      'road traffic',
      'bicycle counters',
      'ferry delays',
      'tram occupancy',
      'charging stations',
      'tolls',
      'freight wagons'
    ]
  ],
  finance: [
    ...(['bitcoin trades', 'share quotes', 'currency rates', 'order book depth', 'bond yields'] as const),
    ...[
      'gold prices',
      'option volatility',
      'company filings',
      'ethereum gas',
      'funding rates',
      'dividends',
      'liquidations'
    ]
  ],
  energy: [
    ...(['electricity demand', 'solar output', 'wind power', 'grid frequency', 'spot prices', 'gas storage'] as const),
    ...['battery charge', 'carbon intensity', 'heat pumps', 'nuclear output', 'outages', 'smart meters']
  ],
  social: [
    ...(['headlines', 'posts', 'sentiment', 'wiki edits', 'trending topics', 'search interest'] as const),
    ...['podcast charts', 'forum threads', 'petitions', 'football scores', 'code commits', 'job adverts']
  ],
  sensors: [
    ...([
      'noise levels',
      'air quality',
      'soil moisture',
      'water level',
      'vibration',
      'footfall',
      'room occupancy'
    ] as const),
    ...['machine temperature', 'door events', 'radiation', 'beehive weight', 'tank levels', 'elevator trips']
  ],
  science: [
    ...(['earthquakes', 'solar wind', 'river discharge', 'ocean buoys', 'asteroids', 'whale sightings'] as const),
    ...['cosmic rays', 'volcanic tremor', 'glacier movement', 'genome submissions', 'tide gauges', 'geomagnetic storms']
  ],
  other: [
    ...([
      'auction results',
      'lottery draws',
      'recipe prices',
      'museum visitors',
      'domain names',
      'rental adverts'
    ] as const),
    ...['hotel rates', 'queue times', 'lost property', 'recalls']
  ]
} as const satisfies Record<ProductDocument['category'], Words>;
export const categories = Object.keys(subjects) as [ProductDocument['category'], ...ProductDocument['category'][]];

/** Name, country, longitude, latitude. */
export const cities: readonly [City, ...City[]] = [
  ...([
    ['London', 'GB', -0.13, 51.51],
    ['New York', 'US', -74.01, 40.71],
    ['Tokyo', 'JP', 139.69, 35.68]
  ] as const),
  ...([
    ['Berlin', 'DE', 13.4, 52.52],
    ['Paris', 'FR', 2.35, 48.86],
    ['Zurich', 'CH', 8.54, 47.37],
    ['Madrid', 'ES', -3.7, 40.42],
    ['Rome', 'IT', 12.5, 41.9],
    ['Amsterdam', 'NL', 4.9, 52.37],
    ['Helsinki', 'FI', 24.94, 60.17],
    ['Oslo', 'NO', 10.75, 59.91],
    ['Stockholm', 'SE', 18.07, 59.33],
    ['Warsaw', 'PL', 21.01, 52.23],
    ['Vienna', 'AT', 16.37, 48.21],
    ['Lisbon', 'PT', -9.14, 38.72],
    ['Dublin', 'IE', -6.26, 53.35],
    ['Athens', 'GR', 23.73, 37.98],
    ['Istanbul', 'TR', 28.98, 41.01],
    ['Cairo', 'EG', 31.24, 30.04],
    ['Lagos', 'NG', 3.38, 6.52],
    ['Nairobi', 'KE', 36.82, -1.29],
    ['Cape Town', 'ZA', 18.42, -33.92],
    ['Mumbai', 'IN', 72.88, 19.08],
    ['Delhi', 'IN', 77.21, 28.61],
    ['Singapore', 'SG', 103.82, 1.35],
    ['Bangkok', 'TH', 100.5, 13.76],
    ['Jakarta', 'ID', 106.85, -6.21],
    ['Seoul', 'KR', 126.98, 37.57],
    ['Osaka', 'JP', 135.5, 34.69],
    ['Sydney', 'AU', 151.21, -33.87],
    ['Auckland', 'NZ', 174.76, -36.85],
    ['San Francisco', 'US', -122.42, 37.77],
    ['Seattle', 'US', -122.33, 47.61],
    ['Chicago', 'US', -87.63, 41.88],
    ['Boston', 'US', -71.06, 42.36],
    ['Toronto', 'CA', -79.38, 43.65],
    ['Vancouver', 'CA', -123.12, 49.28],
    ['Mexico City', 'MX', -99.13, 19.43],
    ['Lima', 'PE', -77.04, -12.05],
    ['Bogota', 'CO', -74.07, 4.71],
    ['Santiago', 'CL', -70.67, -33.45],
    ['Buenos Aires', 'AR', -58.38, -34.6],
    ['Hamburg', 'DE', 9.99, 53.55],
    ['Munich', 'DE', 11.58, 48.14],
    ['Lyon', 'FR', 4.84, 45.76],
    ['Marseille', 'FR', 5.37, 43.3],
    ['Geneva', 'CH', 6.14, 46.2],
    ['Basel', 'CH', 7.59, 47.56],
    ['Manchester', 'GB', -2.24, 53.48],
    ['Edinburgh', 'GB', -3.19, 55.95]
  ] as const)
];
export type City = readonly [name: string, country: string, longitude: number, latitude: number];

const qualities: Words = [
  'hourly',
  'raw',
  'validated',
  'calibrated',
  'aggregated',
  'forecast',
  'historic',
  'minute',
  'official',
  'crowdsourced',
  'interpolated',
  'normalised'
];
const makers: Words = [
  'Observatory',
  'Institute',
  'Labs',
  'Works',
  'Desk',
  'Network',
  'Cooperative',
  'Agency',
  'Union',
  'Collective'
];
const methods: Words = [
  ...(['measured by stations of our own', 'collected from public sources'] as const),
  ...['checked by two independent receivers', 'published as they happen', 'with gaps marked and nothing filled in'],
  ...['cleaned of outliers', 'joined from several operators', 'taken by volunteers with tested instruments'],
  ...['every value with its uncertainty', 'as the operator reports them', 'resampled to a steady rhythm']
];
const places: Words = [
  'station',
  'harbour',
  'airport',
  'district',
  'ring road',
  'old town',
  'north',
  'south',
  'east',
  'west',
  'centre',
  'valley',
  'bridge'
];
const languages: Words = ['en', 'de', 'fr', 'es', 'ja', 'zh', 'pt', 'it'];
const cadences = [1, 1, 5, 10, 60, 60, 300, 600, 3_600, 86_400] as const;
const settlements = ['AT_ONCE', 'AT_ONCE', 'BY_SECOND', 'BY_SECOND', 'AFTER_EVENTS', 'BY_EVENT'] as const;

const hexOf = (text: string): Hex => `0x${createHash('sha256').update(text).digest('hex')}`;

/** Rows of the indexer's tables for one product. */
export interface GeneratedProduct {
  readonly offer: Record<string, unknown>;
  readonly product: Record<string, unknown>;
  readonly document: { readonly hash: Hex; readonly content: ProductDocument };
  readonly seller: Address;
  readonly karma: string;
}

export function generateProduct(number: number): GeneratedProduct {
  const random = createRandom(number + 1);
  const category = random.pick(categories);
  const subject = random.pickUnevenly(subjects[category]);
  const city = random.pickUnevenly(cities);
  const [cityName, country, longitude, latitude] = city;
  const id = hexOf(`product ${String(number)}`);
  const offerId = hexOf(`offer ${String(number)}`);
  const sellerNumber = random.below(4_000);
  const seller: Address = `0x${hexOf(`seller ${String(sellerNumber)}`).slice(2, 42)}`;
  const stream: Address = `0x${id.slice(2, 42)}`;
  const content = describe(random, { category, subject, city: cityName, sellerNumber, stream });
  const shared = {
    ...{
      seller,
      price_per_second: priceOf(random),
      streams: [stream],
      document_hash: hexOf(`document ${String(number)}`)
    },
    listed: random.next() > 0.05
  };
  return {
    seller,
    karma: String(BigInt(Math.floor(10 ** (random.next() * 6))) * 10n ** 18n),
    document: {
      hash: shared.document_hash,
      content: {
        ...content,
        coverage: {
          regions: [country],
          places: [{ name: cityName, geometry: { type: 'Point', coordinates: [longitude, latitude] } }]
        }
      }
    },
    product: {
      ...{
        ...shared,
        id,
        number: String(number),
        current_offer: offerId,
        created_at_block: number,
        created_at: number
      },
      ...{ purchases: Math.floor(10 ** (random.next() * 3)) - 1, revenue: '0' }
    },
    offer: {
      ...{ ...shared, id: offerId, product: id, product_number: String(number), beneficiary: seller },
      ...{ minimum_period: 60, maximum_period: 31_536_000, boundary: 3_600, fee_basis_points: 100 },
      ...{ settlement: random.pick(settlements), oracle: null, events: '0', delivery_period: 0 },
      ...{ attestation_schema: null, attesters: [], terms_hash: hexOf('terms'), position: 1, listed_at_block: number },
      ...{ listed_at: number, retired_at: null, revenue: '0', refunded: '0', withdrawn: '0', fees: '0' }
    }
  };
}

interface Theme {
  readonly category: ProductDocument['category'];
  readonly subject: string;
  readonly city: string;
  readonly sellerNumber: number;
  readonly stream: Address;
}

function describe(random: Random, { category, subject, city, sellerNumber, stream }: Theme): ProductDocument {
  const place = random.pickUnevenly(places);
  const sentences = Array.from({ length: 3 + random.below(4) }, () => {
    const about = random.pickUnevenly(subjects[category]);
    return `Data on ${about} near ${city} ${place}, ${random.pick(methods)}, ${random.pick(methods)}.`;
  });
  const seller = `${random.pick(cities)[0]} ${random.pick(makers)} ${String(sellerNumber)}`;
  const name = `${subject} of ${city} ${place}, ${random.pick(qualities)}`;
  return {
    ...{
      version: 1,
      name: name.charAt(0).toUpperCase() + name.slice(1),
      category,
      recorded: false,
      sellerName: seller
    },
    summary: `${random.pick(qualities)} ${subject} around ${city} ${place}: ${random.pick(methods)}.`,
    description: sentences.join('\n\n'),
    tags: [...new Set([...subject.split(' '), city.toLowerCase(), random.pick(qualities), random.pick(places)])],
    cadence: random.pick(cadences),
    languages: [random.pickUnevenly(languages)],
    streams: [
      {
        ...{ address: stream, sample: [] },
        fields: [
          { name: subject.replaceAll(' ', '_'), description: `${subject} at the ${place}`, unit: 'units' },
          { name: 'observedAt', description: 'Time of the observation' }
        ]
      }
    ]
  };
}

/** DATAcoin wei per second: a fifth is free, the others a thousandth to ten DATA an hour. */
function priceOf(random: Random): string {
  if (random.next() < 0.2) return '0';
  return String(Math.floor(10 ** (15 + random.next() * 4.3) / 3_600));
}
