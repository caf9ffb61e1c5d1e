import { fetchActivity } from '#sdk/actions/fetch-activity';
import { fetchDocument } from '#sdk/actions/fetch-document';
import { fetchProduct } from '#sdk/actions/fetch-product';
import { findLicenses } from '#sdk/actions/find-licenses';
import { formatDecimal } from '#sdk/actions/format-decimal';
import { quoteProduct } from '#sdk/actions/quote-product';
import { readHistory } from '#sdk/actions/read-history';
import { searchProducts } from '#sdk/actions/search-products';
import {
  InsufficientDatacoinError,
  InsufficientEtherError,
  SignatureRejectedError,
  TransactionRevertedError
} from '#sdk/actions/chain-errors';
import type { Product } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { z } from 'zod';
import { PriceTooHighError, buyQuoted } from '../buying.ts';
import { parseTarget } from '../commands/product-reference.ts';
import type { Context } from '../context.ts';
import { sourcesOf } from '../reading/reader.ts';
import { createEventView } from '../reading/shown-event.ts';
import { parseData, parsePeriod } from '../terminal/words.ts';
import type {
  buyInput,
  buyOutput,
  inspectInput,
  inspectOutput,
  licencesInput,
  licencesOutput,
  quoteInput,
  quoteOutput,
  readLatestInput,
  readLatestOutput,
  searchInput,
  searchOutput
} from './shapes.ts';
import { openSpendingLimit } from './spending-limit.ts';
import type { SpendingLimits } from './spending-limit.ts';
import { strangersText, strangersValue, thirdPartyNotice } from './third-party.ts';

type Shape<T extends z.ZodRawShape> = z.output<z.ZodObject<T>>;

/** What a program may do on the market in the owner's name. */
export interface MarketTools {
  search(input: Shape<typeof searchInput>): Promise<Shape<typeof searchOutput>>;
  inspect(input: Shape<typeof inspectInput>): Promise<Shape<typeof inspectOutput>>;
  quote(input: Shape<typeof quoteInput>): Promise<Shape<typeof quoteOutput>>;
  buy(input: Shape<typeof buyInput>): Promise<Shape<typeof buyOutput>>;
  readLatest(input: Shape<typeof readLatestInput>): Promise<Shape<typeof readLatestOutput>>;
  licences(input: Shape<typeof licencesInput>): Promise<Shape<typeof licencesOutput>>;
}

/** Characters of texts of strangers that are handed over. */
const lengths = { name: 120, summary: 300, description: 4_000, terms: 8_000, event: 2_000, sample: 1_000 } as const;

const data = (wei: bigint | string) => formatDecimal(BigInt(wei), 18);
const iso = (seconds: number) => new Date(Math.min(seconds, 8_640_000_000_000) * 1000).toISOString();

export function createMarketTools(context: Context, limits: SpendingLimits): MarketTools {
  const { accounts, settings } = context;
  const spending = async () =>
    openSpendingLimit({ home: settings.home, account: await accounts.address(), limits, clock: Date.now });

  const quoteFor = async (productId: string, period: string, account: Address) =>
    quoteProduct({
      market: await context.market(),
      productId: productId.toLowerCase() as Hex,
      period: { seconds: parsePeriod(period) },
      account
    });

  return {
    search: async ({ text, category, free, maximumPricePerHour, sort, limit: most }) => {
      const query = {
        q: text,
        sort,
        limit: most,
        ...(category === undefined ? {} : { category }),
        ...(free === undefined ? {} : { free: free ? ('true' as const) : ('false' as const) }),
        ...(maximumPricePerHour === undefined ? {} : { maxPrice: String(parseData(maximumPricePerHour) / 3600n) })
      };
      const { items, total } = await searchProducts({ market: await context.market(), query });
      return { notice: thirdPartyNotice, total, products: items.map(productOf) };
    },

    inspect: async ({ productId, terms }) => {
      const market = await context.market();
      const { product } = await fetchProduct({ market, productId: productId.toLowerCase() as Hex });
      const { offer, document } = product;
      const [activity, text] = await Promise.all([
        fetchActivity({ market, streams: offer.streams }),
        terms ? fetchDocument({ market, cid: offer.termsCid }) : undefined
      ]);
      return {
        notice: thirdPartyNotice,
        product: {
          ...productOf(product),
          settlement: offer.settlement,
          minimumSeconds: offer.minimumPeriod,
          maximumSeconds: offer.maximumPeriod,
          boundarySeconds: offer.boundary,
          termsCid: offer.termsCid,
          demandsAttestation: offer.attesters.length > 0
        },
        streams: offer.streams.map((stream) => {
          const counters = activity.find((each) => each.stream === stream);
          return {
            stream,
            events: counters?.events ?? null,
            lastEventAt: counters?.lastEventAt == null ? null : new Date(counters.lastEventAt).toISOString(),
            eventsLastHour: counters?.perMinute.reduce((sum, count) => sum + count, 0) ?? null
          };
        }),
        content: {
          description: strangersText(document?.description ?? '', lengths.description),
          fields: (document?.streams ?? [])
            .flatMap(({ fields }) => fields)
            .slice(0, 64)
            .map(({ name, unit = '', description }) => ({
              name: strangersText(name, 64),
              unit: strangersText(unit, 32),
              description: strangersText(description, 200)
            })),
          sample: strangersValue(document?.streams.flatMap(({ sample }) => sample)[0] ?? null, lengths.sample),
          terms: text === undefined ? null : strangersText(text.text, lengths.terms)
        }
      };
    },

    quote: async ({ productId, period }) => {
      const limitNow = await spending();
      const quote = await quoteFor(productId, period, await accounts.address());
      const { today } = await limitNow.available();
      return {
        productId: quote.product.productId,
        price: data(quote.price),
        from: iso(quote.from),
        until: iso(quote.until),
        seconds: quote.seconds,
        allowed: quote.price <= limits.perPurchase && quote.price <= today,
        perPurchase: data(limits.perPurchase),
        leftToday: data(today)
      };
    },

    buy: async ({ productId, period, most }) => {
      const limitNow = await spending();
      const quote = await quoteFor(productId, period, await accounts.address());
      const allowed = parseData(most);
      if (quote.price > allowed) throw new PriceTooHighError(quote.price, allowed);
      const reservation = await limitNow.reserve(quote.price, quote.product.productId);
      const way = { sent: false };
      try {
        const bought = await buyQuoted({
          market: await context.market(),
          account: await context.account(),
          quote,
          onStep: ({ step }) => {
            way.sent ||= step !== 'signing';
          }
        });
        await reservation.spent(bought.paid);
        const { today } = await limitNow.available();
        return {
          productId: bought.productId,
          licensee: bought.licensee,
          from: iso(bought.from),
          until: iso(bought.until),
          paid: data(bought.paid),
          leftToday: data(today),
          transaction: bought.transactionHash
        };
      } catch (error) {
        // What may still be mined stays counted.
        if (!way.sent || isUnpaid(error)) await reservation.release();
        throw error;
      }
    },

    readLatest: async ({ target, count }) => {
      const market = await context.market();
      const sources = await sourcesOf({ market, accounts, target: parseTarget(target) });
      const view = createEventView(market);
      const received = await Promise.all(
        sources.map(({ stream, partition, session, reader, keys }) =>
          readHistory({
            market,
            stream,
            partition,
            from: { last: count },
            limit: count,
            session,
            keys,
            ...(reader === undefined ? {} : { reader })
          })
        )
      );
      const newest = received
        .flat()
        .sort((a, b) => a.event.timestamp - b.event.timestamp)
        .slice(-count);
      const readable = newest.filter(({ content }) => content !== undefined);
      const shown = await Promise.all(readable.map((event) => view(event)));
      return {
        notice: thirdPartyNotice,
        events: shown.map(({ stream, partition, offset, timestamp, origin, contentType, ...rest }) => ({
          stream,
          partition,
          offset,
          time: new Date(timestamp).toISOString(),
          origin,
          contentType: strangersText(contentType, 128),
          content: strangersValue(rest.json ?? rest.text ?? rest.base64 ?? null, lengths.event)
        })),
        unreadable: newest.length - readable.length
      };
    },

    licences: async ({ all }) => {
      const account = settings.account ?? (await accounts.address());
      const market = await context.market();
      const { items } = await findLicenses({ market, query: { licensee: account, limit: 100 } });
      const now = market.clock() / 1000;
      return {
        notice: thirdPartyNotice,
        account,
        licences: items
          .filter(({ until }) => all || until > now)
          .map(({ productId, productName, streams, from, until, paid }) => ({
            productId,
            claims: productName === null ? null : { name: strangersText(productName, lengths.name) },
            streams,
            from: iso(from),
            until: iso(until),
            paid: data(paid)
          }))
      };
    }
  };
}

/** Errors after which nothing was paid, for certain. */
const isUnpaid = (error: unknown) =>
  error instanceof TransactionRevertedError ||
  error instanceof SignatureRejectedError ||
  error instanceof InsufficientDatacoinError ||
  error instanceof InsufficientEtherError;

function productOf(product: Product) {
  const { document, offer } = product;
  return {
    productId: product.productId,
    seller: product.seller,
    sellerKarma: data(product.sellerKarma),
    pricePerHour: data(BigInt(offer.pricePerSecond) * 3600n),
    onSale: offer.listed,
    runningLicences: product.licensees,
    claims:
      document === null
        ? null
        : {
            name: strangersText(document.name, lengths.name),
            summary: strangersText(document.summary, lengths.summary),
            sellerName: document.sellerName === undefined ? null : strangersText(document.sellerName, 80),
            category: document.category,
            tags: document.tags.map((tag) => strangersText(tag, 32))
          }
  };
}
