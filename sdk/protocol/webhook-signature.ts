import { fromBase64, toBase64 } from './base64.ts';
import { TributaryError } from './problem.ts';

/** Headers that come with every webhook (Standard Webhooks 1.0.0, "Webhook headers"), in lower case. */
export const webhookHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature'
} as const;

/** What comes before the base64 of a secret. */
const secretPrefix = 'whsec_';
/** Bytes of a secret: what Standard Webhooks recommends. */
const fewestBytes = 24;
const mostBytes = 64;
/** Seconds by which a message may be older or newer than the receiver's clock. */
export const webhookTolerance = 300;
/** Signatures in one header that are looked at: one per secret while secrets are changed. */
const mostSignatures = 8;

/** The secret is not one of a webhook. */
export class WebhookSecretInvalidError extends TributaryError {
  readonly code = 'webhook-secret-invalid';
  readonly title = 'The secret is not one of a webhook';
}

/** A request did not come from whom the secret is shared with, was changed on its way, or is too old. */
export class WebhookSignatureInvalidError extends TributaryError {
  readonly code = 'webhook-signature-invalid';
  readonly title = 'The webhook is not signed as it must be';
  override readonly status = 401;
}

/** What is signed of a webhook. */
export interface WebhookMessage {
  /** The same for every attempt; without dots. */
  readonly id: string;
  /** Unix seconds of the attempt. */
  readonly timestamp: number;
  /** The body exactly as it is sent. */
  readonly body: string | Uint8Array;
}

/** The key in a secret "whsec_" and base64. */
async function keyOf(secret: string) {
  const bytes = secret.startsWith(secretPrefix) ? fromBase64(secret.slice(secretPrefix.length)) : undefined;
  if (bytes === undefined || bytes.length < fewestBytes || bytes.length > mostBytes) {
    throw new WebhookSecretInvalidError('Give the secret whole, as the webhook was made with: whsec_ and base64.');
  }
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

/** The bytes that are signed: id, timestamp and body with dots between. */
function signedBytes(id: string, timestamp: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const head = encoder.encode(`${id}.${timestamp}.`);
  const rest = typeof body === 'string' ? encoder.encode(body) : body;
  const bytes = new Uint8Array(head.length + rest.length);
  bytes.set(head);
  bytes.set(rest, head.length);
  return bytes;
}

/**
 * The header `webhook-signature` of a message: "v1," and the base64 of HMAC-SHA256 (Standard Webhooks, "Signature
 * scheme").
 *
 * @param secret "whsec_" and the base64 of 24 to 64 bytes.
 * @throws {@link WebhookSecretInvalidError}.
 */
export async function signWebhook(secret: string, { id, timestamp, body }: WebhookMessage): Promise<string> {
  const bytes = signedBytes(id, String(timestamp), body);
  return `v1,${toBase64(new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(secret), bytes)))}`;
}

/**
 * Checks that a webhook comes from whom the secret is shared with. Signatures are compared by the platform, in constant
 * time. Whoever must act only once remembers ids: every attempt at a message has the same.
 *
 * @param headers What the request came with.
 * @param body The body exactly as it came, before anything parsed it.
 * @param now Unix seconds of the receiver's clock.
 * @returns id and time of the message.
 * @throws {@link WebhookSignatureInvalidError}, {@link WebhookSecretInvalidError}.
 */
export async function verifyWebhook(
  secret: string,
  headers: { get(name: string): string | null },
  body: string | Uint8Array,
  now: number = Math.floor(Date.now() / 1_000)
): Promise<{ id: string; timestamp: number }> {
  const key = await keyOf(secret);
  const id = headers.get(webhookHeaders.id) ?? '';
  const written = headers.get(webhookHeaders.timestamp) ?? '';
  const signatures = headers.get(webhookHeaders.signature) ?? '';
  // a dot in the id would let what follows it pass for the time
  if (!/^[\w-]{1,200}$/.test(id) || !/^[1-9][0-9]{0,11}$/.test(written)) {
    throw new WebhookSignatureInvalidError('Refuse it: id or timestamp are missing or are not what they must be.');
  }
  const timestamp = Number(written);
  if (Math.abs(now - timestamp) > webhookTolerance) {
    throw new WebhookSignatureInvalidError(
      `Refuse it: it was signed more than ${String(webhookTolerance)} seconds from now. Check that your clock is right.`
    );
  }
  const bytes = signedBytes(id, written, body);
  for (const signature of signatures.split(' ').slice(0, mostSignatures)) {
    const given = signature.startsWith('v1,') ? fromBase64(signature.slice(3)) : undefined;
    if (given !== undefined && (await crypto.subtle.verify('HMAC', key, given, bytes))) return { id, timestamp };
  }
  throw new WebhookSignatureInvalidError(
    'Refuse it: no signature fits. Check the secret, and that the body is verified before anything parses it.'
  );
}
