import { activityListSchema, type Activity } from '#sdk/protocol/activity';
import type { Address } from '#sdk/protocol/primitives';
import { m } from '../generated/messages/messages.js';
import { ask, type Answer } from './answers.ts';
import type { MarketContext } from './market-context.ts';

/** Addresses per request, so that no address line grows too long. */
const batch = 50;

/** Public counters of streams, by stream; streams that the broker has never seen are absent. */
export async function readActivity(
  { configuration }: MarketContext,
  streams: readonly Address[]
): Promise<Answer<Record<Address, Activity>>> {
  const wanted = [...new Set(streams)];
  const found: Record<Address, Activity> = {};
  const batches = Array.from({ length: Math.ceil(wanted.length / batch) }, (_, index) =>
    wanted.slice(index * batch, (index + 1) * batch)
  );
  const base = configuration.BROKER_URL.replace(/\/$/, '');
  const answers = await Promise.all(
    batches.map((part) =>
      ask({
        name: m.answers_broker(),
        url: `${base}/v1/activity?streams=${part.join(',')}`,
        schema: activityListSchema,
        patience: 2_000
      })
    )
  );
  for (const answer of answers) {
    if (!answer.ok) return answer;
    for (const activity of answer.value.items) found[activity.stream] = activity;
  }
  return { ok: true, value: found };
}
