import type { Hex } from '../protocol/primitives.ts';
import { TributaryError } from '../protocol/problem.ts';

/** The market's chain has no attestation service. */
export class AttestationServiceMissingError extends TributaryError {
  readonly code = 'attestation-service-missing';
  readonly title = 'Nothing can be attested here';

  constructor() {
    super('The chain of this market has no Ethereum Attestation Service, or the market has no schemas there.');
  }
}

/** There is no attestation of this uid. */
export class AttestationMissingError extends TributaryError {
  readonly code = 'attestation-missing';
  readonly title = 'There is no such attestation';
  override readonly status = 404;

  constructor(uid: Hex) {
    super(`The attestation service knows no attestation ${uid}. Check the uid and the network.`);
  }
}
