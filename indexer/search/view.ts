import type { Deployment } from '#sdk/protocol/deployment';
import type { Hex } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import type { SearchEngine } from './search-engine.ts';

/** What every reading function needs: the tables, what searches them, and the time by which licences run. */
export interface View {
  readonly database: Database;
  readonly engine: SearchEngine;
  /** Unix seconds. */
  now(): number;
  /** The block as of which facts are told, where that is a past one; the newest otherwise. */
  readonly at?: { readonly number: number; readonly hash: Hex; readonly timestamp: number };
  /** The market's schemas at the attestation service; null while the deployment is not known. */
  schemas(): Deployment['schemas'] | null;
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: Item[];
  /** How many there are on all pages. */
  readonly total: number;
  /** Hand it in as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
}
