import { reasonOf } from './client.ts';
import { ChainUnavailableError } from './errors.ts';
import type { ChainHead } from './head.ts';

/**
 * Asks the chain, if it can be relied on: a stale answer would be worse than none.
 *
 * @throws {@link ChainUnavailableError}
 */
export async function askChain<T>(head: ChainHead, question: () => Promise<T>): Promise<T> {
  const reason = head.unavailable;
  if (reason !== null) throw new ChainUnavailableError(`${reason} Try again in a moment.`);
  try {
    return await question();
  } catch (error) {
    throw new ChainUnavailableError(`The chain could not be asked: ${reasonOf(error)} Try again in a moment.`);
  }
}
