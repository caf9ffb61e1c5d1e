import { requestJson } from '#sdk/actions/request';
import {
  accountIdentitySchema,
  identityCheckSchema,
  identityTypedData,
  type AccountIdentity,
  type IdentityCheck,
  type IdentityConsent
} from '#sdk/protocol/identity';
import type { Address } from '#sdk/protocol/primitives';
import type { ConnectedClient } from '../wallet/wallet.svelte.ts';
import { loadMarket } from '../wallet/market.ts';

/** Seconds for which the account's consent counts: it is used at once. */
const consentFor = 600;

const address = (account: Address, what = '') => new URL(`/v1/identity/${account}${what}`, location.origin).href;

/**
 * What is proved of an account, and what to publish to prove more.
 *
 * @throws as the sdk's requestJson.
 */
export async function readIdentity(account: Address): Promise<AccountIdentity> {
  const { fetch } = await loadMarket();
  return requestJson({ fetch, url: address(account), schema: accountIdentitySchema });
}

/** Has the market look now: at a domain's file and DNS record, or at both directions of an ENS name. */
export async function checkName(
  account: Address,
  claim: { readonly domain: string; readonly consent?: IdentityConsent } | { readonly ensName: string }
): Promise<IdentityCheck> {
  const { fetch } = await loadMarket();
  return requestJson({
    fetch,
    url: address(account, 'domain' in claim ? '/domain' : '/ens'),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(claim),
    // An attestation waits for its block.
    timeout: 60_000,
    schema: identityCheckSchema
  });
}

/** The account says that it wants to be attested as the holder of a domain; nothing is sent to the chain. */
export async function signConsent(client: ConnectedClient, account: Address, domain: string): Promise<IdentityConsent> {
  const { chainId } = await loadMarket();
  const expires = Math.floor(Date.now() / 1_000) + consentFor;
  const signature = await client.signTypedData(identityTypedData(chainId, account, domain, expires));
  return { expires, signature };
}
