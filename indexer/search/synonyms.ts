/**
 * Words that people use for the same thing on a market of data. Every word of a group finds the others, at less weight
 * than itself; more than one word in a row is a phrase. A word may be in several groups.
 */
export const synonymGroups: readonly (readonly string[])[] = [
  // finance
  ['bitcoin', 'btc', 'xbt'],
  ['ethereum', 'eth', 'ether'],
  ['crypto', 'cryptocurrency', 'cryptocurrencies'],
  ['stock', 'stocks', 'equity', 'equities', 'share', 'shares'],
  ['forex', 'fx', 'currency', 'currencies', 'exchange rates'],
  ['quote', 'ticker', 'price'],
  ['orderbook', 'order book', 'depth of market'],
  ['commodity', 'commodities', 'raw materials'],
  ['inflation', 'cpi', 'consumer prices'],
  // transport
  ['plane', 'aircraft', 'airplane', 'aeroplane', 'flight', 'flights', 'ads b', 'aviation'],
  ['ship', 'ships', 'vessel', 'vessels', 'ais', 'boat', 'maritime'],
  ['train', 'trains', 'railway', 'railroad', 'rail'],
  ['subway', 'metro', 'underground', 'tube'],
  ['bus', 'buses', 'coach', 'public transport', 'transit'],
  ['tram', 'streetcar'],
  ['bike', 'bicycle', 'cycling', 'bikeshare', 'bike sharing'],
  ['car', 'cars', 'vehicle', 'vehicles', 'automobile'],
  ['traffic', 'congestion', 'traffic jam', 'road'],
  ['parking', 'car park', 'parking lot', 'garage'],
  ['delay', 'delays', 'lateness', 'punctuality'],
  ['timetable', 'schedule', 'departures', 'arrivals'],
  ['truck', 'trucks', 'lorry', 'freight', 'haulage'],
  ['charger', 'charging', 'charging station', 'ev'],
  ['ev', 'electric vehicle', 'electric car'],
  // weather, earth and water
  ['rain', 'rainfall', 'precipitation'],
  ['temperature', 'temperatures', 'heat', 'warmth'],
  ['wind', 'gust', 'gusts', 'anemometer'],
  ['storm', 'thunderstorm', 'hurricane', 'cyclone', 'typhoon'],
  ['lightning', 'thunder', 'strikes'],
  ['snow', 'snowfall', 'avalanche'],
  ['sun', 'sunshine', 'solar', 'irradiance'],
  ['earthquake', 'quake', 'seismic', 'tremor', 'seismology'],
  ['volcano', 'volcanic', 'eruption'],
  ['flood', 'flooding', 'river level', 'water level', 'gauge'],
  ['tide', 'tides', 'sea level'],
  ['wave', 'waves', 'swell', 'surf'],
  ['ocean', 'sea', 'marine'],
  ['wildfire', 'forest fire', 'bushfire', 'fire'],
  ['air quality', 'air pollution', 'pm25', 'pm10', 'particulate', 'smog'],
  ['pollen', 'allergy', 'hay fever'],
  ['humidity', 'moisture'],
  ['forecast', 'prediction', 'nowcast', 'outlook'],
  ['uv', 'ultraviolet'],
  // energy
  ['electricity', 'power', 'energy'],
  ['photovoltaic', 'pv', 'solar'],
  ['grid', 'power grid', 'transmission'],
  ['spot price', 'day ahead', 'electricity price'],
  ['co2', 'carbon', 'carbon dioxide', 'emissions'],
  ['gas', 'natural gas', 'lng'],
  ['oil', 'crude', 'brent', 'petroleum'],
  ['battery', 'storage', 'accumulator'],
  // society and the net
  ['tweet', 'tweets', 'twitter', 'microblog', 'post', 'posts'],
  ['social', 'social media', 'social network'],
  ['sentiment', 'mood', 'opinion'],
  ['news', 'headlines', 'press', 'journalism'],
  ['wiki', 'wikipedia', 'encyclopedia'],
  ['trend', 'trends', 'trending', 'popular'],
  ['football', 'soccer'],
  ['sport', 'sports', 'match', 'scores'],
  ['software', 'code', 'github', 'repositories', 'open source'],
  // things and places
  ['sensor', 'sensors', 'iot', 'measurement', 'telemetry'],
  ['cpu', 'processor', 'server', 'machine', 'computer'],
  ['noise', 'sound', 'decibel', 'loudness'],
  ['occupancy', 'crowd', 'crowded', 'busy', 'footfall', 'visitors', 'people counter'],
  ['camera', 'webcam', 'video'],
  ['satellite', 'remote sensing', 'earth observation'],
  ['gps', 'position', 'positions', 'location', 'tracking'],
  ['soil', 'farm', 'agriculture', 'crop', 'farming'],
  ['health', 'medical', 'hospital', 'clinic'],
  ['dna', 'genome', 'genetic'],
  ['usa', 'us', 'united states', 'america'],
  ['uk', 'united kingdom', 'britain', 'england'],
  ['eu', 'europe', 'european union'],
  ['nyc', 'new york'],
  ['sf', 'san francisco']
];

/** Words that find others, and are not found by them: who asks for crypto is served by bitcoin, not the other way round. */
const narrower: Readonly<Record<string, readonly string[]>> = {
  crypto: ['bitcoin', 'ethereum', 'stablecoin', 'defi'],
  cryptocurrency: ['bitcoin', 'ethereum', 'stablecoin', 'defi'],
  cryptocurrencies: ['bitcoin', 'ethereum', 'stablecoin', 'defi'],
  blockchain: ['bitcoin', 'ethereum', 'crypto'],
  commodity: ['gold', 'oil', 'wheat', 'gas'],
  commodities: ['gold', 'oil', 'wheat', 'gas']
};

const longestPhrase = Math.max(...synonymGroups.flat().map((phrase) => phrase.split(' ').length));
const groupsOf = new Map<string, (readonly string[])[]>();
for (const group of synonymGroups) {
  for (const phrase of group) groupsOf.set(phrase, [...(groupsOf.get(phrase) ?? []), group]);
}

/** Everything that has other words, each a word or words with blanks between them. */
export const synonymPhrases: readonly string[] = [...new Set([...groupsOf.keys(), ...Object.keys(narrower)])];

/** A part of a query that means one thing. */
export interface Meaning {
  /** Words of the query, in a row. */
  readonly words: readonly string[];
  /** Other words for it, each one a phrase. */
  readonly synonyms: readonly (readonly string[])[];
}

/** Words of a query -> meanings, longest phrases first, each word in one meaning. */
export function meaningsOf(words: readonly string[]): Meaning[] {
  const meanings: Meaning[] = [];
  for (let start = 0; start < words.length;) {
    let length = Math.min(longestPhrase, words.length - start);
    while (length > 1 && !groupsOf.has(words.slice(start, start + length).join(' '))) length -= 1;
    const phrase = words.slice(start, start + length);
    const typed = phrase.join(' ');
    const others = new Set(
      [...(groupsOf.get(typed) ?? []).flat(), ...(narrower[typed] ?? [])].filter((other) => other !== typed)
    );
    meanings.push({ words: phrase, synonyms: [...others].map((other) => other.split(' ')) });
    start += length;
  }
  return meanings;
}

/**
 * Words that say little on a market where everything is a live stream of data: they help to rank, and nothing has to
 * have them.
 */
export const weakWords: ReadonlySet<string> = new Set([
  ...['data', 'dataset', 'stream', 'streams', 'streaming', 'feed', 'feeds', 'live', 'real', 'time', 'realtime'],
  ...['api', 'information', 'latest', 'current', 'now', 'online', 'free', 'cheap', 'best', 'find', 'get', 'buy']
]);
