import type { Hex } from '../protocol/primitives.ts';
import { TributaryError } from '../protocol/problem.ts';

/** A transaction succeeded without the event that it should have left: the contracts are not those of this version. */
export class LogMissingError extends TributaryError {
  readonly code = 'log-missing';
  readonly title = 'The contracts are not those of this market';
  override readonly status = 502;

  constructor(event: string, hash: Hex) {
    super(`Transaction ${hash} left no event ${event}. The deployment that the market names is of another version.`);
  }
}
