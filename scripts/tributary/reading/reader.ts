import type { Market } from '#sdk/actions/connect-market';
import type { Reader } from '#sdk/actions/event-reader';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { findIssuers } from '#sdk/actions/issuer-belief';
import { fetchProduct } from '#sdk/actions/fetch-product';
import { findLicenses } from '#sdk/actions/find-licenses';
import { keepSession } from '#sdk/actions/keep-session';
import type { SessionKeeper } from '#sdk/actions/keep-session';
import { GrantIssuerError, openGrant } from '#sdk/actions/open-grant';
import { readStream } from '#sdk/actions/read-stream';
import type { StreamKeys } from '#sdk/actions/stream-keys';
import { GrantUnopenableError } from '#sdk/protocol/grant-sealing';
import type { KeyPair } from '#sdk/protocol/hpke';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Accounts } from '../acting-account.ts';
import type { AccountSecrets } from '../keystore/account-secrets.ts';

/** One partition of a stream, and with what it can be read. */
export interface Source {
  readonly stream: Address;
  readonly partition: number;
  /** Signs in when asked; undefined where everybody may read. */
  readonly session: SessionKeeper | undefined;
  readonly reader: Reader | undefined;
  readonly keys: readonly StreamKeys[];
}

/**
 * What there is to read of a product or stream: each partition of each stream, with the keys that the account holds.
 * Where everybody may read, no key is touched and no passphrase asked for.
 *
 * @param partition Only this one.
 * @throws as {@link fetchProduct}, readStream and the keystore.
 */
export async function sourcesOf(parameters: {
  readonly market: Market;
  readonly accounts: Accounts;
  readonly target: { readonly product: Hex } | { readonly stream: Address };
  readonly partition?: number | undefined;
}): Promise<readonly Source[]> {
  const { market, accounts, target, partition } = parameters;
  const streams =
    'stream' in target
      ? [target.stream]
      : (await fetchProduct({ market, productId: target.product })).product.offer.streams;
  let keeper: SessionKeeper | undefined;
  /** One for all streams: the account signs once. */
  const signIn = async () => (keeper ??= keepSession({ market, wallet: (await accounts.acting(market)).wallet }));
  const sources = await Promise.all(
    streams.map(async (stream) => {
      const { partitions, publicRead } = await readStream({ market, stream });
      const { session, reader, keys } = publicRead
        ? { session: undefined, reader: undefined, keys: [] }
        : { session: await signIn(), ...(await keysOf({ market, accounts, stream })) };
      const numbers = partition === undefined ? Array.from({ length: partitions }, (_, index) => index) : [partition];
      return numbers.map((number) => ({ stream, partition: number, session, reader, keys }));
    })
  );
  return sources.flat();
}

async function keysOf(parameters: {
  readonly market: Market;
  readonly accounts: Accounts;
  readonly stream: Address;
}): Promise<Pick<Source, 'reader' | 'keys'>> {
  const { market, accounts, stream } = parameters;
  const secrets = await accounts.secrets();
  // One's own stream.
  const own = secrets.streamKeys(stream);
  if (own.length > 0) return { reader: undefined, keys: own };
  const licensee = await accounts.address();
  const keyPair =
    secrets.publisherKey(stream) ??
    secrets.streamReaderKey(stream) ??
    (await licensedKey(market, secrets, stream, licensee));
  if (keyPair === undefined) return { reader: undefined, keys: [] };
  return { reader: { licensee, keyPair }, keys: await olderKeys(market, secrets, stream, licensee, keyPair) };
}

/** The key that the account's newest licence to the stream names, where it is kept here. */
async function licensedKey(
  market: Market,
  secrets: AccountSecrets,
  stream: Address,
  licensee: Address
): Promise<KeyPair | undefined> {
  const { items } = await findLicenses({ market, query: { licensee, limit: 100 } });
  const [newest] = items
    .filter(({ streams, publicKey }) => streams.includes(stream) && secrets.keyPair(publicKey) !== undefined)
    .sort((a, b) => b.until - a.until);
  return newest === undefined ? undefined : secrets.keyPair(newest.publicKey);
}

/** Seeds of grants that were sealed to other keys of the account: of other products with the stream, or replaced ones. */
async function olderKeys(
  market: Market,
  secrets: AccountSecrets,
  stream: Address,
  licensee: Address,
  present: KeyPair
): Promise<readonly StreamKeys[]> {
  const grants = await fetchGrants({ market, stream, licensee });
  const others = grants.filter(({ recipient }) => recipient !== present.publicKey);
  if (others.length === 0) return [];
  const issuers = await findIssuers({ market, stream, grants: others });
  const keys = new Map<number, StreamKeys>();
  for (const grant of others) {
    const keyPair = secrets.keyPair(grant.recipient);
    if (keyPair === undefined) continue;
    try {
      const seeds = await openGrant({ grant, keyPair, issuers });
      keys.set(grant.era, { era: grant.era, seeds: [...(keys.get(grant.era)?.seeds ?? []), ...seeds] });
    } catch (error) {
      // Forged, or foul: like one that is not there.
      if (!(error instanceof GrantIssuerError || error instanceof GrantUnopenableError)) throw error;
    }
  }
  return [...keys.values()];
}
