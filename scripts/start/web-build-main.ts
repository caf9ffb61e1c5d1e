import { buildStorefront } from './web-build.ts';

console.log((await buildStorefront()) ? 'The storefront was built.' : 'The storefront is up to date.');
