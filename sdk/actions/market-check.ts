/** How one part of a market is. */
export interface MarketCheck {
  readonly name: string;
  /** Absent: not part of this market, or not told; nothing is wrong with that. */
  readonly state: 'good' | 'warning' | 'bad' | 'absent';
  /** What was seen, in a sentence. */
  readonly detail: string;
  /** What to do, where it is not good. */
  readonly advice?: string;
}
