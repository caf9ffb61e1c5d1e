import { error } from '@sveltejs/kit';
import { m } from '$lib/generated/messages/messages.js';
import { addressSchema } from '#sdk/protocol/primitives';
import { statementOf } from '$lib/attestations/statements.ts';
import { summarise, streamsCounted } from '$lib/market/product-card.ts';
import { rateOf } from '$lib/market/rate.ts';
import { findAccount, findAccountFacts, findAccountKarma, findBought } from '$lib/server/account-service.ts';
import { readActivity } from '$lib/server/broker-service.ts';
import { findFlags, findProducts, findStreamsOf } from '$lib/server/index-service.ts';
import type { PageServerLoadEvent } from './$types';

export async function load({ locals, params, url, setHeaders }: PageServerLoadEvent) {
  const parsed = addressSchema.safeParse(params.address);
  if (!parsed.success) {
    error(404, { message: m.accounts_invalid(), advice: m.accounts_invalid_means() });
  }
  const account = parsed.data;
  const cursor = url.searchParams.get('cursor')?.slice(0, 500);
  const [found, streams, described, karma, history, bought, flags] = await Promise.all([
    findProducts(locals.market, { seller: account, retired: 'true', sort: 'newest', limit: 100 }),
    findStreamsOf(locals.market, account),
    findAccount(locals.market, account),
    findAccountKarma(locals.market, account),
    findAccountFacts(locals.market, account, cursor),
    findBought(locals.market, account),
    findFlags(locals.market, account)
  ]);
  const products = found.ok ? found.value.items : [];
  const owned = streams.ok ? streams.value : [];
  const activity = await readActivity(locals.market, [
    ...products.flatMap(streamsCounted),
    ...owned.map((stream) => stream.stream)
  ]);
  const record = described.ok ? described.value : null;
  setHeaders({ 'cache-control': 'private, no-cache' });
  return {
    account,
    /** Names that the account gave itself in its products. */
    names: [...new Set(products.flatMap((product) => product.document?.sellerName ?? []))],
    record,
    karma: karma.ok ? karma.value : null,
    history: history.ok ? history.value : null,
    isFirstPage: cursor === undefined,
    bought: bought.ok ? bought.value : [],
    products: products.map((product) => summarise(product, activity.ok ? activity.value : null)),
    streams: owned.map((stream) => {
      const counters = activity.ok ? activity.value[stream.stream] : undefined;
      return { ...stream, rate: counters === undefined ? null : rateOf([counters]) };
    }),
    attestations: (record?.attestations ?? []).map((attestation) => ({
      uid: attestation.uid,
      attester: attestation.attester,
      expirationTime: attestation.expirationTime,
      statement: statementOf(attestation)
    })),
    /** What an attester that the market trusts has proved of the account. */
    identities: record?.identities ?? [],
    flags: flags.ok ? flags.value : [],
    failures: [
      ...new Set(
        [found, streams, activity, described, karma, history, bought, flags].flatMap((answer) =>
          answer.ok ? [] : [answer.reason]
        )
      )
    ],
    now: Date.now()
  };
}
