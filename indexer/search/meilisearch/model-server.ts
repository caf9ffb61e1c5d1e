import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { typingErrors } from '../words.ts';
import { readFilter } from './model-filter.ts';

/**
 * For tests: a small HTTP server that speaks the part of Meilisearch's API that is used here, as its documentation has
 * it, and can be made to fail. It is NOT Meilisearch. What passes with it says that requests are well-formed, that they
 * mean what they should by the documentation, and what is done when the server fails; it says nothing of how Meilisearch
 * ranks, forgives typing errors, or cuts up texts.
 */

type Document = Readonly<Record<string, unknown>>;
interface Index {
  documents: Map<string, Document>;
  settings: Settings;
}

const settingsSchema = z.object({
  searchableAttributes: z.array(z.string()).default([]),
  filterableAttributes: z.array(z.string()).default([]),
  sortableAttributes: z.array(z.string()).default([]),
  displayedAttributes: z.array(z.string()).optional(),
  rankingRules: z.array(z.string()).default([]),
  synonyms: z.record(z.string(), z.array(z.string())).default({}),
  typoTolerance: z
    .object({
      enabled: z.literal(true),
      minWordSizeForTypos: z.object({ oneTypo: z.int(), twoTypos: z.int() }),
      disableOnAttributes: z.array(z.string())
    })
    .optional(),
  faceting: z.object({ maxValuesPerFacet: z.int(), sortFacetValuesBy: z.record(z.string(), z.string()) }).optional(),
  pagination: z.object({ maxTotalHits: z.int() }).optional()
});
type Settings = z.output<typeof settingsSchema>;

const querySchema = z.strictObject({
  indexUid: z.string(),
  q: z.string().default(''),
  filter: z.array(z.string()),
  sort: z.array(z.string()).default([]),
  facets: z.array(z.string()).default([]),
  limit: z.int().min(0),
  offset: z.int().min(0).default(0),
  attributesToRetrieve: z.array(z.string()),
  attributesToSearchOn: z.array(z.string()).optional(),
  matchingStrategy: z.literal('all').optional()
});

/** What is done instead of an answer. */
export type Fault = 'stall' | 'hang up' | 'garbage' | 'other JSON' | number;

export interface ModelServer {
  readonly url: string;
  /** Requests so far. */
  readonly requests: { readonly method: string; readonly path: string; readonly body: unknown }[];
  readonly indexes: ReadonlyMap<string, Index>;
  /** Fault by request, from now on; none without. */
  fail(fault?: (method: string, path: string) => Fault | null): void;
  close(): Promise<void>;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** @param key Wanted of every request. @param port A free one by default. */
export async function startModelServer(key?: string, port = 0): Promise<ModelServer> {
  const indexes = new Map<string, Index>();
  const requests: { method: string; path: string; body: unknown }[] = [];
  const tasks: { looked: number; error: string | null }[] = [];
  let faultOf: ((method: string, path: string) => Fault | null) | undefined;

  const newIndex = (): Index => ({ documents: new Map(), settings: settingsSchema.parse({}) });
  const indexOf = (uid: string): Index => {
    const index = indexes.get(uid);
    if (index === undefined) throw new Refusal(404, 'index_not_found');
    return index;
  };

  /** Does what a task would, at once. */
  function enqueue(work: () => void): { taskUid: number } {
    let error: string | null = null;
    try {
      work();
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      error = fault.code;
    }
    tasks.push({ looked: 0, error });
    return { taskUid: tasks.length - 1 };
  }

  function answer(method: string, path: string, body: unknown): unknown {
    const [, root, uid = '', part, id = ''] = path.split('/');
    switch (`${method} ${root ?? ''}${part === undefined ? '' : `/${part}`}`) {
      case 'GET tasks': {
        const task = tasks[Number(uid)];
        if (task === undefined) throw new Refusal(404, 'task_not_found');
        if (task.looked++ === 0) return { status: 'processing', error: null };
        return task.error === null
          ? { status: 'succeeded', error: null }
          : { status: 'failed', error: { code: task.error, message: task.error } };
      }
      case 'POST indexes': {
        const { uid: name } = z.object({ uid: z.string(), primaryKey: z.literal('id') }).parse(body);
        return enqueue(() => {
          if (indexes.has(name)) throw new Refusal(409, 'index_already_exists');
          indexes.set(name, newIndex());
        });
      }
      case 'DELETE indexes':
        return enqueue(() => {
          indexOf(uid);
          indexes.delete(uid);
        });
      case 'PATCH indexes/settings':
        return enqueue(() => {
          indexOf(uid).settings = settingsSchema.strict().parse(body);
        });
      case 'POST indexes/documents': {
        const ids = z.array(z.string());
        if (id === 'delete-batch') {
          return enqueue(() => {
            for (const gone of ids.parse(body)) indexOf(uid).documents.delete(gone);
          });
        }
        return enqueue(() => {
          if (!indexes.has(uid)) indexes.set(uid, newIndex());
          for (const one of z.array(z.looseObject({ id: z.string() })).parse(body)) {
            indexOf(uid).documents.set(one.id, one);
          }
        });
      }
      case 'GET indexes/documents': {
        const found = indexOf(uid).documents.get(id);
        if (found === undefined) throw new Refusal(404, 'document_not_found');
        return found;
      }
      case 'GET indexes/stats':
        return { numberOfDocuments: indexOf(uid).documents.size };
      case 'POST swap-indexes': {
        const [pair] = z.tuple([z.object({ indexes: z.tuple([z.string(), z.string()]) })]).parse(body);
        return enqueue(() => {
          const [one, other] = pair.indexes;
          const first = indexOf(one);
          indexes.set(one, indexOf(other));
          indexes.set(other, first);
        });
      }
      case 'POST multi-search': {
        const { queries } = z.object({ queries: z.array(querySchema) }).parse(body);
        return { results: queries.map((query) => searchIn(indexOf(query.indexUid), query)) };
      }
      default:
        throw new Refusal(404, 'not_found');
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const method = request.method ?? '';
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const body: unknown = text === '' ? null : JSON.parse(text);
    requests.push({ method, path, body });
    const say = (status: number, told: string) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(told);
    };
    const fault = faultOf?.(method, path) ?? null;
    if (fault === 'stall') return;
    if (fault === 'hang up') {
      request.socket.destroy();
    } else if (fault === 'garbage') say(200, '<html>');
    else if (fault === 'other JSON') say(200, '{"some":"thing"}');
    else if (fault !== null) say(fault, JSON.stringify({ code: 'internal', message: 'a fault that was asked for' }));
    else if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) {
      say(403, JSON.stringify({ code: 'invalid_api_key', message: 'The provided API key is invalid.' }));
    } else {
      try {
        say(method === 'GET' ? 200 : 202, JSON.stringify(answer(method, path, body)));
      } catch (error) {
        if (error instanceof Refusal) say(error.status, JSON.stringify({ code: error.code, message: error.code }));
        else say(400, JSON.stringify({ code: 'bad_request', message: String(error) }));
      }
    }
  }

  const server = createServer((request, response) => void handle(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    indexes,
    fail(fault) {
      faultOf = fault;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  };
}

function searchIn({ documents, settings }: Index, query: z.output<typeof querySchema>) {
  const filters = query.filter.map((expression) => readFilter(expression, settings.filterableAttributes));
  const rank = rankOf(query, settings);
  const found = [...documents.values()]
    .filter((document) => filters.every((meets) => meets(document)))
    .flatMap((document) => {
      const place = rank(document);
      return place === null ? [] : [{ document, place }];
    });
  const sorts = query.sort.map((sort) => sort.split(':') as [string, string]);
  for (const [attribute] of sorts) {
    if (!settings.sortableAttributes.includes(attribute)) throw new Refusal(400, 'invalid_search_sort');
  }
  const number = (document: Document, attribute: string) => Number(document[attribute]);
  found.sort((one, other) => {
    for (const [attribute, order] of sorts) {
      const apart =
        attribute === 'id'
          ? compareTexts(String(one.document['id']), String(other.document['id']))
          : number(one.document, attribute) - number(other.document, attribute);
      if (apart !== 0) return order === 'asc' ? apart : -apart;
    }
    return one.place - other.place || number(other.document, 'quality') - number(one.document, 'quality');
  });
  const most = settings.pagination?.maxTotalHits ?? 1_000;
  const hits = found
    .slice(query.offset, Math.min(most, query.offset + query.limit))
    .map(({ document }) =>
      Object.fromEntries(
        query.attributesToRetrieve
          .filter((name) => settings.displayedAttributes?.includes(name) !== false && name in document)
          .map((name) => [name, document[name]])
      )
    );
  return {
    hits,
    ...{ indexUid: query.indexUid, query: query.q, processingTimeMs: 0 },
    ...(query.facets.length === 0
      ? {}
      : {
          facetDistribution: Object.fromEntries(
            query.facets.map((facet) => {
              if (!settings.filterableAttributes.includes(facet)) throw new Refusal(400, 'invalid_search_facets');
              return [facet, countValues(found, facet, settings.faceting?.maxValuesPerFacet ?? 100)];
            })
          )
        })
  };
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function countValues(found: readonly { document: Document }[], facet: string, most: number): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { document } of found) {
    for (const value of [document[facet] ?? []].flat() as string[]) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const sorted = [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
  return Object.fromEntries(sorted.slice(0, most));
}

/** Place of a document by the words of a query, the smaller the better; null where it lacks one. */
function rankOf(query: z.output<typeof querySchema>, settings: Settings): (document: Document) => number | null {
  const words = query.q.split(' ').filter(Boolean);
  const attributes = query.attributesToSearchOn ?? settings.searchableAttributes;
  return (document) => {
    const texts = attributes.map((attribute) => ` ${(document[attribute] as string | undefined) ?? ''} `);
    const placeOf = (text: string, begins: boolean): number | null => {
      const place = texts.findIndex((one) => one.includes(begins ? ` ${text}` : ` ${text} `));
      if (place !== -1) return place;
      const { oneTypo = Infinity, twoTypos = Infinity } = settings.typoTolerance?.minWordSizeForTypos ?? {};
      const most = text.length >= twoTypos ? 2 : text.length >= oneTypo ? 1 : 0;
      const near = texts.findIndex((one) =>
        one.split(' ').some((word) => Math.abs(word.length - text.length) <= most && typingErrors(text, word) <= most)
      );
      return most === 0 || near === -1 ? null : near + texts.length;
    };
    let sum = 0;
    for (let at = 0; at < words.length;) {
      let best: number | null = null;
      let taken = 1;
      for (let length = 1; length <= Math.min(3, words.length - at); length += 1) {
        const phrase = words.slice(at, at + length).join(' ');
        const begins = at + length === words.length && !query.q.endsWith(' ');
        const places = [
          length === 1 ? placeOf(phrase, begins) : null,
          ...(settings.synonyms[phrase] ?? []).map((other) => placeOf(other, false))
        ].flatMap((place, number) => (place === null ? [] : [place + (number === 0 ? 0 : 0.5)]));
        const least = places.length === 0 ? null : Math.min(...places);
        if (least !== null && (best === null || least < best)) {
          best = least;
          taken = length;
        }
      }
      if (best === null) return null;
      sum += best;
      at += taken;
    }
    return sum;
  };
}
