import type { FactKey, FactSet } from '../fact-set.ts';
import type { EventCalled, EventName } from '../market-logs.ts';

/** What one kind of event does to the facts. */
export interface Rule<Name extends EventName> {
  /** Rows that the event names by itself; `apply` asks for these, and for those of `further`. */
  rows(event: EventCalled<Name>): readonly FactKey[];
  /** Rows that follow from other rows. */
  further?(event: EventCalled<Name>, known: KnownRows): readonly FactKey[];
  /**
   * Applies the event, in the order of the chain.
   *
   * @returns false when it speaks of something that was never made; it then changes nothing.
   */
  apply(facts: FactSet, event: EventCalled<Name>): boolean;
}

export type Rules<Names extends EventName> = { readonly [Name in Names]: Rule<Name> };

/** What is known before a range is applied of the rows that its events depend on. */
export interface KnownRows {
  /** What an offer promises, whether it was listed before the range or in it. */
  offer(id: string): { readonly settlement: string; readonly boundary: number } | undefined;
  /** Deposits of a licence that were open before the range. */
  openDeposits(license: string): readonly { readonly id: string; readonly cohort: string }[];
  /** Cohort of a deposit that was made before the range. */
  cohortOf(deposit: string): string | undefined;
}

/** Sum of amounts in decimal digits; negative ones take away. */
export function sum(...amounts: readonly (string | bigint)[]): string {
  return amounts.reduce<bigint>((total, amount) => total + BigInt(amount), 0n).toString();
}
