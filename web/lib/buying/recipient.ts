import type { Market } from '#sdk/actions/connect-market';
import { requestJson } from '#sdk/actions/request';
import { licensePageSchema } from '#sdk/protocol/discovery';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { addressSchema, type Address, type Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import * as z from 'zod';
import { m } from '../generated/messages/messages.js';

/** What was entered names no account. */
export class RecipientInvalidError extends TributaryError {
  readonly code = 'recipient-invalid';
  readonly title = m.buying_gift_invalid();
}

/**
 * The account that an address or an ENS name stands for.
 *
 * @throws {@link RecipientInvalidError}; MarketRefusedError of the sdk where names cannot be looked up.
 */
export async function findRecipient(market: Market, text: string): Promise<Address> {
  const entered = text.trim();
  const address = addressSchema.safeParse(entered);
  if (address.success) {
    if (/^0x0{40}$/.test(address.data)) throw new RecipientInvalidError(m.buying_gift_zero());
    return address.data;
  }
  if (!/^[^\s/]+\.[^\s/.]+$/u.test(entered)) {
    throw new RecipientInvalidError(m.buying_gift_format());
  }
  const { account } = await requestJson({
    fetch: market.fetch,
    url: `${market.marketUrl}/names/${encodeURIComponent(entered)}`,
    schema: z.object({ account: addressSchema })
  });
  return account;
}

/** The key to which a gift is sealed. */
export interface RecipientKey {
  readonly publicKey: Hex;
  /** Whether it is the recipient's own: of a licence to the same offer. Otherwise nobody holds its private half. */
  readonly own: boolean;
}

/**
 * The recipient's own key, where it has or had a licence to the same offer. Otherwise a key whose private half is thrown
 * away: a purchase must name one, only the recipient may replace it, and a key made here would have to travel.
 *
 * @throws MarketUnreachableError, MarketRefusedError or AnswerInvalidError of the sdk.
 */
export async function recipientKey(market: Market, offerId: Hex, recipient: Address): Promise<RecipientKey> {
  const query = new URLSearchParams({ licensee: recipient, offerId, limit: '1' });
  const { items } = await requestJson({
    fetch: market.fetch,
    url: `${market.marketUrl}/v1/licenses?${query.toString()}`,
    schema: licensePageSchema
  });
  const [license] = items;
  if (license !== undefined) return { publicKey: license.publicKey, own: true };
  const { publicKey } = await generateKeyPair();
  return { publicKey, own: false };
}
