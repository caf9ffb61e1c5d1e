import { TributaryError } from '#sdk/protocol/problem';

/** The chain has no such block, or the index has not read it yet. */
export class BlockUnknownError extends TributaryError {
  readonly code = 'block-unknown';
  readonly title = 'The block is not known';
  override readonly status = 404;
}

/** The block lies before the contracts of the market. */
export class BlockBeforeMarketError extends TributaryError {
  readonly code = 'block-before-market';
  readonly title = 'The market was not there yet';
  override readonly status = 404;
}

/** The index cannot tell that far back any more. */
export class BlockForgottenError extends TributaryError {
  readonly code = 'block-forgotten';
  readonly title = 'The block is older than what is remembered';
  override readonly status = 410;
}

/** The chain does not answer, which alone knows the block. */
export class BlockUnreadableError extends TributaryError {
  readonly code = 'block-unreadable';
  readonly title = 'The chain cannot be asked about the block';
  override readonly status = 503;
}

/** Something of which the chain knows nothing was asked for as of a block. */
export class NotOfTheChainError extends TributaryError {
  readonly code = 'not-of-the-chain';
  readonly title = 'The chain does not know this';
  override readonly status = 422;
}
