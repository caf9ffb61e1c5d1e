import type { Product } from '#sdk/protocol/discovery';
import type { ProductDocument } from '#sdk/protocol/product-document';
import { plainDatacoin } from '../ui/money.ts';

const secondsPerDay = 86_400n;

/**
 * A product for search engines (schema.org Dataset and Product, as JSON-LD).
 *
 * @param origin Of the market, without a slash at its end.
 * @returns JSON that can stand in a script element: no character of it can end that.
 */
export function productMarkup(product: Product, origin: string): string {
  const { document, offer, productId, seller } = product;
  const url = `${origin}/products/${productId}`;
  const price = BigInt(offer.pricePerSecond);
  const markup = {
    '@context': 'https://schema.org',
    '@type': ['Dataset', 'Product'],
    '@id': url,
    url,
    identifier: productId,
    name: document?.name ?? `Product ${offer.productNumber}`,
    description: describe(document),
    image: `${url}/card.png`,
    license: `${origin}/ipfs/${offer.termsCid}`,
    isAccessibleForFree: price === 0n,
    datePublished: new Date(product.listedAt.timestamp * 1000).toISOString(),
    dateModified: new Date(offer.listedAt.timestamp * 1000).toISOString(),
    category: document?.category,
    keywords: listed(document?.tags),
    inLanguage: listed(document?.languages),
    creator: {
      '@type': 'Organization',
      name: document?.sellerName ?? seller,
      url: `${origin}/accounts/${seller}`,
      identifier: seller
    },
    isBasedOn: document?.source?.url,
    temporalCoverage: period(document),
    spatialCoverage: places(document),
    variableMeasured: listed(
      document?.streams.flatMap(({ fields }) =>
        fields.map(({ name, description, unit }) => ({
          '@type': 'PropertyValue',
          name,
          description: description === '' ? undefined : description,
          unitText: unit
        }))
      )
    ),
    offers: {
      '@type': 'Offer',
      url,
      price: plainDatacoin(price * secondsPerDay),
      priceCurrency: 'DATA',
      availability: `https://schema.org/${offer.listed ? 'InStock' : 'Discontinued'}`,
      priceSpecification: {
        '@type': 'UnitPriceSpecification',
        price: plainDatacoin(price * secondsPerDay),
        priceCurrency: 'DATA',
        unitCode: 'DAY'
      }
    },
    distribution: {
      '@type': 'DataDownload',
      encodingFormat: 'application/json',
      contentUrl: `${origin}/v1/products/${productId}/access`
    }
  };
  return inScript(markup);
}

/** JSON for a script element: "<" begins markup there, and the two line separators end lines in old parsers. */
export function inScript(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

/** schema.org wants 50 to 5,000 letters. */
function describe(document: ProductDocument | null): string {
  const text = [document?.summary, document?.description].filter(Boolean).join('\n\n');
  return (text.length >= 50 ? text : `${text} A real-time data stream, licensed by the second on Tributary.`)
    .slice(0, 5_000)
    .trim();
}

function listed<T>(items: readonly T[] | undefined): readonly T[] | undefined {
  return items === undefined || items.length === 0 ? undefined : items;
}

/** An interval of ISO 8601, open where the document names no end. */
function period(document: ProductDocument | null): string | undefined {
  const time = document?.coverage?.time;
  if (time === undefined || (time.from ?? time.until) === undefined) return undefined;
  return `${time.from ?? '..'}/${time.until ?? '..'}`;
}

function places(document: ProductDocument | null) {
  return listed(
    document?.coverage?.places?.map((place) => {
      const geo =
        'geometry' in place
          ? {
              '@type': 'GeoCoordinates',
              longitude: place.geometry.coordinates[0],
              latitude: place.geometry.coordinates[1]
            }
          : // South, west, north, east: schema.org writes latitude first.
            {
              '@type': 'GeoShape',
              box: [place.bbox[1], place.bbox[0], place.bbox[3], place.bbox[2]].map(String).join(' ')
            };
      return { '@type': 'Place', name: place.name, geo };
    })
  );
}
