import { count } from 'drizzle-orm';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { Database } from './database.ts';
import { document } from './schema.ts';
import type { Follower, FollowState } from './sync/follow-chain.ts';

/** Puts into the registry what there is to know of index and documents; values are taken when they are asked for. */
export function exposeGauges(registry: Registry, database: Database, follower: Follower): void {
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: (state: FollowState) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value(follower.state()));
      }
    });
  gauge('indexer_head_block', 'Head of the chain as last seen.', (state) => state.head?.number ?? 0);
  gauge('indexer_block', 'Last block whose facts are visible.', (state) => state.cursor?.number ?? 0);
  gauge('indexer_foul_logs', 'Logs that only looked like the market.', (state) => state.cursor?.foulLogs ?? 0);
  gauge('indexer_events', 'Events applied since the start.', (state) => state.events);
  gauge('indexer_reorganisations', 'Reorganisations undone since the start.', (state) => state.reorganisations);
  gauge('indexer_rebuilds', 'Rebuilds since the start.', (state) => state.rebuilds);
  gauge('indexer_advancing', '1 while chain and database answer.', (state) => (state.fault === null ? 1 : 0));
  gauge('indexer_writes', '1 while this indexer is the one that writes.', (state) => (state.leading ? 1 : 0));
  const states = ['pending', 'ready', 'missing', 'invalid'] as const;
  new Gauge({
    name: 'indexer_documents',
    help: 'Product documents by state.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const rows = await database
        .select({ state: document.state, documents: count() })
        .from(document)
        .groupBy(document.state);
      for (const state of states) this.set({ state }, rows.find((row) => row.state === state)?.documents ?? 0);
    }
  });
}
