import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import {
  atBlockQuerySchema,
  indexStatusSchema,
  licensePageSchema,
  licenseQuerySchema,
  listingPageSchema,
  listingQuerySchema,
  offerPageSchema,
  offerQuerySchema,
  productPageSchema,
  productQuerySchema,
  productSchema,
  recipientPageSchema,
  recipientQuerySchema,
  similarProductsSchema,
  similarQuerySchema,
  streamLivenessSchema,
  streamPageSchema,
  streamQuerySchema,
  streamSchema,
  suggestionListSchema,
  suggestionQuerySchema,
  type BlockWanted
} from '#sdk/protocol/discovery';
import { addressSchema, bytes32Schema, type Hex } from '#sdk/protocol/primitives';
import type { Past } from '../history/past.ts';
import { findLicenses } from '../search/licenses.ts';
import { findListings } from '../search/listings.ts';
import { findOffers } from '../search/offers.ts';
import { promisedCadence, streamLiveness } from '../search/liveness.ts';
import { findProducts, findSimilar, productsById, productsWithHours } from '../search/products.ts';
import { findRecipients } from '../search/recipients.ts';
import { sharedReading } from '../search/shared-reading.ts';
import { findStreams, streamsById } from '../search/streams.ts';
import type { View } from '../search/view.ts';
import type { ServerEnvironment } from './environment.ts';
import { answer, refusals } from './openapi.ts';
import { NotFoundError } from './problems.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';
import { taggedJson } from './tagged-json.ts';

const products = createRoute({
  method: 'get',
  path: '/v1/products',
  operationId: 'findProducts',
  summary: 'Find products',
  description:
    'By words (typing errors are forgiven, the last word may be unfinished, synonyms are found), an address or an id, ' +
    'and filters. Facets count what would be found without their own filter.',
  tags: ['products'],
  request: { query: productQuerySchema },
  responses: { ...answer('A page of products, with facets.', productPageSchema), ...refusals(422, 429) }
});

const suggestions = createRoute({
  method: 'get',
  path: '/v1/products/suggestions',
  operationId: 'suggestProducts',
  summary: 'What somebody may be about to type',
  tags: ['products'],
  request: { query: suggestionQuerySchema },
  responses: {
    ...answer('Words and names of products, the likeliest first.', suggestionListSchema),
    ...refusals(422, 429)
  }
});

const listings = createRoute({
  method: 'get',
  path: '/v1/products/listings',
  operationId: 'listProducts',
  summary: 'Everything on sale',
  description: 'Ids, and when their offers were listed, 50,000 to a page: for crawlers and sitemaps.',
  tags: ['products'],
  request: { query: listingQuerySchema },
  responses: { ...answer('A page of ids, the oldest product first.', listingPageSchema), ...refusals(422, 429) }
});

const similar = createRoute({
  method: 'get',
  path: '/v1/products/{productId}/similar',
  operationId: 'findSimilarProducts',
  summary: 'Products like this one',
  tags: ['products'],
  request: { params: z.object({ productId: bytes32Schema }), query: similarQuerySchema },
  responses: { ...answer('Products on sale, the most alike first.', similarProductsSchema), ...refusals(404, 422, 429) }
});

const liveness = createRoute({
  method: 'get',
  path: '/v1/streams/{stream}/liveness',
  operationId: 'getStreamLiveness',
  summary: 'Whether data of a stream flow',
  description:
    "By the broker's public counters. What is promised is the shortest cadence that a product on sale with this stream " +
    'states; uptime is null where none does.',
  tags: ['streams'],
  request: { params: z.object({ stream: addressSchema }) },
  responses: { ...answer('Now, and day by day.', streamLivenessSchema), ...refusals(404, 422, 429) }
});

const product = createRoute({
  method: 'get',
  path: '/v1/products/{productId}',
  operationId: 'getProduct',
  summary: 'One product',
  tags: ['products'],
  request: { params: z.object({ productId: bytes32Schema }), query: atBlockQuerySchema },
  responses: { ...answer('The product.', productSchema), ...refusals(404, 410, 422, 429, 503) }
});

const streams = createRoute({
  method: 'get',
  path: '/v1/streams',
  operationId: 'findStreams',
  summary: 'Find streams',
  tags: ['streams'],
  request: { query: streamQuerySchema.extend(atBlockQuerySchema.shape) },
  responses: {
    ...answer('A page of streams, newest first.', streamPageSchema),
    ...refusals(404, 410, 422, 429, 503)
  }
});

const stream = createRoute({
  method: 'get',
  path: '/v1/streams/{stream}',
  operationId: 'getStream',
  summary: 'One stream',
  tags: ['streams'],
  request: { params: z.object({ stream: addressSchema }), query: atBlockQuerySchema },
  responses: { ...answer('The stream.', streamSchema), ...refusals(404, 410, 422, 429, 503) }
});

const recipients = createRoute({
  method: 'get',
  path: '/v1/streams/{stream}/recipients',
  operationId: 'findRecipients',
  summary: 'Who may decrypt a stream now',
  description:
    "Licensees, and accounts with the stream's own Read permission, with the keys to which grants are sealed. Its " +
    'owner is not among them: it makes the keys.',
  tags: ['streams'],
  request: { params: z.object({ stream: addressSchema }), query: recipientQuerySchema },
  responses: { ...answer('A page of recipients, by account.', recipientPageSchema), ...refusals(404, 422, 429) }
});

const licenses = createRoute({
  method: 'get',
  path: '/v1/licenses',
  operationId: 'findLicenses',
  summary: 'Find licences',
  tags: ['licences'],
  request: { query: licenseQuerySchema.extend(atBlockQuerySchema.shape) },
  responses: {
    ...answer('A page of licences, the latest purchase first.', licensePageSchema),
    ...refusals(404, 410, 422, 429, 503)
  }
});

const offers = createRoute({
  method: 'get',
  path: '/v1/offers',
  operationId: 'findOffers',
  summary: 'Find offers',
  description: 'Prices and terms under which products are and were sold; those of one product are its history.',
  tags: ['products'],
  request: { query: offerQuerySchema },
  responses: { ...answer('A page of offers, the latest first.', offerPageSchema), ...refusals(422, 429) }
});

const status = createRoute({
  method: 'get',
  path: '/v1/status',
  operationId: 'getStatus',
  summary: 'How far the index got',
  tags: ['status'],
  responses: { ...answer('The status.', indexStatusSchema), ...refusals(429) }
});

/** The reading part of the REST interface, version 1. */
export function discoveryRoutes(
  { view, readiness }: Pick<Services, 'view' | 'readiness'>,
  past: Past
): OpenAPIHono<ServerEnvironment> {
  /** Reads now, or as of a block. */
  const reading = <Result>(block: BlockWanted | undefined, read: (of: View) => Promise<Result>): Promise<Result> =>
    block === undefined ? read(view) : past.read(block, read);
  const routes = createRoutes();
  const productById = sharedReading((ids: readonly Hex[]) => productsWithHours(view, ids));
  routes.openapi(products, async (context) => context.json(await findProducts(view, context.req.valid('query')), 200));
  // before the path that would take "suggestions" for an id
  routes.openapi(suggestions, async (context) => {
    const { q, limit } = context.req.valid('query');
    return context.json({ items: await view.engine.suggest(view, q, limit) }, 200);
  });
  routes.openapi(listings, async (context) =>
    context.json(await findListings(view, context.req.valid('query').page), 200)
  );
  routes.openapi(similar, async (context) => {
    const { productId } = context.req.valid('param');
    const [known] = await productsById(view, [productId]);
    if (known === undefined) throw new NotFoundError('No product has this id on the chain, or not yet.');
    return context.json({ items: await findSimilar(view, productId, context.req.valid('query').limit) }, 200);
  });
  routes.openapi(product, async (context) => {
    const { productId } = context.req.valid('param');
    const { block } = context.req.valid('query');
    const found =
      block === undefined
        ? await productById(productId)
        : (await past.read(block, (then) => productsById(then, [productId])))[0];
    if (found === undefined) throw new NotFoundError('No product has this id on the chain, or not yet.');
    return taggedJson(context, found);
  });
  routes.openapi(streams, async (context) => {
    const { block, ...query } = context.req.valid('query');
    return context.json(await reading(block, (of) => findStreams(of, query)), 200);
  });
  routes.openapi(stream, async (context) => {
    const { stream: address } = context.req.valid('param');
    const [found] = await reading(context.req.valid('query').block, (of) => streamsById(of, [address]));
    if (found === undefined) throw new NotFoundError('The registry created no stream with this address, or not yet.');
    return context.json(found, 200);
  });
  routes.openapi(liveness, async (context) => {
    const { stream: address } = context.req.valid('param');
    const found = await streamLiveness(view, address, await promisedCadence(view, address));
    if (found === null)
      throw new NotFoundError('No product holds this stream, or the broker was not asked about it yet.');
    return context.json(found, 200);
  });
  routes.openapi(recipients, async (context) => {
    const { stream: address } = context.req.valid('param');
    const [found] = await streamsById(view, [address]);
    if (found === undefined) throw new NotFoundError('The registry created no stream with this address, or not yet.');
    return context.json(await findRecipients(view, address, context.req.valid('query')), 200);
  });
  routes.openapi(licenses, async (context) => {
    const { block, ...query } = context.req.valid('query');
    return context.json(await reading(block, (of) => findLicenses(of, query)), 200);
  });
  routes.openapi(offers, async (context) => context.json(await findOffers(view, context.req.valid('query')), 200));
  routes.openapi(status, async (context) => context.json((await readiness()).status, 200));
  return routes;
}
