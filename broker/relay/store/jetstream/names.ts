import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { PartitionPlace } from '../event-store.ts';

/** Milliseconds of event timestamps whose events lie under one subject. */
export const slotMilliseconds = 10_000;
/**
 * Subjects of one partition: they come round again after more than a day, so that the server's index of subjects stays
 * small however old a stream is, and copies of the last day find their original under one of them.
 */
const slots = 10_000;

/** Slot of an event timestamp in Unix milliseconds. */
export const slotOf = (timestamp: number): number => Math.floor(timestamp / slotMilliseconds);

/** A stream of JetStream without what has a default. */
export type StreamDefinition = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

/** Names under which one market's data lies in JetStream: all of them begin with what names its chain. */
export class Names {
  private readonly market: string;
  private readonly replicas: number;

  /**
   * @param genesisHash A local chain that was reset begins a new log.
   * @param replicas Servers of a cluster that keep each stream.
   */
  constructor(genesisHash: Hex, replicas: number) {
    this.market = genesisHash.slice(2, 18);
    this.replicas = replicas;
  }

  /** Stream of JetStream with a partition's events. */
  partition(place: PartitionPlace): string {
    return `TRIBUTARY_${this.market}_${place.stream}_${String(place.partition)}`;
  }

  /** Place whose events a stream of JetStream holds; null for other streams. */
  placeOf(name: string): PartitionPlace | null {
    const match = /^TRIBUTARY_([0-9a-f]{16})_(0x[0-9a-f]{40})_(\d{1,4})$/.exec(name);
    return match?.[1] === this.market && match[2] !== undefined
      ? { stream: match[2] as Address, partition: Number(match[3]) }
      : null;
  }

  /** Subject of a message with events of one slot. */
  events(place: PartitionPlace, slot: number): string {
    return `tributary.${this.market}.event.${place.stream}.${String(place.partition)}.${String(slot % slots)}`;
  }

  /** Subject that all messages of a partition match. */
  allEvents(place: PartitionPlace): string {
    return `tributary.${this.market}.event.${place.stream}.${String(place.partition)}.*`;
  }

  /** Subject that all messages of a stream match, or of all streams. */
  eventsOf(stream: Address | '*'): string {
    return `tributary.${this.market}.event.${stream}.*.*`;
  }

  /** Subject under which the server tells of messages that it has stored in a partition. */
  stored(place: PartitionPlace): string {
    return `tributary.${this.market}.stored.${place.stream}.${String(place.partition)}.*`;
  }

  partitionStream(place: PartitionPlace): StreamDefinition {
    return {
      ...this.common,
      name: this.partition(place),
      description: `Events of stream ${place.stream}, partition ${String(place.partition)}`,
      subjects: [this.allEvents(place)],
      republish: {
        src: this.allEvents(place),
        dest: this.stored(place).replace('*', '{{wildcard(1)}}'),
        // Whoever wants the events reads them; this only says that there are some.
        headers_only: true
      }
    };
  }

  get settings(): string {
    return `TRIBUTARY_${this.market}_SETTINGS`;
  }

  /** Subject of what is set for a stream. */
  retention(stream: Address): string {
    return `tributary.${this.market}.retention.${stream}`;
  }

  settingsStream(): StreamDefinition {
    return {
      ...this.common,
      name: this.settings,
      description: 'How long streams are kept',
      subjects: [`tributary.${this.market}.retention.*`],
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.Old
    };
  }

  get sealed(): string {
    return `TRIBUTARY_${this.market}_SEALED`;
  }

  /** Subject of one grant. @param digest What tells it from the licensee's other grants. */
  grant(stream: Address, licensee: Address, digest: string): string {
    return `tributary.${this.market}.sealed.grant.${stream}.${licensee}.${digest}`;
  }

  /** Subject of one era change. @param digest What tells it from the stream's other ones. */
  eraChange(stream: Address, digest: string): string {
    return `tributary.${this.market}.sealed.era.${stream}.${digest}`;
  }

  /** Subject of one part of an era change. @param digest SHA-256 of the era change. */
  eraChangePart(stream: Address, digest: string, part: number): string {
    return `tributary.${this.market}.sealed.part.${stream}.${digest}.${String(part)}`;
  }

  /** Subject under which the server passes on what it has stored of grants and era changes. */
  get sealedStored(): string {
    return `tributary.${this.market}.passed.>`;
  }

  sealedStream(): StreamDefinition {
    return {
      ...this.common,
      name: this.sealed,
      description: 'Grants and era changes',
      subjects: [`tributary.${this.market}.sealed.>`],
      republish: { src: `tributary.${this.market}.sealed.>`, dest: this.sealedStored }
    };
  }

  private get common() {
    return {
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      // A limit that an operator sets on the server refuses what is new; nothing disappears by it.
      discard: DiscardPolicy.New,
      num_replicas: this.replicas,
      // Answers of a replica may lag behind; with one there is none that could.
      allow_direct: this.replicas === 1,
      deny_delete: true
    } as const;
  }
}
