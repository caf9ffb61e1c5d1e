import type { AbiEvent, Address, GetLogsReturnType, PublicClient } from 'viem';
import { InvalidParamsRpcError, LimitExceededRpcError } from 'viem';

/** Smallest range of blocks that is still cut in two when an endpoint refuses to search it. */
const smallestRange = 64n;

export interface SearchLogsParameters<Event extends AbiEvent> {
  readonly client: Pick<PublicClient, 'getLogs'>;
  readonly address: Address;
  readonly event: Event;
  /** Values of indexed parameters, as viem takes them. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

/**
 * Logs of one event in a range of blocks, in the chain's order. Endpoints bound what they search and return; a refused
 * range is searched in halves.
 *
 * @throws viem's errors.
 */
export async function searchLogs<const Event extends AbiEvent>(
  parameters: SearchLogsParameters<Event>
): Promise<GetLogsReturnType<Event, [Event], true>> {
  const { client, address, event, args, fromBlock, toBlock } = parameters;
  try {
    const filter = { address, event, args, strict: true, fromBlock, toBlock };
    return await client.getLogs(filter as never);
  } catch (error) {
    if (!isTooMuch(error) || toBlock - fromBlock < smallestRange) throw error;
    const middle = (fromBlock + toBlock) / 2n;
    const first = await searchLogs({ ...parameters, toBlock: middle });
    const second = await searchLogs({ ...parameters, fromBlock: middle + 1n });
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
