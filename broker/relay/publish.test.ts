import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { StreamEvent } from '#sdk/protocol/event';
import { DatabaseUnavailableError } from '../database/pool.ts';
import type { Examined, Gate } from './accept.ts';
import { RelayMetrics } from './metrics.ts';
import { PublishLane, Publisher } from './publish.ts';
import { EventSignatureError } from './refusals.ts';
import type { AppendOutcome, Entry, EventStore } from './store/event-store.ts';

/** A publisher over a gate and a store that do as they are told, event by event: its first byte says which it is. */
function publisherOf(options: {
  readonly examine?: (number: number) => Promise<void>;
  readonly append?: (number: number) => Promise<number>;
}) {
  const handedOver: number[] = [];
  const examineOne = async (bytes: Uint8Array): Promise<Examined> => {
    try {
      await options.examine?.(bytes[0] ?? 0);
      return { event: { sequence: bytes[0] } as StreamEvent, bytes };
    } catch (error) {
      return { error };
    }
  };
  const gate = {
    *examine(all: readonly Uint8Array[]) {
      for (let next = 0; next < all.length; next += 16) {
        yield Promise.all(all.slice(next, next + 16).map(examineOne));
      }
    }
  } as unknown as Gate;
  const appendOne = async ([number = 0]: Uint8Array): Promise<AppendOutcome> => {
    handedOver.push(number);
    const stored = handedOver.length - 1;
    try {
      return { offset: (await options.append?.(number)) ?? stored };
    } catch (error) {
      return { error: error as Error };
    }
  };
  const store = {
    append: (entries: readonly Entry[]) => Promise.all(entries.map(({ bytes }) => appendOne(bytes)))
  } as unknown as EventStore;
  const logger = pino({ level: 'silent' });
  return { publisher: new Publisher({ gate, store, metrics: new RelayMetrics(new Registry()), logger }), handedOver };
}
const events = (count: number, from = 0) => Array.from({ length: count }, (_, place) => Uint8Array.of(from + place));
const numbers = (count: number, from = 0) => events(count, from).map(([number]) => number);

it('hands over in the order of sending, however long examining each takes', async () => {
  const { publisher, handedOver } = publisherOf({
    examine: (number) => new Promise((resolve) => setTimeout(resolve, (number * 7) % 11))
  });
  const { results } = await publisher.publish(events(200));
  expect(handedOver).toEqual(numbers(200));
  expect(await results).toEqual(numbers(200).map((offset) => ({ offset })));
});

it('leaves the others alone when an event is refused', async () => {
  const { publisher, handedOver } = publisherOf({
    examine: (number) =>
      number === 70 ? Promise.reject(new EventSignatureError('secp256k1', '0x00')) : Promise.resolve()
  });
  const lane = new PublishLane();
  const answers = await (await publisher.publish(events(100), undefined, lane)).results;
  expect(handedOver).toEqual(numbers(100).filter((number) => number !== 70));
  expect(answers.flatMap((answer, place) => ('problem' in answer ? [place] : []))).toEqual([70]);
  expect(lane.interruption).toBeUndefined();
});

it('takes nothing behind an event that could not be stored for the moment, in later frames neither', async () => {
  let fail: () => void = () => undefined;
  const broken = new Promise<number>((_, reject) => {
    fail = () => {
      reject(new DatabaseUnavailableError('Not now.'));
    };
  });
  const { publisher, handedOver } = publisherOf({
    append: (number) => (number === 3 ? broken : Promise.resolve(number))
  });
  const lane = new PublishLane();
  const first = await publisher.publish(events(5), undefined, lane);
  expect(handedOver).toEqual(numbers(5));
  fail();
  await expect.poll(() => lane.interruption?.status).toBe(503);
  const second = await publisher.publish(events(5, 5), undefined, lane);
  expect(handedOver).toEqual(numbers(5));
  for (const answer of await second.results) expect(answer).toMatchObject({ problem: { status: 503 } });
  expect((await first.results).map((answer) => 'offset' in answer)).toEqual([true, true, true, false, true]);
  // A new connection begins with a lane of its own.
  expect(await (await publisher.publish(events(1, 9))).results).toEqual([{ offset: 9 }]);
});
