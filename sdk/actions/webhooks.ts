import type * as z from 'zod';
import type { Session } from '../protocol/session.ts';
import {
  deliveryListSchema,
  deliverySchema,
  registeredWebhookSchema,
  webhookListSchema
} from '../protocol/webhooks.ts';
import type { Delivery, RegisteredWebhook, Webhook, WebhookRequest } from '../protocol/webhooks.ts';
import type { Market } from './connect-market.ts';
import { queryUrl } from './query-url.ts';
import { requestBytes, requestJson } from './request.ts';

/** Webhooks of an account. What comes to them is checked by `verifyWebhook` of protocol/webhook-signature. */

interface Managing {
  readonly market: Market;
  /** Of `openNoticeSession`. */
  readonly session: Session;
}

/**
 * Registers a webhook: notices that concern the account are posted to it from now on. The secret with which they are
 * signed is in this answer and nowhere else.
 *
 * @throws as {@link requestJson}.
 */
export function registerWebhook(
  parameters: Managing & { readonly webhook: WebhookRequest }
): Promise<RegisteredWebhook> {
  return ask(parameters, 'POST', '', registeredWebhookSchema, parameters.webhook);
}

/** The account's webhooks, the oldest first. @throws as {@link requestJson}. */
export async function listWebhooks(parameters: Managing): Promise<Webhook[]> {
  return (await ask(parameters, 'GET', '', webhookListSchema)).items;
}

/** Removes a webhook, with what waits for it and its log. @throws as {@link requestBytes}. */
export async function removeWebhook(parameters: Managing & { readonly webhook: string }): Promise<void> {
  await requestBytes(requestOf(parameters, 'DELETE', `/${parameters.webhook}`));
}

/** Sends a ping; an answered one enables a webhook that was disabled. @throws as {@link requestJson}. */
export function testWebhook(parameters: Managing & { readonly webhook: string }): Promise<Delivery> {
  return ask(parameters, 'POST', `/${parameters.webhook}/test`, deliverySchema);
}

/**
 * What was sent to a webhook in the last seven days, the newest first.
 *
 * @param parameters `before`: id of the last delivery of the page before.
 * @throws as {@link requestJson}.
 */
export async function listDeliveries(
  parameters: Managing & { readonly webhook: string; readonly limit?: number; readonly before?: string }
): Promise<Delivery[]> {
  const { webhook, limit, before } = parameters;
  return (await ask(parameters, 'GET', queryUrl(`/${webhook}/deliveries`, { limit, before }), deliveryListSchema))
    .items;
}

/** Sends a delivery again, under its old id. @throws as {@link requestJson}. */
export function replayDelivery(
  parameters: Managing & { readonly webhook: string; readonly delivery: string }
): Promise<Delivery> {
  const { webhook, delivery } = parameters;
  return ask(parameters, 'POST', `/${webhook}/deliveries/${delivery}/replay`, deliverySchema);
}

function requestOf({ market, session }: Managing, method: string, path: string, body?: object) {
  return {
    fetch: market.fetch,
    url: `${market.marketUrl}/v1/webhooks${path}`,
    method,
    headers: { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  };
}

function ask<T extends z.ZodType>(
  managing: Managing,
  method: string,
  path: string,
  schema: T,
  body?: object
): Promise<z.output<T>> {
  return requestJson({ ...requestOf(managing, method, path, body), schema });
}
