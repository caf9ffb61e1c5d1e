import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { TributaryError } from '#sdk/protocol/problem';

/** Meilisearch does not answer, or answers something else than it is documented to. */
export class MeilisearchUnavailableError extends TributaryError {
  readonly code = 'search-engine-unavailable';
  readonly title = 'Meilisearch does not answer as it should';
  override readonly status = 503;
}

/** Meilisearch refused a request, or a task of its failed: asking again would not help. */
export class MeilisearchRefusedError extends TributaryError {
  readonly code = 'search-engine-refused';
  readonly title = 'Meilisearch refused what it was asked';
  override readonly status = 503;
}

/** One query of POST /multi-search. */
export interface MeilisearchQuery {
  readonly indexUid: string;
  readonly q?: string;
  /** All of them have to hold. */
  readonly filter: readonly string[];
  readonly sort?: readonly string[];
  readonly facets?: readonly string[];
  readonly limit: number;
  readonly offset?: number;
  readonly attributesToRetrieve: readonly string[];
  readonly attributesToSearchOn?: readonly string[];
  readonly matchingStrategy?: 'all';
}

const foundSchema = z.object({
  hits: z.array(z.record(z.string(), z.unknown())),
  facetDistribution: z.record(z.string(), z.record(z.string(), z.int())).optional()
});
/** Answer to one of the queries. */
export type MeilisearchFound = z.output<typeof foundSchema>;

const enqueuedSchema = z.object({ taskUid: z.int() });
const faultSchema = z.object({ code: z.string().max(100), message: z.string() });
const taskSchema = z.object({
  status: z.enum(['enqueued', 'processing', 'succeeded', 'failed', 'canceled']),
  error: faultSchema.nullish()
});

/** Milliseconds for an answer: of a search, while somebody waits; of anything else; and of a task, to its end. */
export interface MeilisearchPatience {
  readonly search: number;
  readonly request: number;
  readonly task: number;
}
const usualPatience: MeilisearchPatience = { search: 1_500, request: 30_000, task: 1_800_000 };
/** Bytes of an answer. */
const longestAnswer = 8_000_000;
/** Milliseconds between two looks at a task, first and at most. */
const firstLook = 20;
const longestLook = 1_000;

export interface MeilisearchOptions {
  readonly url: string;
  readonly key?: string | undefined;
  readonly signal: AbortSignal;
  readonly patience?: MeilisearchPatience;
}

/** What of Meilisearch's API is used (version 1; meilisearch.com/docs/reference/api). Writing ends when its task has. */
export type MeilisearchClient = ReturnType<typeof createMeilisearchClient>;

/** A client of a Meilisearch server. Its key is sent to that server alone, and is in no error. */
export function createMeilisearchClient({ url, key, signal, patience = usualPatience }: MeilisearchOptions) {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);

  /**
   * @param absent Code of the error that stands for "there is none": null is given back for it.
   * @throws {@link MeilisearchUnavailableError}, {@link MeilisearchRefusedError}
   */
  async function ask<Answer>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    options: { schema: z.ZodType<Answer>; body?: unknown; patience?: number; absent?: string }
  ): Promise<Answer | null> {
    const what = `${method} /${path}`;
    let status: number;
    let text: string;
    try {
      const response = await fetch(new URL(path, base), {
        method,
        headers: {
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' })
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(options.patience ?? patience.request)])
      });
      status = response.status;
      text = await readBounded(response);
    } catch (cause) {
      if (cause instanceof TributaryError) throw cause;
      throw new MeilisearchUnavailableError(`${what} was not answered. Check the server at MEILI_URL.`, { cause });
    }
    const answer = parseJson(text);
    if (status >= 200 && status < 300) {
      const parsed = options.schema.safeParse(answer);
      if (parsed.success) return parsed.data;
      throw new MeilisearchUnavailableError(
        `${what} was answered in a form that is not Meilisearch's. Check that MEILI_URL leads to it.`,
        { cause: parsed.error }
      );
    }
    const fault = faultSchema.safeParse(answer);
    if (fault.success && fault.data.code === options.absent) return null;
    const said = `${what} was answered ${String(status)}${fault.success ? ` (${fault.data.code})` : ''}`;
    // what it says may pass: overload, a restart, a proxy in between
    if (status >= 500 || status === 408 || status === 429 || !fault.success) {
      throw new MeilisearchUnavailableError(`${said}. Check the server at MEILI_URL.`);
    }
    throw new MeilisearchRefusedError(`${said}. ${adviceFor(status)}`);
  }

  async function finish(uid: number): Promise<z.output<typeof taskSchema>> {
    const until = Date.now() + patience.task;
    for (let wait = firstLook; Date.now() < until; wait = Math.min(longestLook, wait * 1.5)) {
      const task = await ask('GET', `tasks/${String(uid)}`, { schema: taskSchema });
      if (task !== null && task.status !== 'enqueued' && task.status !== 'processing') return task;
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
    }
    throw new MeilisearchUnavailableError(`Task ${String(uid)} did not end. Look at it under /tasks at MEILI_URL.`);
  }

  /** Asks for something that is done later. @param absent As of `ask`, of the task. @returns what waits until it is done. */
  async function begin(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: unknown,
    absent?: string
  ): Promise<() => Promise<void>> {
    const enqueued = await ask(method, path, {
      schema: enqueuedSchema,
      ...(body === undefined ? {} : { body }),
      ...(absent === undefined ? {} : { absent })
    });
    return async () => {
      if (enqueued === null) return;
      const { status, error } = await finish(enqueued.taskUid);
      if (status === 'succeeded' || (absent !== undefined && error?.code === absent)) return;
      throw new MeilisearchRefusedError(
        `Task ${String(enqueued.taskUid)} (${method} /${path}) ${status}: ${error?.code ?? 'no reason given'}. ` +
          (error?.message.slice(0, 300) ?? '')
      );
    };
  }

  async function write(...request: Parameters<typeof begin>): Promise<void> {
    const finished = await begin(...request);
    await finished();
  }

  const putDocuments = (index: string, documents: readonly object[]) =>
    ['POST', `indexes/${index}/documents?primaryKey=id`, documents] as const;

  return {
    /** Answers to queries, in their order. */
    async search(queries: readonly MeilisearchQuery[]): Promise<readonly MeilisearchFound[]> {
      const schema = z.object({ results: z.array(foundSchema).length(queries.length) });
      const answer = await ask('POST', 'multi-search', { schema, body: { queries }, patience: patience.search });
      return answer?.results ?? [];
    },
    /** A document of an index; null where either is absent. */
    async document<Document>(index: string, id: string, schema: z.ZodType<Document>): Promise<Document | null> {
      const path = `indexes/${index}/documents/${id}`;
      try {
        return await ask('GET', path, { schema, absent: 'document_not_found', patience: patience.search });
      } catch (error) {
        if (error instanceof MeilisearchRefusedError && error.message.includes('index_not_found')) return null;
        throw error;
      }
    },
    /** Documents that an index holds; null where it is absent. */
    async count(index: string): Promise<number | null> {
      const schema = z.object({ numberOfDocuments: z.int() });
      const stats = await ask('GET', `indexes/${index}/stats`, { schema, absent: 'index_not_found' });
      return stats?.numberOfDocuments ?? null;
    },
    /** Puts documents in place of those with the same ids; makes the index where there is none. */
    put: (index: string, documents: readonly object[]) => write(...putDocuments(index, documents)),
    /** The same, without waiting: what comes close together is taken in at once. @returns what waits until it is done. */
    beginPut: (index: string, documents: readonly object[]) => begin(...putDocuments(index, documents)),
    remove: (index: string, ids: readonly string[]) => write('POST', `indexes/${index}/documents/delete-batch`, ids),
    /** Makes an index, unless it is there. */
    makeIndex: (uid: string) => write('POST', 'indexes', { uid, primaryKey: 'id' }, 'index_already_exists'),
    /** Drops an index, if it is there. */
    dropIndex: (uid: string) => write('DELETE', `indexes/${uid}`, undefined, 'index_not_found'),
    set: (index: string, settings: object) => write('PATCH', `indexes/${index}/settings`, settings),
    /** Exchanges two indexes, with their settings, at once. */
    swap: (one: string, other: string) => write('POST', 'swap-indexes', [{ indexes: [one, other] }])
  };
}

function adviceFor(status: number): string {
  return status === 401 || status === 403
    ? 'Check MEILI_KEY, and what that key may do.'
    : 'Check the version of the server at MEILI_URL.';
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > longestAnswer) throw new MeilisearchUnavailableError('An answer of Meilisearch is too long to be read.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
