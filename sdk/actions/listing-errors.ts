import { TributaryError } from '../protocol/problem.ts';

/** An offer that is settled by events does not say how many are promised. */
export class DeliveryTermsMissingError extends TributaryError {
  readonly code = 'delivery-terms-missing';
  readonly title = 'How many events are promised is missing';

  constructor() {
    super('Settled by events, an offer says how many events come in which period: give `delivery`.');
  }
}

/** The market has no delivery oracle of its own and none was named. */
export class DeliveryOracleMissingError extends TributaryError {
  readonly code = 'delivery-oracle-missing';
  readonly title = 'Nobody counts the events';

  constructor() {
    super('This market has no delivery oracle of its own. Name one in `delivery.oracle`, or settle otherwise.');
  }
}
