import { loadMarket } from '../wallet/market.ts';
import { publish } from '#sdk/actions/publish';
import { readStream } from '#sdk/actions/read-stream';
import { walletEventSigner } from '#sdk/actions/wallet-event-signer';
import type { Wallet } from '#sdk/actions/send-transaction';
import type { Address } from '#sdk/protocol/primitives';
import { rootSeed } from '#sdk/protocol/slot-keys';
import { streamRoots } from '../keys/stream-roots.ts';
import { begunRoot } from './begun-root.ts';

/**
 * Publishes one event from the page, signed by the wallet.
 *
 * @returns Its place in the log.
 * @throws as the sdk's publish.
 */
export async function publishOne(wallet: Wallet, stream: Address, json: unknown): Promise<number> {
  const market = await loadMarket();
  const [roots, { slotDuration }] = await Promise.all([streamRoots(stream), readStream({ market, stream })]);
  const held = begunRoot(roots, market.clock(), slotDuration);
  const keys = held === undefined ? {} : { keys: { era: held.era, seeds: [rootSeed(held.root)] } };
  const { offset } = await publish({ market, stream, signer: walletEventSigner(wallet), content: { json }, ...keys });
  return offset;
}
