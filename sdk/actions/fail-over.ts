import type { Fetch } from './platform.ts';

/** Addresses of brokers that share one store, of which one is in use until it fails. */
export interface BrokerAddresses {
  /** The one in use: without a slash at its end. */
  readonly current: () => string;
  readonly count: number;
  /** One did not answer, or its connection broke: uses the next one, if it still was the one in use. */
  failed(address: string): void;
}

/** @param addresses At least one, without slashes at their ends. */
export function createBrokerAddresses(addresses: readonly [string, ...string[]]): BrokerAddresses {
  let at = 0;
  const current = () => addresses[at % addresses.length] ?? addresses[0];
  return {
    current,
    count: addresses.length,
    failed: (address) => {
      if (address === current()) at = (at + 1) % addresses.length;
    }
  };
}

/**
 * A fetch that asks another broker where one does not answer. What is asked of a broker may be asked twice: copies of
 * events, grants and transactions are recognised.
 *
 * @param prefix Address under which requests name the broker, whichever is in use; others pass unchanged.
 */
export function fetchWithFailOver(fetch: Fetch, prefix: string, addresses: BrokerAddresses): Fetch {
  if (addresses.count === 1) return fetch;
  return async (url, request) => {
    if (url !== prefix && !url.startsWith(`${prefix}/`)) return fetch(url, request);
    for (let left = addresses.count; ; left -= 1) {
      const address = addresses.current();
      try {
        return await fetch(`${address}${url.slice(prefix.length)}`, request);
      } catch (error) {
        // Its time is up: that is no fault of the broker's, or the rest have no time left either.
        if (left <= 1 || isAborted(request?.signal)) throw error;
        addresses.failed(address);
      }
    }
  };
}

const isAborted = (signal: unknown): boolean =>
  typeof signal === 'object' && signal !== null && 'aborted' in signal && signal.aborted === true;
