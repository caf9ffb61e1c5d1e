import { NotOfTheChainError } from '../../history/errors.ts';
import type { View } from '../../search/view.ts';

/**
 * For what no chain knows, or what takes its own time.
 *
 * @throws {@link NotOfTheChainError} when facts are told as of a block.
 */
export function refusePast({ at }: View): void {
  if (at === undefined) return;
  throw new NotOfTheChainError('Ask for this in an operation of its own, without a block.');
}
