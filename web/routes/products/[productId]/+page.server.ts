import { error } from '@sveltejs/kit';
import { toEventSelector, getAbiItem } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { bytes32Schema, type Hex } from '#sdk/protocol/primitives';
import { demandedAttestation } from '$lib/attestations/schema-names.ts';
import { dayCourse } from '$lib/market/day-course.ts';
import { streamsCounted, summarise } from '$lib/market/product-card.ts';
import { readActivity } from '$lib/server/broker-service.ts';
import { findFlagsOf, findOffersOf, findProduct, findSimilar, findStream } from '$lib/server/index-service.ts';
import { renderMarkdown } from '$lib/server/markdown.ts';
import { originOf } from '$lib/server/market-origin.ts';
import type { MarketContext } from '$lib/server/market-context.ts';
import { productMarkup } from '$lib/server/product-markup.ts';
import type { PageServerLoadEvent } from './$types';
import { m } from '$lib/generated/messages/messages.js';

const offerListed = toEventSelector(getAbiItem({ abi: dataLicenseAbi, name: 'OfferListed' }));

/** Cards of similar products; none where the index does not tell, since the page is whole without them. */
async function similarTo(market: MarketContext, productId: Hex) {
  const found = await findSimilar(market, productId);
  const products = found.ok ? found.value : [];
  const activity = await readActivity(market, products.flatMap(streamsCounted));
  return products.map((product) => summarise(product, activity.ok ? activity.value : null));
}

export async function load({ locals, params, setHeaders }: PageServerLoadEvent) {
  const productId = bytes32Schema.safeParse(params.productId);
  if (!productId.success) {
    error(404, { message: m.product_no_product(), advice: m.product_no_product_advice() });
  }
  const found = await findProduct(locals.market, productId.data);
  if (!found.ok && found.status === 404) {
    error(404, {
      message: m.product_unknown(),
      advice: m.product_unknown_advice()
    });
  }
  if (!found.ok)
    error(503, { message: m.product_unavailable(), advice: m.product_unavailable_advice({ reason: found.reason }) });
  const product = found.value;
  const { offer } = product;
  const [similar, activity, offers, flagged, ...streams] = await Promise.all([
    similarTo(locals.market, productId.data),
    readActivity(locals.market, offer.streams),
    findOffersOf(locals.market, productId.data),
    product.record.flags > 0 ? findFlagsOf(locals.market, productId.data) : { ok: true as const, value: [] },
    ...offer.streams.slice(0, 8).map((stream) => findStream(locals.market, stream))
  ]);
  const now = Date.now();
  setHeaders({ 'cache-control': 'private, no-cache' });
  return {
    product,
    similar,
    /** For search engines; JSON that can stand in a script. */
    markup: productMarkup(product, originOf(locals.market)),
    /** Prices and terms of before, the latest first; empty where the index does not tell: the page is whole without. */
    offers: offers.ok ? offers.value : [],
    flagged: flagged.ok ? flagged.value : [],
    description: renderMarkdown(product.document?.description ?? ''),
    streams: streams.flatMap((stream) => (stream.ok ? [stream.value] : [])),
    course: dayCourse(product.liveness?.hourly24h ?? null),
    activity: activity.ok ? offer.streams.flatMap((stream) => activity.value[stream] ?? []) : null,
    brokerFailure: activity.ok ? null : activity.reason,
    /** Where the chain itself says which terms were listed. */
    proof: { contract: locals.market.deployment.contracts.DataLicense, topic: offerListed },
    /** The attestation that the offer demands; null where it sells to everyone. */
    demanded: demandedAttestation(offer, locals.market.deployment.schemas),
    oracle: locals.market.deployment.contracts.DeliveryOracle,
    datacoin: locals.market.deployment.contracts.DATAcoin,
    chainId: locals.market.deployment.chainId,
    origin: locals.market.configuration.PUBLIC_URL,
    now
  };
}
