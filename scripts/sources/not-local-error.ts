import { TributaryError } from '#sdk/protocol/problem';

/** The demonstration sellers' keys are public knowledge: they must not sell anywhere but on a local chain. */
export class NotLocalError extends TributaryError {
  readonly code = 'not-local';
  readonly title = 'The demonstration sellers run on a local chain only';

  constructor() {
    super('This market is not on a local chain. Set LIVE_SOURCES=none and publish with keys of your own.');
  }
}
