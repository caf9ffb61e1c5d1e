import { error } from '@sveltejs/kit';
import { addressSchema } from '#sdk/protocol/primitives';
import { dayCourse } from '$lib/market/day-course.ts';
import { readActivity } from '$lib/server/broker-service.ts';
import { findProducts, findStream, findStreamLiveness } from '$lib/server/index-service.ts';
import type { PageServerLoad } from './$types';
import { m } from '$lib/generated/messages/messages.js';

/** The stream's facts, what sells it, and how lively it is; everything else the browser asks itself. */
export const load: PageServerLoad = async ({ params, locals }) => {
  const parsed = addressSchema.safeParse(params.stream);
  if (!parsed.success) {
    error(404, { message: m.standing_stream_unknown(), advice: m.standing_stream_unknown_address() });
  }
  const stream = parsed.data;
  const [found, products, activity, liveness] = await Promise.all([
    findStream(locals.market, stream),
    findProducts(locals.market, { stream, limit: 12 }),
    readActivity(locals.market, [stream]),
    findStreamLiveness(locals.market, stream)
  ]);
  if (!found.ok) {
    const missing = found.status === 404;
    error(missing ? 404 : 503, {
      message: missing ? m.standing_stream_unknown() : m.standing_stream_away(),
      advice: missing ? m.standing_stream_unknown_advice() : m.standing_stream_away_advice({ reason: found.reason })
    });
  }
  return {
    stream: found.value,
    products: products.ok ? products.value.items : [],
    course: dayCourse(liveness.ok ? liveness.value.hourly24h : null),
    activity: activity.ok ? (activity.value[stream] ?? null) : null
  };
};
