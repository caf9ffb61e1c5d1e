import type { Explanation } from '../wallet/explain.ts';
import type { ReadingMessage, ReadingRequest } from './messages.ts';

/** A message of the worker by its type. */
export type Answer<Type extends ReadingMessage['type']> = Extract<ReadingMessage, { readonly type: Type }>;
/** A request failed; without a failure it is not wanted any more. */
export interface Refused {
  readonly type: 'refused';
  readonly failure: Explanation | null;
}
const unwanted: Refused = { type: 'refused', failure: null };
/** A request without its number. */
export type Unnumbered<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

/** Requests to the worker, and who waits for their answers. */
export class WorkerRequests {
  #next = 0;
  readonly #waiting = new Map<number, (answer: ReadingMessage | Refused) => void>();

  /** Number that the next request gets. */
  get next(): number {
    return this.#next;
  }

  /** @returns What the worker answers; a refusal where there is no worker. */
  ask<Type extends ReadingMessage['type']>(
    worker: Worker | null,
    request: Unnumbered<Exclude<ReadingRequest, { type: 'cancel' }>>
  ): Promise<Answer<Type> | Refused> {
    const id = this.#next++;
    if (worker === null) return Promise.resolve(unwanted);
    return new Promise((resolve) => {
      // The worker answers a request by what belongs to it.
      this.#waiting.set(id, (answer) => {
        resolve(answer as Answer<Type> | Refused);
      });
      worker.postMessage({ ...request, id });
    });
  }

  settle(id: number, answer: ReadingMessage | Refused = unwanted): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  /** No answer comes any more. */
  abandon(): void {
    for (const id of [...this.#waiting.keys()]) this.settle(id);
  }
}
