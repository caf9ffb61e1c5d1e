import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  signWebhook,
  verifyWebhook,
  webhookTolerance,
  WebhookSecretInvalidError,
  WebhookSignatureInvalidError
} from './webhook-signature.ts';

// the vector of the specification's own libraries (standard-webhooks, "sign" tests)
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

const headers = (changed: Partial<Record<'id' | 'timestamp' | 'signature', string>> = {}) =>
  new Headers({
    'webhook-id': changed.id ?? message.id,
    'webhook-timestamp': changed.timestamp ?? String(message.timestamp),
    'webhook-signature': changed.signature ?? signature
  });

it('signs as the specification says, and as Node does by itself', async () => {
  expect(await signWebhook(secret, message)).toBe(signature);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const own = createHmac('sha256', key).update(`${message.id}.${String(message.timestamp)}.${message.body}`);
  expect(await signWebhook(secret, message)).toBe(`v1,${own.digest('base64')}`);
});

it('takes what is signed, as text and as bytes, beside other signatures', async () => {
  const { id, timestamp } = message;
  expect(await verifyWebhook(secret, headers(), message.body, timestamp)).toEqual({ id, timestamp });
  const several = headers({ signature: `v1a,abc= v1,${'A'.repeat(43)}= ${signature}` });
  const bytes = new TextEncoder().encode(message.body);
  expect(await verifyWebhook(secret, several, bytes, timestamp + webhookTolerance)).toEqual({ id, timestamp });
});

it.each([
  ['another body', {}, '{"test": 1}', 0],
  ['another id', { id: 'msg_other' }, message.body, 0],
  ['an id that swallows the time', { id: 'msg_a.1614265330' }, message.body, 0],
  ['another time', { timestamp: '1614265331' }, message.body, 0],
  ['no time', { timestamp: '' }, message.body, 0],
  ['no signature', { signature: '' }, message.body, 0],
  ['an old message', {}, message.body, webhookTolerance + 1],
  ['a message of the future', {}, message.body, -webhookTolerance - 1]
] as const)('refuses %s', async (_, changed, body, later) => {
  await expect(verifyWebhook(secret, headers(changed), body, message.timestamp + later)).rejects.toThrow(
    WebhookSignatureInvalidError
  );
});

it.each(['', 'whsec_', 'whsec_AAAA', secret.slice('whsec_'.length), `${secret}!`])(
  'refuses the secret "%s"',
  async (wrong) => {
    await expect(signWebhook(wrong, message)).rejects.toThrow(WebhookSecretInvalidError);
  }
);
