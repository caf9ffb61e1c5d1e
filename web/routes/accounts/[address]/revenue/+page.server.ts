import { error } from '@sveltejs/kit';
import { revenuePeriodSchema } from '#sdk/protocol/discovery';
import { addressSchema } from '#sdk/protocol/primitives';
import { m } from '$lib/generated/messages/messages.js';
import { findRevenue } from '$lib/server/account-service.ts';
import { formatDate } from '$lib/ui/format.ts';
import type { PageServerLoadEvent } from './$types';
import { totalsOf } from './revenue-figures.ts';

const day = 86_400;

/** Unix seconds at which a day begins in UTC, written as forms write it; undefined where it is none. */
function dayOf(text: string | null): number | undefined {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`) / 1_000;
  return Number.isFinite(time) && time >= 0 ? time : undefined;
}

const written = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(0, 10);

export async function load({ locals, params, url, setHeaders }: PageServerLoadEvent) {
  const parsed = addressSchema.safeParse(params.address);
  if (!parsed.success) {
    error(404, { message: m.dashboard_no_account(), advice: m.dashboard_no_account_means() });
  }
  const account = parsed.data;
  const period = revenuePeriodSchema.catch('day').parse(url.searchParams.get('period'));
  const [from, last] = [dayOf(url.searchParams.get('from')), dayOf(url.searchParams.get('to'))];
  const found = await findRevenue(locals.market, account, { period, from, to: last === undefined ? last : last + day });
  setHeaders({ 'cache-control': 'private, no-cache' });
  const buckets = found.ok ? found.value.buckets : [];
  const now = found.ok ? found.value.at : Math.floor(Date.now() / 1_000);
  const end = Math.min(buckets.at(-1)?.until ?? now + 1, now + 1);
  return {
    account,
    period,
    /** What the form shows: days, both inclusive. */
    from: written(buckets[0]?.from ?? from ?? now),
    to: written(Math.max(0, end - 1)),
    // named here, where days are told in UTC, in which they are divided
    buckets: buckets.map((bucket) => ({ ...bucket, name: formatDate(bucket.from * 1_000) })),
    totals: totalsOf(buckets),
    fields: found.ok ? found.value.fields : [],
    failure: found.ok ? null : found.reason
  };
}
