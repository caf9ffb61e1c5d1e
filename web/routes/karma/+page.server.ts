import { categorySchema } from '#sdk/protocol/product-document';
import { karmaPeriodSchema, karmaRoleSchema } from '#sdk/protocol/discovery';
import { rankKarma } from '$lib/server/account-service.ts';
import type { PageServerLoadEvent } from './$types';

/** Unix seconds of a date as the form writes it, or of seconds; undefined where it is neither. */
function timeOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Math.floor(Date.parse(`${text}Z`) / 1000);
  return Number.isFinite(seconds) && seconds >= 0 && seconds < 2 ** 40 ? seconds : undefined;
}

export async function load({ locals, url, setHeaders }: PageServerLoadEvent) {
  const given = (name: string) => url.searchParams.get(name) ?? undefined;
  const at = timeOf(url.searchParams.get('at'));
  const query = {
    role: karmaRoleSchema.catch('seller').parse(given('role')),
    field: categorySchema.optional().catch(undefined).parse(given('field')),
    period: karmaPeriodSchema.catch('all').parse(given('period')),
    at: at === undefined ? undefined : String(at)
  };
  const cursor = given('cursor')?.slice(0, 500);
  const found = await rankKarma(locals.market, { ...query, cursor });
  const leaders = found.ok ? found.value.items.filter(({ points }) => BigInt(points) > 0n) : [];
  setHeaders({ 'cache-control': 'private, no-cache' });
  return {
    query,
    /** Unix seconds that part the past from the future. */
    now: at ?? Math.floor(Date.now() / 1000),
    leaders: leaders.map(({ account, points, earned, taken, course }) => ({
      ...{ account, points, earned, taken },
      course: course ?? []
    })),
    nextCursor: found.ok && leaders.length === found.value.items.length ? found.value.nextCursor : null,
    failure: found.ok ? null : found.reason
  };
}
