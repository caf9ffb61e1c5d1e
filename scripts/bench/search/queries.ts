import { priceBands, updateRates } from '#sdk/protocol/discovery';
import { categories, cities, subjects, type City } from './products.ts';
import { createRandom, type Random } from './random.ts';

/** Address lines of searches: words, mistyped words, beginnings, facets, places and sorts, in the same mix every run. */
export function generateQueries(count: number): string[] {
  const random = createRandom(77);
  return Array.from({ length: count }, (_, number) => queryOf(random, number).toString());
}

function queryOf(random: Random, number: number): URLSearchParams {
  const query = new URLSearchParams();
  const subject = random.pickUnevenly(subjects[random.pick(categories)]);
  const [word = subject] = subject.split(' ');
  const city = random.pickUnevenly(cities);
  const [name] = city;
  switch (number % 10) {
    case 0: // one word, and nothing else
      query.set('q', word);
      break;
    case 1: // what and where
      query.set('q', `${subject} ${name}`);
      break;
    case 2: // mistyped
      query.set('q', `${mistype(random, word)} ${name}`);
      break;
    case 3: // mistyped, with a facet
      query.set('q', `${word} ${mistype(random, name)}`);
      narrow(random, query);
      break;
    case 4: // still being typed
      query.set('q', subject.slice(0, 3 + random.below(3)));
      break;
    case 5: // a whole question
      query.set('q', `live ${subject} data in ${name} every minute`);
      break;
    case 6: // a word with two facets
      query.set('q', word);
      narrow(random, query);
      narrow(random, query);
      break;
    case 7: // looking around
      narrow(random, query);
      if (random.next() < 0.5) narrow(random, query);
      query.set('sort', random.pick(['relevance', 'newest', 'cheapest', 'popular', 'karma', 'busiest']));
      break;
    case 8: // on the map
      nearby(random, query, city);
      if (random.next() < 0.5) query.set('q', word);
      break;
    default: // a word and a sort
      query.set('q', `${word} ${name}`);
      query.set('sort', random.pick(['newest', 'cheapest', 'popular', 'karma']));
  }
  return query;
}

function narrow(random: Random, query: URLSearchParams): void {
  const [name, country] = random.pickUnevenly(cities);
  const facets: readonly [[string, string], ...[string, string][]] = [
    ['category', random.pick(categories)],
    ['free', random.pick(['true', 'false'])],
    ['price', random.pick(priceBands)],
    ['settlement', random.pick(['at-once', 'by-second'])],
    ['rate', random.pick(updateRates)],
    ['region', random.pick([country, '150', '142'])],
    ['language', random.pick(['en', 'de', 'fr'])],
    ['tag', name.toLowerCase()]
  ];
  query.set(...random.pick(facets));
}

function nearby(random: Random, query: URLSearchParams, [, , longitude, latitude]: City): void {
  if (random.next() < 0.5) {
    query.set('near', `${String(longitude)},${String(latitude)}`);
    query.set('within', random.pick(['20', '100', '500']));
  } else {
    const box = [longitude - 3, latitude - 3, Math.min(180, longitude + 3), latitude + 3];
    query.set('bbox', box.map((degrees) => degrees.toFixed(2)).join(','));
  }
}

/** One letter left out, doubled, mistaken or swapped with the next. */
function mistype(random: Random, word: string): string {
  const place = 1 + random.below(Math.max(1, word.length - 2));
  const letter = word.charAt(place);
  const before = word.slice(0, place);
  const after = word.slice(place + 1);
  return random.pick([
    before + after,
    before + letter + letter + after,
    `${before}x${after}`,
    before + after.charAt(0) + letter + after.slice(1)
  ]);
}
