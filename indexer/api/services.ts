import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { IndexStatus } from '#sdk/protocol/discovery';
import type { Market } from '#sdk/actions/connect-market';
import type { ContentStore } from '../content/content-store.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Verifier } from '../identity/verifier.ts';
import type { Relayer } from '../relayer/relayer.ts';
import type { View } from '../search/view.ts';
import type { SavedSearches } from '../saved-searches/searches.ts';
import type { NoticeSessions } from '../webhooks/sessions.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import type { RateLimit } from './rate-limit.ts';

/** Status of the index, and what keeps it from being ready. */
export interface Readiness {
  readonly status: IndexStatus;
  /** One sentence; null when ready. */
  readonly reason: string | null;
}

/** What the HTTP interface is made of. */
export interface Services {
  readonly view: View;
  readonly contents: ContentStore;
  /** Called with the SHA-256 of content that has just been stored. */
  contentStored(hash: string): void;
  readiness(): Promise<Readiness>;
  readonly registry: Registry;
  readonly logger: Logger;
  /** Milliseconds. */
  clock(): number;
  readonly limits: Readonly<Record<'read' | 'write' | 'quote' | 'relay', RateLimit>>;
  /** The chain and its contracts, as programs see them that buy. */
  market(): Promise<Market>;
  /** Carries purchases to the chain; null where this market has no account for it. */
  readonly relayer: Relayer | null;
  /** Proves and attests who sellers are. */
  readonly verifier: Verifier;
  /** What changed, message by message; reorganisations take messages back. */
  readonly outbox: Outbox;
  /** Who may see and change what belongs to an account. */
  readonly sessions: NoticeSessions;
  readonly webhooks: Webhooks;
  readonly searches: SavedSearches;
}

/** Generous to people and programs that read, strict where something is kept, strictest where gas is paid. */
export const usualLimits: Services['limits'] = {
  read: { name: 'read', burst: 600, perSecond: 100 },
  write: { name: 'write', burst: 120, perSecond: 2 },
  quote: { name: 'quote', burst: 60, perSecond: 5 },
  relay: { name: 'relay', burst: 30, perSecond: 0.2 }
};
