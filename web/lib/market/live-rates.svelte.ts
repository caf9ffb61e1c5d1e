import { onMount } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Address } from '#sdk/protocol/primitives';
import type { Counters } from './rate.ts';

interface LiveRates {
  /** By stream; empty until the broker was asked for the first time. */
  readonly counters: ReadonlyMap<Address, Counters>;
  /** When they were asked for, Unix milliseconds; 0 before. */
  readonly now: number;
  /** The broker did not answer the last time. */
  readonly away: boolean;
}

// The schema of sdk/protocol would bring all of zod into the first load; counters are only drawn.
function isCounters(value: unknown): value is Counters & { stream: Address } {
  if (typeof value !== 'object' || value === null) return false;
  const { stream, events, lastEventAt, perMinute } = value as Record<string, unknown>;
  return (
    typeof stream === 'string' &&
    typeof events === 'number' &&
    (lastEventAt === null || typeof lastEventAt === 'number') &&
    Array.isArray(perMinute) &&
    perMinute.every((count) => typeof count === 'number')
  );
}

/**
 * Counters that follow the broker while the page is looked at. Call while a component is made.
 *
 * @param streams Which ones, at most 50 of them are asked for. @param every Milliseconds.
 */
export function liveRates(streams: () => readonly Address[], every: number): LiveRates {
  const counters = new SvelteMap<Address, Counters>();
  let now = $state(0);
  let away = $state(false);

  async function ask(): Promise<void> {
    const wanted = streams()
      .filter((stream, index, all) => all.indexOf(stream) === index)
      .slice(0, 50);
    if (wanted.length === 0 || document.hidden) return;
    try {
      const response = await fetch(`/broker/v1/activity?streams=${wanted.join(',')}`);
      const body = (await response.json()) as { items?: unknown };
      if (!response.ok || !Array.isArray(body.items)) {
        away = true;
        return;
      }
      for (const item of body.items) if (isCounters(item)) counters.set(item.stream, item);
      now = Date.now();
      away = false;
    } catch {
      // The last figures stay; the next round asks again.
      away = true;
    }
  }

  onMount(() => {
    void ask();
    const timer = setInterval(() => void ask(), every);
    return () => {
      clearInterval(timer);
    };
  });

  return {
    counters,
    get now() {
      return now;
    },
    get away() {
      return away;
    }
  };
}
