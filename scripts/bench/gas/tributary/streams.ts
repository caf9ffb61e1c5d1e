import { zeroAddress } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import type { Address } from '#sdk/protocol/primitives';
import type { Measurement } from '../actions.ts';
import type { OurMarket } from './market.ts';

const [read, write] = [0, 1];
const never = 2 ** 40 - 1;

/** Streams, their permissions, and listing. */
export async function measureStreams(market: OurMarket): Promise<Measurement[]> {
  const { session, parties } = market;
  const { gas: creation, stream } = await market.createStream();
  const setPermission = (holder: Address, permission: number) =>
    session.gas({
      ...{ from: parties.seller, to: stream, abi: streamAbi, functionName: 'setPermission' as const },
      args: [holder, permission, never]
    });
  const account = session.account(9).address;
  const own = await setPermission(account, read);
  const another = await setPermission(account, write);
  const everyone = await setPermission(zeroAddress, read);
  const row = (action: Measurement['action'], gas: bigint): Measurement => ({ system: 'Tributary', action, gas });
  return [
    row('create-stream', creation),
    row('grant-permission', own),
    row('grant-another', another),
    row('grant-everyone', everyone),
    row('list-1', await market.list(await market.makeOffer(1))),
    row('list-5', await market.list(await market.makeOffer(5))),
    row('list-64', await market.list(await market.makeOffer(64)))
  ];
}
