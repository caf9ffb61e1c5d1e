/** Shapes of the indexer's REST API, version 1: one concept per file. GraphQL serves the same fields. */
export * from './discovery/accounts.ts';
export * from './discovery/attestations.ts';
export { blockSchema } from './discovery/chain-values.ts';
export * from './discovery/content.ts';
export * from './discovery/facets.ts';
export * from './discovery/karma.ts';
export * from './discovery/licenses.ts';
export * from './discovery/listings.ts';
export * from './discovery/liveness.ts';
export * from './discovery/offers.ts';
export * from './discovery/past.ts';
export * from './discovery/products.ts';
export * from './discovery/revenue.ts';
export * from './discovery/sellers.ts';
export * from './discovery/settlement.ts';
export * from './discovery/status.ts';
export * from './discovery/streams.ts';
export * from './discovery/wishes.ts';
