import type { Msg, Subscription } from '@nats-io/transport-node';
import type { LogRecord, PartitionListener, PartitionPlace } from '../event-store.ts';
import type { Names } from './names.ts';
import { awayError, type NatsLink } from './nats-link.ts';
import { brokerHeader } from './partition-appender.ts';

/** Milliseconds after which a partition whose last message is uncertain is looked at. */
const uncertainFor = 500;
/** Milliseconds between looks at what nobody told of. */
const lookEvery = 5_000;

interface Followed {
  readonly subscription: Subscription;
  readonly listeners: Set<PartitionListener>;
}

/** Who follows which partition. Other brokers' messages are told of by the server when it has stored them. */
export class Followers {
  private readonly nats: NatsLink;
  private readonly names: Names;
  private readonly broker: string;
  private readonly followed = new Map<string, Followed>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly look: NodeJS.Timeout;
  private readonly forget: () => void;

  constructor(nats: NatsLink, names: Names, broker: string) {
    this.nats = nats;
    this.names = names;
    this.broker = broker;
    this.forget = nats.reconnected(() => this.allGrown());
    // The server does not keep what it tells.
    this.look = setInterval(() => this.allGrown(), lookEvery);
    this.look.unref();
  }

  /** As EventStore.follow. */
  async add(place: PartitionPlace, listener: PartitionListener): Promise<() => void> {
    const { connection } = await this.nats.open();
    const subject = this.names.stored(place);
    let followed = this.followed.get(subject);
    if (followed === undefined) {
      const listeners = new Set<PartitionListener>();
      const callback = (error: Error | null, message: Msg): void => {
        if (error === null && message.headers?.get(brokerHeader) === this.broker) return;
        for (const each of listeners) each.grown();
      };
      followed = { subscription: connection.subscribe(subject, { callback }), listeners };
      this.followed.set(subject, followed);
    }
    const { listeners, subscription } = followed;
    listeners.add(listener);
    const end = (): void => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.followed.get(subject)?.listeners !== listeners) return;
      this.followed.delete(subject);
      subscription.unsubscribe();
    };
    try {
      // The server knows of the subscription once it has answered.
      await this.nats.answer(connection.flush());
    } catch (error) {
      end();
      throw awayError(error);
    }
    return end;
  }

  stored(place: PartitionPlace, records: readonly LogRecord[]): void {
    for (const listener of this.followed.get(this.names.stored(place))?.listeners ?? []) listener.stored(records);
  }

  /** A message may be stored yet. */
  uncertain(place: PartitionPlace): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      for (const listener of this.followed.get(this.names.stored(place))?.listeners ?? []) listener.grown();
    }, uncertainFor);
    this.timers.add(timer);
  }

  stop(): void {
    this.forget();
    clearInterval(this.look);
    for (const timer of this.timers) clearTimeout(timer);
    for (const { subscription } of this.followed.values()) subscription.unsubscribe();
    this.followed.clear();
  }

  private allGrown(): void {
    for (const { listeners } of this.followed.values()) for (const listener of listeners) listener.grown();
  }
}
