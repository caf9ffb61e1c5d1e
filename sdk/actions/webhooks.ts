import {
  deliveryListSchema,
  deliverySchema,
  registeredWebhookSchema,
  webhookListSchema
} from '../protocol/webhooks.ts';
import type { Delivery, RegisteredWebhook, Webhook, WebhookRequest } from '../protocol/webhooks.ts';
import { removeAsAccount, requestAsAccount } from './account-request.ts';
import type { AsAccount } from './account-request.ts';
import { queryUrl } from './query-url.ts';

/** Webhooks of an account. What comes to them is checked by `verifyWebhook` of protocol/webhook-signature. */

const path = '/v1/webhooks';

/**
 * Registers a webhook: notices that concern the account are posted to it from now on. The secret with which they are
 * signed is in this answer and nowhere else.
 *
 * @throws as {@link requestAsAccount}.
 */
export function registerWebhook(
  parameters: AsAccount & { readonly webhook: WebhookRequest }
): Promise<RegisteredWebhook> {
  return requestAsAccount(parameters, 'POST', path, registeredWebhookSchema, parameters.webhook);
}

/** The account's webhooks, the oldest first. @throws as {@link requestAsAccount}. */
export async function listWebhooks(parameters: AsAccount): Promise<Webhook[]> {
  return (await requestAsAccount(parameters, 'GET', path, webhookListSchema)).items;
}

/** Removes a webhook, with what waits for it and its log. @throws as {@link removeAsAccount}. */
export async function removeWebhook(parameters: AsAccount & { readonly webhook: string }): Promise<void> {
  await removeAsAccount(parameters, `${path}/${parameters.webhook}`);
}

/** Sends a ping; an answered one enables a webhook that was disabled. @throws as {@link requestAsAccount}. */
export function testWebhook(parameters: AsAccount & { readonly webhook: string }): Promise<Delivery> {
  return requestAsAccount(parameters, 'POST', `${path}/${parameters.webhook}/test`, deliverySchema);
}

/**
 * What was sent to a webhook in the last seven days, the newest first.
 *
 * @param parameters `before`: id of the last delivery of the page before.
 * @throws as {@link requestAsAccount}.
 */
export async function listDeliveries(
  parameters: AsAccount & { readonly webhook: string; readonly limit?: number; readonly before?: string }
): Promise<Delivery[]> {
  const { webhook, limit, before } = parameters;
  return (
    await requestAsAccount(
      parameters,
      'GET',
      queryUrl(`${path}/${webhook}/deliveries`, { limit, before }),
      deliveryListSchema
    )
  ).items;
}

/** Sends a delivery again, under its old id. @throws as {@link requestAsAccount}. */
export function replayDelivery(
  parameters: AsAccount & { readonly webhook: string; readonly delivery: string }
): Promise<Delivery> {
  const { webhook, delivery } = parameters;
  return requestAsAccount(parameters, 'POST', `${path}/${webhook}/deliveries/${delivery}/replay`, deliverySchema);
}
