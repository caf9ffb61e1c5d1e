import { error } from '@sveltejs/kit';
import { addressSchema } from '#sdk/protocol/primitives';
import { readActivity } from '$lib/server/broker-service.ts';
import { findProducts, findStream } from '$lib/server/index-service.ts';
import type { PageServerLoad } from './$types';

/** The stream's facts, what sells it, and how lively it is; everything else the browser asks itself. */
export const load: PageServerLoad = async ({ params, locals }) => {
  const parsed = addressSchema.safeParse(params.stream);
  if (!parsed.success) {
    error(404, { message: 'There is no such stream', advice: 'A stream is named by its address: 0x and 40 digits.' });
  }
  const stream = parsed.data;
  const [found, products, activity] = await Promise.all([
    findStream(locals.market, stream),
    findProducts(locals.market, { stream, limit: 12 }),
    readActivity(locals.market, [stream])
  ]);
  if (!found.ok) {
    const missing = found.status === 404;
    error(missing ? 404 : 503, {
      message: missing ? 'There is no such stream' : 'The stream cannot be shown now',
      advice: missing
        ? 'It may have been created a moment ago: try again shortly.'
        : `${found.reason} Try again in a moment.`
    });
  }
  return {
    stream: found.value,
    products: products.ok ? products.value.items : [],
    activity: activity.ok ? (activity.value[stream] ?? null) : null
  };
};
