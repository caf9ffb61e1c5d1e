import { TributaryError } from '#sdk/protocol/problem';

/** A transaction that was to be measured, or one that prepares it, failed on the chain. */
export class MeasuredTransactionFailedError extends TributaryError {
  readonly code = 'measured-transaction-failed';
  readonly title = 'A transaction that was to be measured failed';
}

/** A package that carries a peer's bytecode could not be had, or is not the one that was pinned. */
export class PeerUnavailableError extends TributaryError {
  readonly code = 'peer-unavailable';
  readonly title = 'A peer could not be measured';
}
