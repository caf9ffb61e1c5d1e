import { createPublisher } from '#sdk/actions/create-publisher';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { subscribe, type Subscription } from '#sdk/actions/subscribe';
import type { ReceivedEvent, Reader } from '#sdk/actions/event-reader';
import { readHistory } from '#sdk/actions/read-history';
import type { SessionSource } from '#sdk/actions/keep-session';
import type { Market } from '#sdk/actions/connect-market';
import type { KeyPair } from '#sdk/protocol/hpke';
import type { Address } from '#sdk/protocol/primitives';
import type { EventSigner } from '#sdk/protocol/signature';

/** Counts what it publishes on one stream, and what the broker says of each: the number of an event -> its offset. */
export class Witness {
  readonly stream: Address;
  readonly keys = createStreamKeys();
  /** Instead of these keys, where the seller's own issuer makes them. */
  readonly keyPair: KeyPair | undefined;
  readonly acknowledged = new Map<number, number>();
  readonly refused: unknown[] = [];
  private readonly waiting = new Set<Promise<void>>();
  private publisher: Awaited<ReturnType<typeof createPublisher>> | undefined;
  private number = 0;

  constructor(stream: Address, keyPair?: KeyPair) {
    this.stream = stream;
    this.keyPair = keyPair;
  }

  async open(market: Market, signer: EventSigner): Promise<void> {
    const { stream, keys, keyPair } = this;
    this.publisher = await createPublisher({
      market,
      stream,
      signer,
      ...(keyPair === undefined ? { keys } : { keyPair })
    });
  }

  /** Publishes some events, and does not wait. @returns The number of the last one. */
  publish(count: number): number {
    for (let done = 0; done < count; done += 1) {
      const number = this.number++;
      const padding = 'x'.repeat(number % 400);
      const published = this.publisher?.publish({ json: { number, padding } }).then(
        ({ offset }) => void this.acknowledged.set(number, offset),
        (error: unknown) => void this.refused.push(error)
      );
      if (published === undefined) continue;
      this.waiting.add(published);
      void published.then(() => this.waiting.delete(published));
    }
    return this.number - 1;
  }

  /** Resolves once the broker has answered for everything. */
  async settle(): Promise<void> {
    while (this.waiting.size > 0) await Promise.all(this.waiting);
  }

  close(): Promise<void> {
    return this.publisher?.close() ?? Promise.resolve();
  }
}

/** What one reader got of a stream, live. */
export class LiveReading {
  readonly received: { readonly offset: number; readonly number: number | undefined; readonly again: boolean }[] = [];
  private readonly subscription: Subscription;
  private readonly reading: Promise<void>;

  private constructor(subscription: Subscription) {
    this.subscription = subscription;
    this.reading = (async () => {
      for await (const { offset, content, again } of subscription) {
        this.received.push({ offset, number: numberOf(content), again });
      }
    })();
  }

  static async begin(market: Market, stream: Address, reader: Reader, session: SessionSource): Promise<LiveReading> {
    return new LiveReading(await subscribe({ market, stream, reader, session, from: { offset: 0 } }));
  }

  /** Offsets that were delivered for the first time, in the order in which they came. */
  offsets(): number[] {
    return this.received.filter(({ again }) => !again).map(({ offset }) => offset);
  }

  /** Offsets of which the content was readable when it came or later. */
  readable(): Set<number> {
    return new Set(this.received.filter(({ number }) => number !== undefined).map(({ offset }) => offset));
  }

  async end(): Promise<void> {
    this.subscription.close();
    await this.reading;
  }
}

const page = 1_000;

/** A whole history as somebody reads it who comes later. */
export async function wholeHistory(
  market: Market,
  stream: Address,
  reader: Reader,
  session: SessionSource
): Promise<ReceivedEvent[]> {
  const all: ReceivedEvent[] = [];
  for (;;) {
    const some = await readHistory({ market, stream, reader, session, from: { offset: all.length }, limit: page });
    all.push(...some);
    if (some.length < page) return all;
  }
}

/** The number in an event of a {@link Witness}; undefined where its content is locked. */
export function numberOf(content: Uint8Array | undefined): number | undefined {
  return content === undefined
    ? undefined
    : (JSON.parse(new TextDecoder().decode(content)) as { number: number }).number;
}
