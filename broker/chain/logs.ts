import {
  type AbiEvent,
  type Address,
  type GetLogsReturnType,
  InvalidParamsRpcError,
  LimitExceededRpcError
} from 'viem';
import type { ChainClient } from './client.ts';

/** Smallest range of blocks that is still cut in two when an endpoint refuses to search it. */
const smallestRange = 64n;

/**
 * Logs of some events in a range of blocks, in the chain's order. Endpoints bound the size of what they search and
 * return; a refused range is searched in halves.
 */
export async function searchLogs<const Events extends readonly AbiEvent[]>(
  client: ChainClient,
  events: Events,
  range: { fromBlock: bigint; toBlock: bigint },
  address?: Address | readonly Address[]
): Promise<GetLogsReturnType<undefined, Events, true>> {
  if (range.fromBlock > range.toBlock) return [];
  try {
    return await client.getLogs({
      events,
      strict: true,
      ...range,
      ...(address !== undefined && { address: typeof address === 'string' ? address : [...address] })
    });
  } catch (error) {
    if (!isTooMuch(error) || range.toBlock - range.fromBlock < smallestRange) throw error;
    const middle = (range.fromBlock + range.toBlock) / 2n;
    const first = await searchLogs(client, events, { fromBlock: range.fromBlock, toBlock: middle }, address);
    const second = await searchLogs(client, events, { fromBlock: middle + 1n, toBlock: range.toBlock }, address);
    return [...first, ...second];
  }
}

function isTooMuch(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof LimitExceededRpcError || at instanceof InvalidParamsRpcError) return true;
    if (/range|limit|too many|more than/i.test(at.message)) return true;
  }
  return false;
}
