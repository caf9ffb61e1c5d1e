import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventLimits, type StreamEvent } from '#sdk/protocol/event';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import type { Address } from '#sdk/protocol/primitives';
import { BrokerBusyError, EventConflictError } from '../refusals.ts';
import type { EraChange } from '#sdk/protocol/era-change';
import { eraChangeToJson } from '#sdk/protocol/era-change-encoding';
import type { Grant } from '#sdk/protocol/grant';
import type { AppendOutcome, EventStore, LogRecord, PartitionPlace } from './event-store.ts';
import { type SealedLog, sealedLogLimits } from './sealed-log.ts';

/** What one broker gives to its store. */
export interface OpenOptions {
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Bytes that may wait to be stored. */
  readonly mostWaiting: number;
}

/** A store under test: what several brokers share. */
export interface StoreUnderTest {
  /** Opens it as one more broker does; prepared. The suite stops it. */
  open(options: OpenOptions): Promise<EventStore>;
  /** Ends what the test started. */
  close(): Promise<void>;
}

const start = 1_700_000_000_000;
const second = 1_000;
const origin = `0x${'0a'.repeat(20)}` as const;
const upTo = (count: number, first = 0) => Array.from({ length: count }, (_, place) => first + place);
const offsetsOf = (records: readonly LogRecord[]) => records.map((record) => record.offset);
const newStream = (): Address => `0x${randomBytes(20).toString('hex')}`;

/** A log of grants and era changes under test, as {@link StoreUnderTest}. */
export interface SealedLogUnderTest {
  open(): Promise<SealedLog>;
  close(): Promise<void>;
}

/** Stores one event. @returns Its offset. @throws What the store refuses it with. */
export async function appendEvent(store: EventStore, event: StreamEvent): Promise<number> {
  const [outcome] = await store.append([{ event, bytes: encodeEvent(event) }]);
  if (outcome === undefined) expect.fail('an event without an outcome');
  if ('error' in outcome) throw outcome.error;
  return outcome.offset;
}

/** Every store must pass this. */
export function describeEventStore(name: string, openUnderTest: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let underTest: StoreUnderTest;
    let opened: EventStore[] = [];
    let store: EventStore;
    let place: PartitionPlace;
    let now = start;

    const open = async (mostWaiting = 2 ** 28): Promise<EventStore> => {
      const fresh = await underTest.open({ clock: () => now, mostWaiting });
      opened.push(fresh);
      return fresh;
    };
    const close = async (): Promise<void> => {
      for (const each of opened) {
        await each.drain();
        await each.stop();
      }
      opened = [];
    };
    const eventOf = (sequence: number, changes: Partial<StreamEvent> = {}): StreamEvent => ({
      version: 1,
      ...place,
      timestamp: now,
      sequence,
      contentType: 'text/plain',
      encryptionType: 'none',
      era: 0,
      slot: 0,
      content: new TextEncoder().encode(`event ${String(sequence)}`),
      originType: 'address',
      origin,
      signatureType: 'secp256k1',
      signature: new Uint8Array(65).fill(1),
      ...changes
    });
    const append = (event: StreamEvent, into = store): Promise<number> => appendEvent(into, event);
    /** All events of a partition from an offset on, page by page. */
    const readAll = async (from = 0, of = store): Promise<LogRecord[]> => {
      const records: LogRecord[] = [];
      for (let next = from; ;) {
        const page = await of.page(place, next);
        const last = page.at(-1);
        if (last === undefined) return records;
        records.push(...page);
        next = last.offset + 1;
      }
    };

    beforeAll(async () => {
      underTest = await openUnderTest();
    });
    beforeEach(async () => {
      await close();
      now = start;
      place = { stream: newStream(), partition: 0 };
      store = await open();
    });
    afterAll(async () => {
      await close();
      await underTest.close();
    });

    describe('storing', () => {
      it('gives offsets without gaps in the order of arrival, and keeps what it was given', async () => {
        const events = upTo(5_000).map((sequence) => eventOf(sequence));
        expect(await store.span(place)).toBeNull();
        expect(await Promise.all(events.map((event) => append(event)))).toEqual(upTo(5_000));
        expect(await store.span(place)).toEqual({ first: 0, next: 5_000 });
        const stored = await readAll();
        expect(offsetsOf(stored)).toEqual(upTo(5_000));
        expect(stored.map((record) => Buffer.from(record.bytes).toString('hex'))).toEqual(
          events.map((event) => Buffer.from(encodeEvent(event)).toString('hex'))
        );
      });

      it('counts every partition by itself', async () => {
        const partitions = [0, 1, 7, 1023];
        const given = await Promise.all(
          upTo(40).map((sequence) => append(eventOf(sequence, { partition: partitions[sequence % 4] ?? 0 })))
        );
        expect(given).toEqual(upTo(40).map((sequence) => Math.floor(sequence / 4)));
        for (const partition of partitions) {
          expect(await store.span({ ...place, partition })).toEqual({ first: 0, next: 10 });
        }
        expect(await store.span({ ...place, partition: 2 })).toBeNull();
      });

      it('gives the same event its old offset and refuses another one in its place, at once and later', async () => {
        const different = eventOf(0, { contentType: 'text/html' });
        const first = await Promise.allSettled([
          append(eventOf(0)),
          append(eventOf(0)),
          append(different),
          append(eventOf(1))
        ]);
        expect(
          first.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as unknown)))
        ).toEqual([0, 0, expect.any(EventConflictError), 1]);
        expect(await append(eventOf(0))).toBe(0);
        await expect(append(different)).rejects.toThrow(EventConflictError);
        // Another origin has places of its own.
        expect(await append(eventOf(0, { origin: `0x${'0b'.repeat(20)}` }))).toBe(2);
        expect(await append(eventOf(2))).toBe(3);
        expect(await store.span(place)).toEqual({ first: 0, next: 4 });
      });

      it('recognises copies for as long as the gate lets them in, however late the first one came', async () => {
        const behind = eventLimits.behind;
        const late = eventOf(0, { timestamp: now - behind });
        const ahead = eventOf(1, { timestamp: now + eventLimits.ahead });
        expect(await append(late)).toBe(0);
        expect(await append(ahead)).toBe(1);
        for (let hour = 1; hour <= 24; hour += 1) {
          now = start + hour * 3_600 * second;
          await Promise.all(upTo(20, hour * 100).map((sequence) => append(eventOf(sequence))));
          const reopened = hour % 8 === 0 ? await open() : store;
          expect(await append(eventOf(100, { timestamp: start + 3_600 * second }), reopened)).toBe(2);
          expect(await append(ahead, reopened)).toBe(1);
        }
        await expect(append({ ...ahead, contentType: 'text/html' })).rejects.toThrow(EventConflictError);
        expect((await store.span(place))?.next).toBe(2 + 24 * 20);
      });

      it('leaves no gap and stores nothing twice when two brokers write the same partition', async () => {
        const stores = [store, await open()];
        const given = await Promise.all(
          upTo(600).flatMap((sequence) => stores.map((each) => append(eventOf(sequence), each)))
        );
        const [ours, theirs] = [0, 1].map((side) => given.filter((_, index) => index % 2 === side));
        expect(ours).toEqual(theirs);
        expect([...new Set(given)].sort((a, b) => a - b)).toEqual(upTo(600));
        // Each broker's own events keep the order in which they were handed over.
        const own = await Promise.all(
          upTo(400).map((number) => append(eventOf(1_000 + number), stores[number % 2] ?? store))
        );
        for (const side of [0, 1]) {
          const mine = own.filter((_, index) => index % 2 === side);
          expect(mine).toEqual([...mine].sort((a, b) => a - b));
        }
        expect(own.toSorted((a, b) => a - b)).toEqual(upTo(400, 600));
      });

      it('refuses what it cannot hold and takes more once something was stored', async () => {
        const small = await open(1_000);
        const [first, other] = await Promise.allSettled([
          append(eventOf(0), small),
          append(eventOf(1, { content: new Uint8Array(900) }), small)
        ]);
        expect(first).toEqual({ status: 'fulfilled', value: 0 });
        expect(other).toMatchObject({ reason: expect.any(BrokerBusyError) as BrokerBusyError });
        expect(await append(eventOf(1), small)).toBe(1);
      });

      it('answers in order for what is handed over together, and takes nothing behind what it cannot hold', async () => {
        const entryOf = (event: StreamEvent) => ({ event, bytes: encodeEvent(event) });
        const offsets = (outcomes: readonly AppendOutcome[]) =>
          outcomes.map((outcome) => ('offset' in outcome ? outcome.offset : outcome.error.constructor));
        const events = [
          ...[5, 3, 3, 9].map((sequence) => eventOf(sequence)),
          eventOf(0, { partition: 1 }),
          eventOf(9, { contentType: 'text/html' }),
          eventOf(4),
          eventOf(5, { partition: 1 }),
          eventOf(5)
        ];
        const outcomes = await store.append(events.map(entryOf));
        expect(offsets(outcomes)).toEqual([0, 1, 1, 2, 0, EventConflictError, 3, 1, 0]);
        expect(await store.append([])).toEqual([]);
        const small = await open(1_500);
        const large = eventOf(11, { content: new Uint8Array(1_500) });
        const held = await small.append([eventOf(10), large, eventOf(12)].map(entryOf));
        expect(offsets(held)).toEqual([4, BrokerBusyError, BrokerBusyError]);
        expect(await append(eventOf(12), small)).toBe(5);
        expect(await store.span(place)).toEqual({ first: 0, next: 6 });
      });

      it('has stored everything that it took once it is drained, and keeps it when it is opened anew', async () => {
        const given = upTo(300).map((sequence) => append(eventOf(sequence)));
        await store.drain();
        expect(await Promise.all(given)).toEqual(upTo(300));
        await close();
        store = await open();
        expect(await append(eventOf(299))).toBe(299);
        expect(await append(eventOf(300))).toBe(300);
        expect(offsetsOf(await readAll())).toEqual(upTo(301));
      });
    });

    describe('reading', () => {
      it('bounds a page by bytes, always makes progress, and ends where it is told to', async () => {
        const content = new Uint8Array(256 * 1024);
        await Promise.all(upTo(20).map((sequence) => append(eventOf(sequence, { content }))));
        const seen: number[] = [];
        for (let pages = 0; ; pages += 1) {
          const page = await store.page(place, seen.length);
          if (page.length === 0) {
            expect(pages).toBeGreaterThan(1);
            break;
          }
          expect(page.reduce((sum, record) => sum + record.bytes.length, 0)).toBeLessThan(3 * 1024 * 1024);
          seen.push(...offsetsOf(page));
        }
        expect(seen).toEqual(upTo(20));
        expect(offsetsOf(await store.page(place, 3, 5))).toEqual([3, 4]);
        expect(await store.page(place, 5, 5)).toEqual([]);
        expect(await store.page(place, 20)).toEqual([]);
        expect(await store.page(place, 1_000, 2_000)).toEqual([]);
        expect(await store.page({ ...place, partition: 5 }, 0)).toEqual([]);
      });

      it('finds the first event at or after a time, though timestamps go back along the log', async () => {
        const times = [100, 50, 200, 150, 300, 300, 250];
        for (const [sequence, timestamp] of times.entries()) await append(eventOf(sequence, { timestamp }));
        for (const asked of [0, 50, 51, 100, 101, 180, 200, 201, 300, 301]) {
          const expected = times.findIndex((timestamp) => timestamp >= asked);
          expect([asked, await store.offsetAt(place, asked)]).toEqual([
            asked,
            expected === -1 ? times.length : expected
          ]);
        }
        expect(await store.offsetAt({ ...place, partition: 5 }, 0)).toBe(0);
      });
    });

    describe('counting', () => {
      it('says how many events each minute brought, all partitions together', async () => {
        now = start + 40 * second;
        await append(eventOf(0));
        now += 120 * second;
        await append(eventOf(1));
        await append(eventOf(2, { partition: 1 }));
        const unknown = newStream();
        const [activity, silent] = await store.activity([place.stream, unknown]);
        expect(activity).toMatchObject({ stream: place.stream, events: 3, lastEventAt: now });
        expect(activity?.perMinute.slice(-4)).toEqual([0, 1, 0, 2]);
        expect(silent).toEqual({ stream: unknown, events: 0, lastEventAt: null, perMinute: upTo(60).map(() => 0) });
        now += 59 * 60 * second;
        expect((await store.activity([place.stream]))[0]?.perMinute).toEqual([2, ...upTo(59).map(() => 0)]);
      });

      it('agrees with counting every event, whatever came late, early or on which partition', async () => {
        const stored: { timestamp: number; storedAt: number }[] = [];
        let random = 7;
        const next = (most: number) => (random = (random * 48_271) % 2_147_483_647) % most;
        let sequence = 0;
        for (let batch = 0; batch < 60; batch += 1) {
          const storedAt = start + batch * 10 * second + next(2_000);
          now = storedAt;
          // Up to the allowed half minute ahead, and now and then an hour late.
          const timestamps = upTo(next(5)).map(
            () => storedAt + 30 * second - next(next(10) === 0 ? 3_600 * second : 60 * second)
          );
          const partition = next(3);
          await Promise.all(timestamps.map((timestamp) => append(eventOf(sequence++, { timestamp, partition }))));
          stored.push(...timestamps.map((timestamp) => ({ timestamp, storedAt })));
        }
        expect(stored.length).toBeGreaterThan(80);
        const { stream } = place;
        let previous = 0;
        for (let time = start - 60 * second; time < start + 700 * second; time += 14 * second) {
          for (const wait of [0, 15 * second, 100 * second]) {
            const before = stored.filter((event) => event.timestamp < time && event.storedAt < time + wait).length;
            expect({ time, wait, events: await store.countBefore(stream, time, time + wait) }).toEqual({
              time,
              wait,
              events: before
            });
          }
          const count = await store.countBefore(stream, time, time + 15 * second);
          expect(count).toBeGreaterThanOrEqual(previous);
          previous = count;
        }
        expect(await store.countBefore(newStream(), start, start + 60 * second)).toBe(0);
      });

      it('does not change its mind by what comes later', async () => {
        for (let minute = 0; minute < 20; minute += 1) {
          now = start + minute * 60 * second;
          await Promise.all([0, 1, 2].map((late) => append(eventOf(minute * 3 + late, { timestamp: now - late }))));
        }
        const { stream } = place;
        const time = start + 15 * 60 * second;
        // At the very minute three came, two of them from a moment before.
        const count = await store.countBefore(stream, time, time + 30 * second);
        expect(count).toBe(47);
        now = time + 3_600 * second;
        await append(eventOf(1_000, { timestamp: time - 1 }));
        expect(await store.countBefore(stream, time, time + 30 * second)).toBe(count);
        // It counts when it came.
        expect(await store.countBefore(stream, now, now + 30 * second)).toBe(61);
      });
    });

    describe('following', () => {
      it('tells what this broker stores, in order, once it is durable', async () => {
        const told: number[] = [];
        const end = await store.follow(place, {
          stored: (records) => told.push(...offsetsOf(records)),
          grown: () => undefined
        });
        await Promise.all(upTo(500).map((sequence) => append(eventOf(sequence))));
        await append(eventOf(0, { partition: 1 }));
        await expect.poll(() => [...new Set(told)]).toEqual(upTo(500));
        end();
        await append(eventOf(500));
        await append(eventOf(501));
        expect(told).not.toContain(501);
      });
    });

    describe('several brokers', () => {
      it('tell each other what they store, without a gap, in one order', async () => {
        const stores = [store, await open(), await open()];
        const seen = stores.map(() => [] as LogRecord[]);
        for (const [index, each] of stores.entries()) {
          const records = seen[index] ?? [];
          let reading = Promise.resolve();
          // As a broker does: whatever is told, everything beyond what is known is read from the log.
          const read = (): void => {
            reading = reading.then(async () => {
              records.push(...(await readAll(records.length, each)));
            });
          };
          await each.follow(place, { stored: read, grown: read });
        }
        await Promise.all(upTo(300).map((sequence) => append(eventOf(sequence), stores[sequence % 3] ?? store)));
        for (const records of seen) await expect.poll(() => records.length, { timeout: 10_000 }).toBe(300);
        const hex = (records: readonly LogRecord[]) =>
          records.map((record) => [record.offset, Buffer.from(record.bytes).toString('hex')]);
        expect(hex(seen[1] ?? [])).toEqual(hex(seen[0] ?? []));
        expect(hex(seen[2] ?? [])).toEqual(hex(seen[0] ?? []));
        expect(offsetsOf(seen[0] ?? [])).toEqual(upTo(300));
      });
    });

    describe('retention', () => {
      const content = new Uint8Array(1_000);

      it('is what was set for the stream, on every broker', async () => {
        const { stream } = place;
        const other = await open();
        expect(await store.retention(stream)).toBeNull();
        await store.setRetention(stream, { seconds: 86_400 });
        await expect.poll(() => other.retention(stream)).toEqual({ seconds: 86_400 });
        await other.setRetention(stream, { seconds: 7_200, bytes: 5_000_000 });
        await expect.poll(() => store.retention(stream)).toEqual({ seconds: 7_200, bytes: 5_000_000 });
        await store.setRetention(stream, {});
        await expect.poll(() => other.retention(stream)).toEqual({});
        await store.setRetention(stream, null);
        await expect.poll(() => other.retention(stream)).toBeNull();
      });

      it('keeps the newest events that fit, and begins later in sight of everybody', async () => {
        const { stream } = place;
        await Promise.all(upTo(100).map((sequence) => append(eventOf(sequence, { content }))));
        await append(eventOf(0, { stream: newStream() }));
        const size = encodeEvent(eventOf(0, { content })).length;
        await store.setRetention(stream, { bytes: 10 * size + 10 });
        await expect.poll(() => store.span(place), { timeout: 20_000 }).toEqual({ first: 90, next: 100 });
        const other = await open();
        expect(await other.span(place)).toEqual({ first: 90, next: 100 });
        expect(offsetsOf(await other.page(place, 0))).toEqual(upTo(10, 90));
        expect(offsetsOf(await store.page(place, 0, 92))).toEqual([90, 91]);
        expect(await store.page(place, 0, 50)).toEqual([]);
        expect(await store.offsetAt(place, 0)).toBe(90);
        // What was removed is recognised all the same, and no offset is given twice.
        expect(await append(eventOf(3, { content }))).toBe(3);
        await expect(append(eventOf(3))).rejects.toThrow(EventConflictError);
        expect(await append(eventOf(200, { content }))).toBe(100);
        expect((await store.activity([stream]))[0]?.events).toBe(101);
        expect(await store.countBefore(stream, now + second, now + 60 * second)).toBe(101);
        await expect.poll(async () => (await store.span(place))?.first, { timeout: 20_000 }).toBe(91);
      });

      it('lets a stream be empty, and go on where it was', async () => {
        const { stream } = place;
        await Promise.all(upTo(5).map((sequence) => append(eventOf(sequence, { content }))));
        await store.setRetention(stream, { bytes: 10 });
        await expect.poll(() => store.span(place), { timeout: 20_000 }).toEqual({ first: 5, next: 5 });
        expect(await store.page(place, 0)).toEqual([]);
        await store.setRetention(stream, null);
        expect(await append(eventOf(5))).toBe(5);
        expect(await store.span(place)).toEqual({ first: 5, next: 6 });
        expect(offsetsOf(await store.page(place, 0))).toEqual([5]);
      });
    });

    it('has no trouble', async () => {
      expect(await store.trouble()).toBeNull();
    });
  });
}

/** Every store's log of grants and era changes must pass this. */
export function describeSealedLog(name: string, openUnderTest: () => Promise<SealedLogUnderTest>): void {
  describe(name, () => {
    let underTest: SealedLogUnderTest;
    let logs: [SealedLog, SealedLog];
    let stream: Address;
    const licensee = newStream();
    const grantOf = (fromSlot: number, changes: Partial<Grant> = {}): Grant => ({
      version: 1,
      stream,
      era: 0,
      fromSlot,
      untilSlot: fromSlot + 10,
      licensee,
      offerId: `0x${'00'.repeat(32)}`,
      recipient: `0x${'01'.repeat(32)}`,
      encapsulation: `0x${'02'.repeat(32)}`,
      ciphertext: '0x0304',
      issuer: licensee,
      signature: `0x${'05'.repeat(65)}`,
      ...changes
    });
    const changeOf = (era: number, changes: Partial<EraChange> = {}): EraChange => ({
      version: 1,
      stream,
      era,
      fromSlot: 100,
      untilSlot: 200,
      salt: `0x${'06'.repeat(16)}`,
      buckets: [
        {
          end: 150,
          sealed: new Uint8Array(60).fill(8),
          wraps: [{ node: { level: 0, index: 0 }, wrapped: new Uint8Array(16).fill(9) }]
        }
      ],
      issuer: licensee,
      signature: `0x${'07'.repeat(65)}`,
      ...changes
    });

    beforeAll(async () => {
      underTest = await openUnderTest();
      logs = [await underTest.open(), await underTest.open()];
    });
    beforeEach(() => {
      stream = newStream();
    });
    afterAll(async () => {
      for (const log of logs) await log.stop();
      await underTest.close();
    });

    it('keeps grants by licensee, each once, the first one of a range', async () => {
      const [log, other] = logs;
      expect(await log.appendGrant(grantOf(1))).toBe(true);
      expect(await other.appendGrant(grantOf(1))).toBe(false);
      expect(await other.appendGrant(grantOf(1, { ciphertext: '0x09' }))).toBe(false);
      expect(await other.appendGrant(grantOf(2))).toBe(true);
      expect(await log.appendGrant(grantOf(1, { era: 1 }))).toBe(true);
      expect(await log.appendGrant(grantOf(1, { licensee: newStream() }))).toBe(true);
      const expected = [grantOf(1), grantOf(2), grantOf(1, { era: 1 })];
      expect(await log.grants(stream, licensee)).toEqual(expected);
      expect(await other.grants(stream, licensee)).toEqual(expected);
      expect(await log.grants(newStream(), licensee)).toEqual([]);
    });

    it('gives the newest grants where there are more than one answer holds', async () => {
      const [log] = logs;
      const count = sealedLogLimits.grants + 5;
      for (let first = 0; first < count; first += 100) {
        const part = upTo(Math.min(100, count - first), first);
        // One after the other, so that they have an order.
        for (const fromSlot of part) await log.appendGrant(grantOf(fromSlot));
      }
      const slots = (await log.grants(stream, licensee)).map((grant) => grant.fromSlot);
      expect(slots).toEqual(upTo(sealedLogLimits.grants, 5));
    });

    it('keeps era changes of a stream, the first one of an issuer, era and slot', async () => {
      const [log, other] = logs;
      expect(await log.appendEraChange(changeOf(1))).toBe(true);
      expect(await other.appendEraChange(changeOf(1, { salt: `0x${'08'.repeat(16)}` }))).toBe(false);
      expect(await other.appendEraChange(changeOf(1, { issuer: newStream() }))).toBe(true);
      expect(await other.appendEraChange(changeOf(2))).toBe(true);
      expect((await log.eraChanges(stream)).map((change) => change.era)).toEqual([1, 1, 2]);
      const [first] = await log.eraChanges(stream);
      expect(first && eraChangeToJson(first)).toEqual(eraChangeToJson(changeOf(1)));
      const starts = (await other.eraStarts(stream)).toSorted((one, two) => one.era - two.era);
      expect(starts).toHaveLength(3);
      expect(starts.at(-1)).toEqual({ era: 2, fromSlot: 100, issuer: licensee });
    });

    it('tells every broker what any of them stored', async () => {
      const heard = logs.map(() => ({ grants: new Set<number>(), eras: new Set<number>() }));
      const ends = await Promise.all(
        logs.map((log, index) =>
          log.follow({
            grant: (grant) => grant.stream === stream && heard[index]?.grants.add(grant.fromSlot),
            eraChange: (change) => change.stream === stream && heard[index]?.eras.add(change.era),
            missed: () => undefined
          })
        )
      );
      await Promise.all(upTo(50).map(async (slot) => logs[slot % 2]?.appendGrant(grantOf(slot))));
      await logs[0].appendEraChange(changeOf(1));
      await logs[1].appendEraChange(changeOf(2));
      for (const { grants, eras } of heard) {
        await expect.poll(() => grants.size, { timeout: 10_000 }).toBe(50);
        await expect.poll(() => eras.size, { timeout: 10_000 }).toBe(2);
      }
      for (const end of ends) end();
    });
  });
}
