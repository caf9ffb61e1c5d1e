import { error } from '@sveltejs/kit';
import { addressSchema } from '#sdk/protocol/primitives';
import { summarise, streamsCounted } from '$lib/market/product-card.ts';
import { rateOf } from '$lib/market/rate.ts';
import { readActivity } from '$lib/server/broker-service.ts';
import { statementOf } from '$lib/attestations/statements.ts';
import { findBuyerKarma, findFlags, findProducts, findSeller, findStreamsOf } from '$lib/server/index-service.ts';
import type { PageServerLoadEvent } from './$types';

export async function load({ locals, params, setHeaders }: PageServerLoadEvent) {
  const seller = addressSchema.safeParse(params.address);
  if (!seller.success) {
    error(404, { message: 'This is no account', advice: 'An address is 0x and 40 hexadecimal digits.' });
  }
  const [found, streams, described, buyerKarma, flags] = await Promise.all([
    findProducts(locals.market, { seller: seller.data, retired: 'true', sort: 'newest', limit: 100 }),
    findStreamsOf(locals.market, seller.data),
    findSeller(locals.market, seller.data),
    findBuyerKarma(locals.market, seller.data),
    findFlags(locals.market, seller.data)
  ]);
  const products = found.ok ? found.value.items : [];
  const owned = streams.ok ? streams.value : [];
  const activity = await readActivity(locals.market, [
    ...products.flatMap(streamsCounted),
    ...owned.map((stream) => stream.stream)
  ]);
  setHeaders({ 'cache-control': 'private, no-cache' });
  return {
    seller: seller.data,
    /** Names that the seller gave itself in its products. */
    names: [...new Set(products.flatMap((product) => product.document?.sellerName ?? []))],
    products: products.map((product) => summarise(product, activity.ok ? activity.value : null)),
    streams: owned.map((stream) => {
      const counters = activity.ok ? activity.value[stream.stream] : undefined;
      return { ...stream, rate: counters === undefined ? null : rateOf([counters]) };
    }),
    revenue: products.reduce((sum, product) => sum + BigInt(product.revenue), 0n).toString(),
    licensees: products.reduce((sum, product) => sum + product.licensees, 0),
    /** Karma points, DATAcoin wei; null where the index did not answer. */
    karma: described.ok && buyerKarma.ok ? { seller: described.value.karma, buyer: buyerKarma.value } : null,
    attestations: described.ok
      ? described.value.attestations.map((attestation) => ({
          uid: attestation.uid,
          attester: attestation.attester,
          expirationTime: attestation.expirationTime,
          statement: statementOf(attestation)
        }))
      : [],
    /** What an attester that the market trusts has proved of the account. */
    identities: described.ok ? described.value.identities : [],
    flags: flags.ok ? flags.value : [],
    failures: [found, streams, activity, described, buyerKarma, flags].flatMap((answer) =>
      answer.ok ? [] : [answer.reason]
    ),
    now: Date.now()
  };
}
