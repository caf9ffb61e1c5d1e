import { findKarmaLeaders } from '$lib/server/index-service.ts';
import type { PageServerLoadEvent } from './$types';

/** Seconds ahead for which the page draws what is left. */
const ahead = 30 * 86_400;

/** A part of a whole, 0 to 1, exact enough to be drawn. */
const part = (of: bigint, whole: bigint) => (whole === 0n ? 0 : Number((of * 10_000n) / whole) / 10_000);

export async function load({ locals, url, setHeaders }: PageServerLoadEvent) {
  const role = url.searchParams.get('role') === 'buyer' ? 'buyer' : 'seller';
  const cursor = url.searchParams.get('cursor')?.slice(0, 500);
  const now = Math.floor(Date.now() / 1000);
  const [today, later] = await Promise.all([
    findKarmaLeaders(locals.market, { role, at: now, cursor }),
    findKarmaLeaders(locals.market, { role, at: now + ahead, cursor })
  ]);
  const leaders = today.ok ? today.value.items.filter(({ points }) => BigInt(points) > 0n) : [];
  const left = new Map(later.ok ? later.value.items.map(({ account, points }) => [account, BigInt(points)]) : []);
  const most = BigInt(leaders[0]?.points ?? '0');
  setHeaders({ 'cache-control': 'private, no-cache' });
  return {
    role,
    cursor: cursor ?? null,
    leaders: leaders.map(({ account, points, earned, taken }) => ({
      account,
      points,
      earned,
      taken,
      now: part(BigInt(points), most),
      later: part(left.get(account) ?? 0n, most)
    })),
    nextCursor: today.ok && leaders.length === today.value.items.length ? today.value.nextCursor : null,
    failure: today.ok ? null : today.reason
  };
}
