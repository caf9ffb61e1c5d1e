import type { PageServerLoadEvent } from './$types';

export function load({ locals }: PageServerLoadEvent) {
  return { origin: locals.market.configuration.PUBLIC_URL };
}
