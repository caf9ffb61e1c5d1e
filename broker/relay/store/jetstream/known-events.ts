import { EventTable } from './event-table.ts';
import { slotOf } from './names.ts';
import type { PackedEvents } from './packed-events.ts';

/**
 * Which events are stored, slot by slot, for as many slots of all partitions as fit into a bounded memory; those that
 * were not used for the longest time go first, and are read from the log again when they are needed.
 */
export class KnownEvents {
  private readonly most: number;
  /** In the order of use; every table holds all events of its slot. */
  private readonly tables = new Map<string, { readonly table: EventTable; bytes: number }>();
  private bytes = 0;

  /** @param most Bytes of memory; a single slot may take more. */
  constructor(most: number) {
    this.most = most;
  }

  /** The events of a slot; null where they have to be read. */
  find(partition: string, slot: number): EventTable | null {
    const key = `${partition} ${String(slot)}`;
    const known = this.tables.get(key);
    if (known === undefined) return null;
    this.tables.delete(key);
    this.tables.set(key, known);
    return known.table;
  }

  /** Keeps the events of a slot. */
  keep(partition: string, slot: number, table: EventTable): void {
    this.drop(`${partition} ${String(slot)}`);
    this.tables.set(`${partition} ${String(slot)}`, { table, bytes: table.bytes });
    this.bytes += table.bytes;
    this.shrink();
  }

  /** Takes what was just stored, by this broker or another one, into the slots that are known. */
  add(partition: string, message: PackedEvents): void {
    for (let index = 0; index < message.count; index += 1) {
      const known = this.tables.get(`${partition} ${String(slotOf(message.timestamp(index)))}`);
      if (known === undefined) continue;
      known.table.add(message.key(index), { seq: message.seq, index });
      this.bytes += known.table.bytes - known.bytes;
      known.bytes = known.table.bytes;
    }
    this.shrink();
  }

  /** Forgets a partition: the server has lost messages of it. */
  forget(partition: string): void {
    for (const key of this.tables.keys()) if (key.startsWith(`${partition} `)) this.drop(key);
  }

  private drop(key: string): void {
    const known = this.tables.get(key);
    if (known === undefined) return;
    this.tables.delete(key);
    this.bytes -= known.bytes;
  }

  private shrink(): void {
    for (const key of this.tables.keys()) {
      if (this.bytes <= this.most || this.tables.size === 1) return;
      this.drop(key);
    }
  }
}
