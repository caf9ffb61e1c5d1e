import { TributaryError, type Problem } from '#sdk/protocol/problem';

/** The file with the key of an account that sends transactions cannot be used. */
export class RelayerKeyError extends TributaryError {
  readonly code = 'relayer-key-unusable';
  readonly title = 'The key of an account cannot be read';
  override readonly status = 500;
}

/** This market has no account that carries purchases to the chain. */
export class RelayerMissingError extends TributaryError {
  readonly code = 'relayer-missing';
  readonly title = 'This market carries no purchases to the chain';
  override readonly status = 503;

  constructor() {
    super(
      'Nothing was paid. Prepare a transaction (POST /v1/purchases/prepare, pay: "transaction") and send it yourself, or ' +
        'ask another market of this chain.'
    );
  }
}

/** What the relayer cannot do now and may do soon. Nothing was sent, so nothing was paid. */
abstract class RelayerPausedError extends TributaryError {
  override readonly status = 503;
  abstract readonly retryAfter: number;

  override toProblem(): Problem {
    return { ...super.toProblem(), retryAfter: this.retryAfter };
  }
}

/** Too many purchases wait already. */
export class RelayerBusyError extends RelayerPausedError {
  readonly code = 'relayer-busy';
  readonly title = 'Too many purchases wait to be carried';
  readonly retryAfter = 5;

  constructor() {
    super('Nothing was sent and nothing was paid. Try again in a few seconds, or send the transaction yourself.');
  }
}

/** The account has too little ether. */
export class RelayerPoorError extends RelayerPausedError {
  readonly code = 'relayer-poor';
  readonly title = 'The account that carries purchases cannot pay for gas';
  readonly retryAfter = 600;

  constructor() {
    super('Nothing was sent and nothing was paid. Send the transaction yourself, or tell whoever runs this market.');
  }
}

/** The gas that is given away in an hour is used up. */
export class GasAllowanceSpentError extends RelayerPausedError {
  readonly code = 'gas-allowance-spent';
  readonly title = 'The gas that this market gives away is used up for now';
  readonly retryAfter: number;

  constructor(seconds: number) {
    super('Nothing was sent and nothing was paid. Try again later, or send the transaction yourself.');
    this.retryAfter = seconds;
  }
}

/** A payment of x402 that would not pay for what it is for; nothing was sent. */
export class PaymentRefusedError extends TributaryError {
  readonly code = 'payment-refused';
  readonly title = 'The payment was not taken';
  override readonly status = 402;
  /** The code that x402 has for it. */
  readonly reason: string;

  constructor(reason: string, sentence: string) {
    super(`Nothing was paid. ${sentence}`);
    this.reason = reason;
  }
}
