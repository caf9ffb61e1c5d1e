import type { z } from '@hono/zod-openapi';
import { problemMediaType, problemSchema } from '#sdk/protocol/problem';

const descriptions = {
  400: 'What was sent cannot be read.',
  402: 'Payment is required, or there is too little to pay with.',
  401: 'Nobody is signed in, or not any more.',
  404: 'Not found.',
  409: 'As things are it would be refused: by the contract, or by what there is already.',
  410: 'It is no longer on sale, or no longer remembered.',
  413: 'The body is too large.',
  415: 'The body has another content type than is taken.',
  422: 'The request is not valid; errors names the fields.',
  429: 'Too many requests; Retry-After says how long to wait.',
  503: 'Not available at the moment.',
  504: 'It was sent and is not confirmed yet.'
} as const;
type Refusal = keyof typeof descriptions;

/** Refusals of a route, for its OpenAPI description: each a problem (RFC 9457). */
export function refusals<Status extends Refusal>(...statuses: Status[]) {
  const content = { [problemMediaType]: { schema: problemSchema } };
  return Object.fromEntries(
    statuses.map((status) => [status, { description: descriptions[status], content }])
  ) as unknown as Record<Status, { description: string; content: typeof content }>;
}

/** The successful answer of a route. */
export function answer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { 200: { description, content: { 'application/json': { schema } } } };
}
