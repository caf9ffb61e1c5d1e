import { toHex } from 'viem';
import { appointIssuer } from '#sdk/actions/appoint-issuer';
import type { Market } from '#sdk/actions/connect-market';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { registerKey } from '#sdk/actions/register-key';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { generateKeyPair } from '#sdk/protocol/hpke';
import type { Address } from '#sdk/protocol/primitives';
import type { ActingAccount } from '../acting-account.ts';

interface Work {
  readonly market: Market;
  readonly account: ActingAccount;
  readonly stream: Address;
  /** Accounts that shall not grant any more. */
  readonly insteadOf?: readonly Address[];
  readonly progress: (text: string) => void;
}

/** Lets an issuer of the seller's own make and grant the keys, to this account as publisher too. */
export async function useOwnIssuer(parameters: Work & { readonly issuer: Address }): Promise<void> {
  const { market, account, stream, issuer, insteadOf = [], progress } = parameters;
  const { wallet } = account;
  const secrets = await account.secrets();
  const newest = secrets.newestKeys(stream);
  let keyPair = newest !== undefined && 'keyPair' in newest ? newest.keyPair : undefined;
  if (keyPair === undefined) {
    keyPair = await generateKeyPair();
    await secrets.addPublisherKey(stream, keyPair, Math.floor(market.clock()));
  }
  // Also where it is kept already: an earlier run may have ended in between.
  progress(`Registering the key to which the keys of ${stream} come …`);
  await registerKey({ market, wallet, stream, publicKey: keyPair.publicKey });
  progress(`Letting ${issuer} grant ${stream} …`);
  await appointIssuer({ market, wallet, stream, issuer, insteadOf });
}

/**
 * Entrusts fresh keys to the market's issuer, in an era that begins at once, and takes the Grant permission from others.
 *
 * @returns Unix seconds until which it may grant.
 */
export async function useMarketIssuer(parameters: Work): Promise<number> {
  const { market, account, stream, insteadOf = [], progress } = parameters;
  const secrets = await account.secrets();
  const now = Math.floor(market.clock() / 1000);
  // Issuers of a seller's own number eras by the second.
  const made = createStreamKeys(Math.max(now, (secrets.streamKeys(stream).at(-1)?.era ?? 0) + 1));
  progress(`Entrusting fresh keys of ${stream} to the market's issuer …`);
  const { until } = await delegateKeys({ market, stream, signer: account.signer, keys: made, from: now });
  // Only now: nothing may be published under keys that nobody can grant.
  await secrets.addStreamRoot({ stream, era: made.era, root: toHex(made.root), createdAt: now });
  if (insteadOf.length > 0) progress('Taking the Grant permission from the issuer before …');
  await appointIssuer({ market, wallet: account.wallet, stream, issuer: 'market', insteadOf });
  return until;
}
