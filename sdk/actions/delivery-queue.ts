export interface DeliveryQueueParameters {
  /** Items that may wait. */
  readonly limit: number;
  /** Called when all were taken after the queue had been full. */
  readonly onDrained: () => void;
  /** Called when whoever iterates stops. */
  readonly onEnd: () => void;
}

export interface DeliveryQueue<T> {
  /** @returns Whether there is room for more; the item is kept in any case. */
  push(item: T): boolean;
  /** Ends the iteration after what is waiting. */
  end(): void;
  /** Lets the iteration throw after what is waiting. */
  fail(error: unknown): void;
  iterator(): AsyncIterator<T>;
}

/** Hands items from callbacks to one asynchronous iteration, in order. */
export function createDeliveryQueue<T>({ limit, onDrained, onEnd }: DeliveryQueueParameters): DeliveryQueue<T> {
  let items: T[] = [];
  let taken = 0;
  let full = false;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  const signal = () => {
    wake?.();
    wake = undefined;
  };

  const take = async (): Promise<IteratorResult<T, undefined>> => {
    for (;;) {
      if (taken < items.length) {
        const value = items[taken++] as T;
        if (taken === items.length) {
          items = [];
          taken = 0;
          if (full) {
            full = false;
            onDrained();
          }
        }
        return { done: false, value };
      }
      if (failure !== undefined) {
        const { error } = failure;
        failure = undefined;
        throw error;
      }
      if (ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };

  return {
    push: (item) => {
      if (ended) return true;
      items.push(item);
      full ||= items.length - taken >= limit;
      signal();
      return !full;
    },
    end: () => {
      ended = true;
      signal();
    },
    fail: (error) => {
      failure ??= { error };
      ended = true;
      signal();
    },
    iterator: () => ({
      next: take,
      return: () => {
        ended = true;
        items = [];
        taken = 0;
        onEnd();
        return Promise.resolve({ done: true, value: undefined });
      }
    })
  };
}
