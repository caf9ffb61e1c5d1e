import type { History } from '#sdk/actions/open-history';
import type { ReceivedEvent } from '#sdk/actions/event-reader';
import { eventToJson } from '#sdk/protocol/event-json';
import { beginFile, type EventFile } from './export-events.ts';
import type { ExportRow } from './export-rows.ts';
import { NewerWalk, OlderWalk, type PageReader } from './history-walk.ts';
import type { ReadingMessage, ReadingRequest, ShownEvent } from './messages.ts';
import { objectOf, shownEvent, textOf } from './shown-event.ts';

/** Events of one answer. */
const answered = 200;
/** Events of a file at most, and those that are read at once for it. */
const exportLimit = 1_000_000;
const exportStep = 1_000;
/** Milliseconds between two questions whether a missing key has come. */
const keyPatience = 5_000;

export interface HistoryParts {
  readonly open: () => Promise<History>;
  /** Decodes content whose type names a schema; undefined where it names none. */
  readonly decode: (content: Uint8Array, contentType: string) => Promise<unknown>;
  readonly tell: (message: ReadingMessage) => void;
}

/** A logged event as a walk needs it, with all that was received. */
interface Walked extends Pick<ShownEvent, 'partition' | 'offset' | 'timestamp'> {
  readonly received: ReceivedEvent;
}

/** Answers a page's requests for what was published before: pages of it, single events, files. */
export class HistoryDesk {
  readonly #parts: HistoryParts;
  #history: Promise<History> | undefined;
  #older: OlderWalk<Walked> | undefined;
  #newer: NewerWalk<Walked> | undefined;
  readonly #cancelled = new Set<number>();
  #keysAsked = 0;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  cancel(id: number): void {
    this.#cancelled.add(id);
  }

  /** @throws as {@link History.page}; what goes wrong is told by the caller. */
  async answer(request: Exclude<ReadingRequest, { type: 'cancel' }>): Promise<void> {
    const { id } = request;
    const history = await (this.#history ??= this.#parts.open().catch((error: unknown) => {
      // A later request tries again.
      this.#history = undefined;
      throw error;
    }));
    const read = this.#pages(history);
    if (request.type === 'older') {
      if (request.anew || this.#older === undefined) {
        this.#older = new OlderWalk(read, history.partitions, request.before);
      }
      const { events, end } = await this.#older.next(answered);
      const barred = events.length > 0 && events.every(({ received }) => received.locked === 'before-license');
      await this.#page(id, events.toReversed(), barred ? 'before-license' : end, new Map());
    } else if (request.type === 'since' || request.type === 'newer') {
      if (request.type === 'since') this.#newer = new NewerWalk(read, history.partitions, request.since);
      const walk = this.#newer;
      const events = (await walk?.next(answered)) ?? [];
      await this.#page(id, events, events.length < answered ? 'now' : null, new Map(walk?.starts));
    } else if (request.type === 'detail') {
      const { partition, offset } = request;
      const [found] = await history.page({ partition, from: { offset }, limit: 1 });
      const envelope = found === undefined ? '' : JSON.stringify(eventToJson(found.event), null, 2);
      const content = found?.content === undefined ? null : (textOf(found.content) ?? null);
      this.#parts.tell({ type: 'detail', id, detail: { envelope, content } });
    } else await this.#export(request, history);
  }

  /** Pages, with the keys that came meanwhile where one is missing. */
  #pages(history: History): PageReader<Walked> {
    return async (partition, from, limit) => {
      let page = await history.page({ partition, from, limit });
      const waits = page.some(({ locked }) => locked === 'waiting-for-key');
      if (waits && Date.now() - this.#keysAsked > keyPatience) {
        this.#keysAsked = Date.now();
        if (await history.collectKeys()) page = await history.page({ partition, from, limit });
      }
      return page.map((received) => ({
        partition,
        offset: received.offset,
        timestamp: received.event.timestamp,
        received
      }));
    };
  }

  async #decoded({ content, event }: ReceivedEvent): Promise<unknown> {
    return content === undefined ? undefined : this.#parts.decode(content, event.contentType);
  }

  async #page(
    id: number,
    walked: readonly Walked[],
    end: Extract<ReadingMessage, { type: 'page' }>['end'],
    starts: ReadonlyMap<number, number>
  ): Promise<void> {
    const events: ShownEvent[] = [];
    for (const { received } of walked) events.push(shownEvent(received, null, await this.#decoded(received)));
    this.#parts.tell({ type: 'page', id, events, end, starts });
  }

  async #export(request: Extract<ReadingRequest, { type: 'export' }>, history: History): Promise<void> {
    const { id, format, since, until, names } = request;
    const walk = new NewerWalk(this.#pages(history), history.partitions, since, until);
    let file: EventFile | undefined;
    let count = 0;
    let complete = true;
    for (;;) {
      const walked = await walk.next(exportStep);
      if (this.#cancelled.delete(id)) return;
      const rows: ExportRow[] = [];
      for (const { received } of walked) {
        if (received.locked === undefined) rows.push(exportRow(received, await this.#decoded(received)));
      }
      file ??= await beginFile(format, rows, names);
      file.add(rows);
      count += rows.length;
      this.#parts.tell({ type: 'export-progress', id, events: count, reached: walked.at(-1)?.timestamp ?? until });
      if (walked.length < exportStep) break;
      if (count >= exportLimit) {
        complete = false;
        break;
      }
    }
    this.#parts.tell({ type: 'export-done', id, file: file.finish(), events: count, complete });
  }
}

/** An event as it is saved, with all of its content. */
function exportRow({ offset, event, verified, content }: ReceivedEvent, decoded: unknown): ExportRow {
  const clear = content ?? new Uint8Array();
  const object =
    typeof decoded === 'object' && decoded !== null && !Array.isArray(decoded)
      ? decoded
      : objectOf(clear, event.contentType);
  const { partition, timestamp, origin } = event;
  return {
    partition,
    offset,
    timestamp,
    origin,
    verified,
    fields: object === undefined ? null : Object.fromEntries(Object.entries(object)),
    text: object === undefined ? (textOf(clear) ?? `${String(clear.length)} bytes of ${event.contentType}`) : null
  };
}
