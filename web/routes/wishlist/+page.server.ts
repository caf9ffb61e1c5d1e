import { findWishes } from '$lib/server/index-service.ts';
import { readWishText } from '$lib/server/wish-text.ts';
import type { PageServerLoadEvent } from './$types';

/** Wishes whose descriptions are fetched for the page; the others link to theirs. */
const described = 40;

export async function load({ locals, setHeaders }: PageServerLoadEvent) {
  const found = await findWishes(locals.market);
  const wishes = found.ok ? found.value : [];
  const texts = await Promise.all(
    wishes
      .slice(0, described)
      .map(({ descriptionCid, descriptionHash }) =>
        readWishText(locals.market, { cid: descriptionCid, hash: descriptionHash })
      )
  );
  setHeaders({ 'cache-control': 'private, no-cache' });
  return {
    wishes: wishes.map((wish, index) => ({ ...wish, text: texts[index] ?? null })),
    failure: found.ok ? null : found.reason,
    now: Date.now()
  };
}
