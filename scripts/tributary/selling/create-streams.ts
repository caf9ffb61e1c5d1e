import { createStream } from '#sdk/actions/create-stream';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import type { Market } from '#sdk/actions/connect-market';
import { readStream } from '#sdk/actions/read-stream';
import { setStreamPermission } from '#sdk/actions/set-stream-permission';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { toHex } from 'viem';
import type { Address } from '#sdk/protocol/primitives';
import type { ActingAccount } from '../acting-account.ts';
import { useOwnIssuer } from './issuers.ts';
import type { OpenProductFile, ProductFile } from './product-file.ts';

/** What happened to the streams of a product. */
export interface StreamsReport {
  readonly created: readonly Address[];
  readonly addresses: readonly Address[];
}

/** Who grants the keys of the streams: the market's broker, an issuer of the seller's own, or nobody yet. */
export type Granting = { readonly by: 'broker' | 'nobody' } | { readonly by: 'issuer'; readonly issuer: Address };

interface Work {
  readonly market: Market;
  readonly account: ActingAccount;
  readonly progress: (text: string) => void;
}

/**
 * Creates those streams of a product that have no address yet, keeps their keys, and sees to it that licences get their
 * grants while the seller's program sleeps: by trusting the market's broker with the keys for a bounded time, or by
 * letting an issuer of the seller's own make them.
 */
export async function createStreams(
  parameters: Work & { readonly file: OpenProductFile; readonly granting: Granting }
): Promise<StreamsReport> {
  const { file, granting, ...work } = parameters;
  const created: Address[] = [];
  const addresses: Address[] = [];
  for (const [index, described] of file.product.streams.entries()) {
    let { address } = described;
    if (address === undefined) {
      address = await create(work, file.product, described, granting);
      await file.setStream(index, address);
      created.push(address);
    }
    if (described.public) await openToEveryone(work, address);
    else if (granting.by === 'broker') await delegateStream({ ...work, stream: address });
    else if (granting.by === 'issuer') await useOwnIssuer({ ...work, stream: address, issuer: granting.issuer });
    addresses.push(address);
  }
  return { created, addresses };
}

async function create(
  { market, account, progress }: Work,
  product: ProductFile,
  described: ProductFile['streams'][number],
  granting: Granting
): Promise<Address> {
  const { name = product.name.slice(0, 32), description, slotDuration, partitions } = described;
  progress(`Creating the stream "${name}" …`);
  // Opened before anything is sent: keys that cannot be kept must not be needed.
  const secrets = await account.secrets();
  const { stream } = await createStream({
    market,
    wallet: account.wallet,
    name,
    ...(description === undefined ? {} : { description }),
    ...(slotDuration === undefined ? {} : { slotDuration }),
    ...(partitions === undefined ? {} : { partitions })
  });
  progress(`Stream ${stream}`);
  // An issuer makes keys of its own.
  if (granting.by === 'issuer' || described.public) return stream;
  const { era, root } = createStreamKeys();
  const createdAt = Math.floor(market.clock() / 1000);
  await secrets.addStreamRoot({ stream, era, root: toHex(root), createdAt });
  progress(`Its keys are kept in ${secrets.file}`);
  return stream;
}

async function openToEveryone({ market, account, progress }: Work, stream: Address): Promise<void> {
  if ((await readStream({ market, stream })).publicRead) return;
  progress(`Opening ${stream} to everyone …`);
  await setStreamPermission({ market, wallet: account.wallet, stream, account: 'everyone', permission: 'read' });
}

/**
 * Trusts the market's broker with the newest era of a stream for 90 days, or the longest that it takes.
 *
 * @returns Unix seconds until which it may grant; undefined where there is nothing to trust it with: everyone may read,
 * or the keys are kept elsewhere.
 */
export async function delegateStream(parameters: Work & { readonly stream: Address }): Promise<number | undefined> {
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
