import { createStream } from '#sdk/actions/create-stream';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import type { Market } from '#sdk/actions/connect-market';
import { readStream } from '#sdk/actions/read-stream';
import { setStreamPermission } from '#sdk/actions/set-stream-permission';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { toHex } from 'viem';
import type { Address } from '#sdk/protocol/primitives';
import type { ActingAccount } from '../acting-account.ts';
import type { OpenProductFile, ProductFile } from './product-file.ts';

/** What happened to the streams of a product. */
export interface StreamsReport {
  readonly created: readonly Address[];
  readonly addresses: readonly Address[];
}

/**
 * Creates those streams of a product that have no address yet, keeps their keys, and trusts the market's broker with
 * them for a bounded time, so that licences get their grants while the seller's program sleeps.
 *
 * @param delegate Whether the broker is trusted; without it the seller runs its own issuer.
 */
export async function createStreams(parameters: {
  readonly market: Market;
  readonly account: ActingAccount;
  readonly file: OpenProductFile;
  readonly delegate: boolean;
  readonly progress: (text: string) => void;
}): Promise<StreamsReport> {
  const { market, account, file, delegate, progress } = parameters;
  const created: Address[] = [];
  const addresses: Address[] = [];
  for (const [index, described] of file.product.streams.entries()) {
    let { address } = described;
    if (address === undefined) {
      address = await create(market, account, file.product, described, progress);
      await file.setStream(index, address);
      created.push(address);
    }
    await openToEveryone(market, account, address, described.public, progress);
    if (delegate) await delegateStream({ market, account, stream: address, progress });
    addresses.push(address);
  }
  return { created, addresses };
}

async function create(
  market: Market,
  account: ActingAccount,
  product: ProductFile,
  described: ProductFile['streams'][number],
  progress: (text: string) => void
): Promise<Address> {
  const { name = product.name.slice(0, 32), description, slotDuration, partitions } = described;
  progress(`Creating the stream "${name}" …`);
  // Opened before anything is sent: keys that cannot be kept must not be needed.
  const secrets = await account.secrets();
  const keys = createStreamKeys();
  const { stream } = await createStream({
    market,
    wallet: account.wallet,
    name,
    ...(description === undefined ? {} : { description }),
    ...(slotDuration === undefined ? {} : { slotDuration }),
    ...(partitions === undefined ? {} : { partitions })
  });
  const createdAt = Math.floor(market.clock() / 1000);
  await secrets.addStreamRoot({ stream, era: keys.era, root: toHex(keys.root), createdAt });
  progress(`Stream ${stream}; its keys are kept in ${secrets.file}`);
  return stream;
}

async function openToEveryone(
  market: Market,
  account: ActingAccount,
  stream: Address,
  wanted: boolean,
  progress: (text: string) => void
): Promise<void> {
  if (!wanted || (await readStream({ market, stream })).publicRead) return;
  progress(`Opening ${stream} to everyone …`);
  await setStreamPermission({ market, wallet: account.wallet, stream, account: 'everyone', permission: 'read' });
}

/**
 * Trusts the market's broker with the newest era of a stream for 90 days, or the longest that it takes.
 *
 * @returns Unix seconds until which it may grant; undefined where there is nothing to trust it with: everyone may read,
 * or the keys are kept elsewhere.
 */
export async function delegateStream(parameters: {
  readonly market: Market;
  readonly account: ActingAccount;
  readonly stream: Address;
  readonly progress: (text: string) => void;
}): Promise<number | undefined> {
  const { market, account, stream, progress } = parameters;
  if ((await readStream({ market, stream })).publicRead) return undefined;
  const keys = (await account.secrets()).streamKeys(stream).at(-1);
  if (keys === undefined) {
    progress(`The keys of ${stream} are not kept here: whoever keeps them delegates them.`);
    return undefined;
  }
  // From its beginning: licences that run already must be granted too.
  const { until } = await delegateKeys({ market, stream, signer: account.signer, keys, from: keys.createdAt });
  progress(`The broker may grant ${stream} until ${new Date(until * 1000).toISOString().slice(0, 10)}.`);
  return until;
}
