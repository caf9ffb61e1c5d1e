import type { EventReader, ReceivedEvent } from './event-reader.ts';

/** Events that could not be read for lack of a key, kept for the time when it comes. */
export interface LockedEvents {
  readonly count: () => number;
  /** Keeps an event, if a key may still come for it. */
  keep(received: ReceivedEvent): void;
  /** Reads all of them again. @returns Those that can be read now, or are locked for another reason, in their order. */
  readAgain(): Promise<readonly ReceivedEvent[]>;
}

/** Locked events kept, and their bytes; the oldest make room. */
const lockedLimit = 1_000;
const lockedBytes = 8 * 1024 * 1024;

/** Keeps what waits for keys. */
export function createLockedEvents(eventReader: EventReader): LockedEvents {
  let locked: ReceivedEvent[] = [];
  let size = 0;

  const keep = (received: ReceivedEvent) => {
    if (!isWaiting(received)) return;
    locked.push(received);
    size += received.event.content.length;
    while (locked.length > lockedLimit || size > lockedBytes) size -= locked.shift()?.event.content.length ?? 0;
  };

  return {
    count: () => locked.length,
    keep,
    readAgain: async () => {
      const before = locked;
      locked = [];
      size = 0;
      const changed: ReceivedEvent[] = [];
      for (const { offset, event, locked: reason } of before) {
        const received = await eventReader.read({ offset, event });
        keep(received);
        if (received.locked !== reason) changed.push(received);
      }
      return changed;
    }
  };
}

/** Grants come in any order and licences are renewed: a key may come for any event that is locked for lack of one. */
const isWaiting = ({ locked }: ReceivedEvent) =>
  locked === 'waiting-for-key' || locked === 'license-ended' || locked === 'before-license';
