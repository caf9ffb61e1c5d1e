import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ServerEnvironment } from './environment.ts';

/** What the operations are about. */
const tags = {
  products: 'What sellers offer: searched, quoted, and as it was listed.',
  streams: 'Where events are published, and who may.',
  licences: 'Who bought what, until when, and how it ended.',
  purchases: 'Buying without a wallet page: prepared transactions, relayed purchases, x402.',
  settlement: 'What is held, paid out and given back.',
  reputation: 'Karma, attestations and proofs of who somebody is.',
  wishes: 'Streams that people ask for, and what they put behind it.',
  notices: 'Messages as they happen, webhooks and saved searches.',
  content: 'Documents, terms and pictures, by their CID.',
  status: 'How far the index is, and how this server does.'
} as const;

/**
 * The REST interface in OpenAPI 3.1, out of its own schemas.
 *
 * @returns what makes it when it is first asked for, and then keeps it.
 */
export function openapiDocument(application: OpenAPIHono<ServerEnvironment>): () => object {
  let kept: object | undefined;
  return () =>
    (kept ??= asJsonSchema(
      application.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Tributary: discovery',
          version: '1',
          license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' },
          description:
            'Products, streams, licences, settlement, reputation and wishes of the market as the chain states them, ' +
            'with the documents of sellers; webhooks and saved searches of accounts. ' +
            'Amounts are DATAcoin wei in decimal digits, times Unix seconds, addresses and ids lowercase hexadecimal. ' +
            'Every refusal is a problem (RFC 9457).'
        },
        servers: [{ url: '/', description: 'This market.' }],
        // Whoever asks may; operations that act for an account say so themselves.
        security: [],
        tags: Object.entries(tags).map(([name, description]) => ({ name, description }))
      })
    ) as object);
}

/** A regular expression with flags, as the generator writes it; patterns of JSON Schema have none and are Unicode. */
const withFlags = /^\/(.*)\/[a-z]+$|^(\^.*\$)\/[a-z]+$/s;

/**
 * Puts right where the generator does not write JSON Schema 2020-12, which OpenAPI 3.1 asks for: the members of a tuple
 * are `prefixItems`, and a pattern is a regular expression without flags.
 */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'items' && Array.isArray(inner)) return ['prefixItems', inner.map(asJsonSchema)];
      if (key === 'pattern' && typeof inner === 'string') return [key, inner.replace(withFlags, '$1$2')];
      return [key, asJsonSchema(inner)];
    })
  );
}
