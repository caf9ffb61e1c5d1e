import type { Address } from '#sdk/protocol/primitives';
import type { PartitionPlace } from '../event-store.ts';
import type { MessageReader } from './message-reader.ts';
import type { Names } from './names.ts';
import { PartitionReader } from './partition-reader.ts';

/** Partitions whose landmarks are remembered. */
const most = 4_096;

/** The partitions that are stored, and one reader for each of those that are in use. */
export class StoredPartitions {
  private readonly messages: MessageReader;
  private readonly names: Names;
  private readonly readers = new Map<string, PartitionReader>();

  constructor(messages: MessageReader, names: Names) {
    this.messages = messages;
    this.names = names;
  }

  /** Reads a partition, which may not be stored. */
  reader(place: PartitionPlace): PartitionReader {
    const key = this.names.partition(place);
    const reader = this.readers.get(key) ?? new PartitionReader(place, this.messages, this.names);
    this.readers.delete(key);
    this.readers.set(key, reader);
    for (const oldest of this.readers.keys()) {
      if (this.readers.size <= most) break;
      this.readers.delete(oldest);
    }
    return reader;
  }

  /** All partitions of a stream, or of all streams, in which something may be stored. */
  async of(stream: Address | '*'): Promise<PartitionReader[]> {
    const names = await this.messages.streams(this.names.eventsOf(stream));
    return names
      .map((name) => this.names.placeOf(name))
      .filter((place) => place !== null)
      .sort((one, other) => one.partition - other.partition)
      .map((place) => this.reader(place));
  }
}
