import type { Fact, FactRow } from './facts.ts';

/** A block as one side names it. */
export interface IndexedBlock {
  readonly number: number;
  readonly hash: string;
}

/** Facts of one kind, and the block of which they were told. */
export interface FactPage {
  readonly block: IndexedBlock;
  readonly rows: readonly FactRow[];
  /** Hand it in as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

/** One of the two readers of the chain, asked for what it knows. */
export interface IndexReader {
  /** Last block whose facts are visible. */
  head(): Promise<IndexedBlock>;
  /**
   * A page of facts of a kind, in the order of their ids.
   *
   * @param after The previous page's `next`; null for the first page.
   * @param block Of which to tell, where the side can tell of the past; it tells of its head otherwise.
   */
  page(fact: Fact, after: string | null, block: IndexedBlock): Promise<FactPage>;
  /** The facts with these ids, as far as there are any; at most {@link selectLimit} of them. */
  select(fact: Fact, ids: readonly string[], block: IndexedBlock): Promise<FactPage>;
}

/** Facts that are asked for by id at a time. */
export const selectLimit = 250;
