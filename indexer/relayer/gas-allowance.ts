import { GasAllowanceSpentError } from './errors.ts';

/**
 * The gas that is given away: so much in an hour, refilled all the time. Sellers could otherwise sell to themselves for
 * nothing until the account that pays the gas is empty.
 */
export class GasAllowance {
  private readonly perHour: number;
  /** Milliseconds. */
  private readonly clock: () => number;
  private left: number;
  private at: number;

  constructor(perHour: number, clock: () => number) {
    this.perHour = perHour;
    this.clock = clock;
    this.left = perHour;
    this.at = clock();
  }

  /**
   * Takes gas for a transaction.
   *
   * @throws {@link GasAllowanceSpentError} saying when there is enough again.
   */
  take(gas: bigint): void {
    const now = this.clock();
    const refilled = (Math.max(0, now - this.at) / 3_600_000) * this.perHour;
    this.left = Math.min(this.perHour, this.left + refilled);
    this.at = now;
    const missing = Number(gas) - this.left;
    if (missing > 0) throw new GasAllowanceSpentError(Math.max(1, Math.ceil((missing / this.perHour) * 3_600)));
    this.left -= Number(gas);
  }

  /** Gives back what a transaction did not use. */
  giveBack(gas: bigint): void {
    this.left = Math.min(this.perHour, this.left + Number(gas));
  }
}
