import { and, asc, eq, inArray, isNull, lte, ne, or } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { productDocumentSchema } from '#sdk/protocol/product-document';
import { TributaryError } from '#sdk/protocol/problem';
import type { Hex } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { appendMessages } from '../outbox/append.ts';
import { document } from '../schema.ts';
import { derivedVersion } from '../search/derive-document.ts';
import { writeDocuments } from '../search/postgres/derived-documents.ts';
import type { SearchRowOptions } from '../search/postgres/rows.ts';
import type { ContentStore } from './content-store.ts';
import { fetchDocument } from './fetch-document.ts';

/** Attempts after which a document counts as missing; it is still asked for, ever more seldom. */
const attemptsUntilMissing = 3;
/** Documents fetched at the same time. */
const atOnce = 8;
/** Documents that are cut up anew together. */
const derivedAtOnce = 500;
/** Milliseconds between two looks for due documents. */
const interval = 1_000;

export interface DocumentFetcher {
  /** Looks for due documents at once. */
  wake(): void;
  /** Content with this SHA-256 turned up: a document that waits for it is fetched at once. */
  contentStored(hash: Hex): void;
  stop(): Promise<void>;
}

/** Milliseconds until the next attempt after so many: one second, doubling, up to an hour. */
export function attemptDelay(attempts: number): number {
  return Math.min(3_600_000, 1_000 * 2 ** Math.min(attempts, 20));
}

/**
 * Fetches the product documents that offers name, until stopped.
 *
 * @param rowOptions What the rows of search depend on at the moment.
 * @param leads Whether this process is the one that writes; while it is not, another one fetches.
 */
export function fetchDocuments(
  database: Database,
  contents: ContentStore,
  logger: Logger,
  rowOptions: () => SearchRowOptions,
  leads: () => boolean = () => true
): DocumentFetcher {
  let stopped = false;
  let waiting = new AbortController();

  async function fetchOne(hash: Hex, attempts: number): Promise<void> {
    const later = Date.now() + attemptDelay(attempts);
    try {
      const fetched = await fetchDocument(contents, hash);
      if (fetched.state === 'ready') {
        const { content } = fetched;
        const time = Math.floor(Date.now() / 1_000);
        await database.transaction(async (transaction) => {
          await writeDocuments(transaction, [{ hash, content }], rowOptions());
          await appendMessages(transaction, [
            { kind: 'documentRead', block: null, time, payload: { documentHash: hash } }
          ]);
        });
        return;
      }
      const missing = fetched.state === 'missing';
      await database
        .update(document)
        .set({
          state: missing && attempts + 1 < attemptsUntilMissing ? 'pending' : fetched.state,
          attempts: attempts + 1,
          nextAttempt: missing || fetched.again ? later : null,
          fault: missing ? null : fetched.fault
        })
        .where(eq(document.hash, hash));
      if (!missing) logger.info({ hash, fault: fetched.fault }, 'a product document is not valid');
    } catch (error) {
      logger.warn({ error, hash }, 'a product document could not be fetched');
      // a store that is away says nothing of the document; anything else may be its fault, and must not hold up others
      const failed = error instanceof TributaryError ? attempts : attempts + 1;
      await database.update(document).set({ nextAttempt: later, attempts: failed }).where(eq(document.hash, hash));
    }
  }

  /** Documents that were cut up by other code than this one are cut up anew. True when there may be more. */
  async function deriveAnew(): Promise<boolean> {
    const stale = await database
      .select({ hash: document.hash, content: document.content })
      .from(document)
      .where(and(eq(document.state, 'ready'), or(isNull(document.derived), ne(document.derived, derivedVersion))))
      .limit(derivedAtOnce);
    const documents = stale.flatMap(({ hash, content }) => {
      const { data } = productDocumentSchema.safeParse(content);
      return data === undefined ? [] : [{ hash, content: data }];
    });
    await writeDocuments(database, documents, rowOptions());
    const right = new Set(documents.map(({ hash }) => hash));
    const wrong = stale.flatMap(({ hash }) => (right.has(hash) ? [] : [hash]));
    if (wrong.length > 0) {
      await database.update(document).set({ state: 'pending', nextAttempt: 0 }).where(inArray(document.hash, wrong));
    }
    return stale.length > 0;
  }

  /** True when there may be more. */
  async function round(): Promise<boolean> {
    const due = await database
      .select({ hash: document.hash, attempts: document.attempts })
      .from(document)
      .where(lte(document.nextAttempt, Date.now()))
      .orderBy(asc(document.nextAttempt))
      .limit(atOnce);
    await Promise.all(due.map(({ hash, attempts }) => fetchOne(hash, attempts)));
    return (await deriveAnew()) || due.length === atOnce;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      waiting = new AbortController();
      let more = false;
      try {
        more = leads() && (await round());
      } catch (error) {
        logger.warn({ error }, 'documents cannot be looked for');
      }
      if (!more) await sleep(interval, undefined, { signal: waiting.signal }).catch(() => undefined);
    }
  }

  async function comeDue(hash: Hex): Promise<void> {
    try {
      await database
        .update(document)
        .set({ nextAttempt: Date.now() })
        .where(and(eq(document.hash, hash), ne(document.state, 'ready')));
      waiting.abort();
    } catch (error) {
      logger.warn({ error, hash }, 'a stored document will be looked at later');
    }
  }

  const running = run();
  return {
    wake: () => {
      waiting.abort();
    },
    contentStored: (hash) => void comeDue(hash),
    async stop() {
      stopped = true;
      waiting.abort();
      await running;
    }
  };
}
