import { BaseError, createPublicClient, http } from 'viem';
import { normalize } from 'viem/ens';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import type { MarketContext } from './market-context.ts';

/** ENS's universal resolver, at the same address on every chain that has ENS (docs.ens.domains/learn/deployments). */
const universalResolver = '0xeeeeeeee14d718c2b47d9923deab1335e144eeee';
/** Ethereum and its test networks. */
const ensChains: ReadonlySet<number> = new Set([1, 11_155_111, 17_000]);

/** The market knows no chain that has ENS. */
export class NamesUnavailableError extends TributaryError {
  readonly code = 'names-unavailable';
  readonly title = 'Names cannot be looked up here';
  override readonly status = 501;
}

/** ENS names cannot look like this, or nobody has set an address for it. */
export class NameUnknownError extends TributaryError {
  readonly code = 'name-unknown';
  readonly title = 'This name leads to no account';
  override readonly status = 404;
}

/** The chain of ENS does not answer, or too many names are looked up at once. */
export class NamesAwayError extends TributaryError {
  readonly code = 'names-away';
  readonly title = 'The name cannot be looked up now';
  override readonly status = 503;
}

/** Lookups under way at most; each costs a request to somebody else's node. */
const mostAtOnce = 8;
let underWay = 0;

/**
 * The account to which an ENS name leads now. Names that are kept off the chain (CCIP-Read, ERC-3668) are not followed:
 * their servers could be any.
 *
 * @throws {@link NamesUnavailableError}, {@link NameUnknownError}, {@link NamesAwayError}
 */
export async function accountOfName({ configuration, deployment }: MarketContext, name: string): Promise<Address> {
  const url = configuration.ENS_RPC_URL ?? (ensChains.has(deployment.chainId) ? configuration.CHAIN_URL : undefined);
  if (url === undefined) {
    throw new NamesUnavailableError('This market knows no chain that has ENS. Enter the address, 0x and 40 digits.');
  }
  const wanted = normalized(name);
  if (wanted === null) throw new NameUnknownError('This can be no ENS name. Names look like "harbour.eth".');
  if (underWay >= mostAtOnce) throw new NamesAwayError('Many names are being looked up. Try again in a moment.');
  underWay += 1;
  try {
    const transport = http(url.replace(/^ws/, 'http'), { timeout: 8_000, retryCount: 1 });
    const client = createPublicClient({ transport, ccipRead: false });
    const found = await client.getEnsAddress({
      name: wanted,
      universalResolverAddress: universalResolver,
      strict: true
    });
    if (found === null) throw new NameUnknownError(`${wanted} has no address record. Ask its owner for the address.`);
    return addressSchema.parse(found);
  } catch (cause) {
    if (!(cause instanceof BaseError)) throw cause;
    const reverted = cause.walk((one) => one instanceof Error && one.name === 'ContractFunctionRevertedError');
    if (reverted !== null) throw new NameUnknownError(`${wanted} leads to no account on the chain of ENS.`, { cause });
    throw new NamesAwayError('The chain of ENS does not answer. Try again, or enter the address.', { cause });
  } finally {
    underWay -= 1;
  }
}

/** The name as ENSIP-15 writes it; null for what is none. */
function normalized(name: string): string | null {
  try {
    const result = normalize(name.trim());
    return result.includes('.') && result.length <= 255 ? result : null;
  } catch {
    return null;
  }
}
