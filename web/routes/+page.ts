import type { PageLoad } from './$types';

/** The map's code comes only where the map is looked at. */
export const load: PageLoad = async ({ data }) => ({
  ...data,
  ProductMap: data.query.view === 'map' ? (await import('./ProductMap.svelte')).default : null
});
