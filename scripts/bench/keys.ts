import { randomBytes, randomInt } from 'node:crypto';
import { bytesOf } from '#sdk/protocol/binary';
import { bucketSecret, pathKeysOf } from '#sdk/protocol/complete-subtree';
import { encodeEraChange } from '#sdk/protocol/era-change-encoding';
import { makeEraChange, openEraChange } from '#sdk/protocol/era-change-sealing';
import { encodeGrantSignedPart, sealGrant } from '#sdk/protocol/grant-sealing';
import { generateKeyPair, seal } from '#sdk/protocol/hpke';
import type { Hex } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { generateRoot, rangeSeeds, rootSeed, slotAt } from '#sdk/protocol/slot-keys';
import { LogicalKeyHierarchy } from './keys/logical-key-hierarchy.ts';
import { nativeSigner, sealNatively } from './keys/native-sealing.ts';
import { purchasesInOneBlock } from './keys/purchases-in-one-block.ts';

/**
 * What keys cost, beside what they would cost otherwise, in one run: expiry, a grant, and cutting off 1 and 100 of 1,000,
 * 10,000 and 100,000 licences of 30 days, against sealing a new key to everybody that is left (naive re-wrap, HPKE) and
 * against a logical key hierarchy (LKH). All slots have one minute. Licences end spread evenly over the next 30 days,
 * either at 30 ends (offers that end at midnight) or at 720 (offers that end at any full hour). At last a thousand licences
 * are bought in one block, of a broker, a chain and a Postgres of their own.
 *
 *   node --import tsx scripts/bench/keys.ts
 */

const rounds = 5;
const slotDuration = 60;
const day = 1440;
const now = slotAt(1_764_000_030_123, slotDuration) - 7;
const midnight = Math.ceil(now / day) * day;
const stream: Hex = `0x${'5a'.repeat(20)}`;
const privateKey: Hex = `0x${'11'.repeat(32)}`;
const signer = nativeSigner(privateKey);
const streamSecret = new Uint8Array(randomBytes(32));
/** What an issuer holds: 90 days. */
const held = rangeSeeds([rootSeed(generateRoot())], now, now + 90 * day);

const print = (line = '') => process.stdout.write(`${line}\n`);
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(bytes < 10_000 ? 2 : 1)} kB`;
const milliseconds = (time: number) => `${time.toFixed(time < 10 ? 2 : 0)} ms`;
const ratio = (ours: number, theirs: number) => `${(theirs / ours).toFixed(theirs / ours < 10 ? 1 : 0)} x`;

/** The middle of several times, after one that does not count. */
async function timed<T>(work: () => Promise<T> | T, times = rounds): Promise<{ time: number; result: T }> {
  let result = await work();
  const all: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const start = performance.now();
    result = await work();
    all.push(performance.now() - start);
  }
  return { time: all.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0, result };
}

function row(...cells: readonly string[]): void {
  print(cells.map((cell, place) => (place === 0 ? cell.padEnd(40) : cell.padStart(15))).join(''));
}

async function expiry(): Promise<void> {
  print('Expiry of one licence');
  row('', 'bytes', 'messages');
  row('slot keys (MARKS)', '0', '0');
  for (const members of [1_000, 10_000, 100_000]) {
    const { wraps, bytes } = new LogicalKeyHierarchy(members).remove([members >> 1]);
    row(`LKH, ${members.toLocaleString('en')} members`, kilobytes(bytes), `${String(wraps)} wraps`);
  }
  row('naive re-wrap, 100,000 members', kilobytes(100 * 99_999), '99,999 wraps');
  print();
  await Promise.resolve();
}

async function grant(): Promise<void> {
  const { publicKey } = await generateKeyPair();
  const [fromSlot, untilSlot] = [now, now + 30 * day];
  const end = untilSlot;
  const pathKeys = pathKeysOf(bucketSecret(streamSecret, end), 12_345);
  const parameters = { stream, era: 1, fromSlot, untilSlot, seeds: held, recipient: publicKey };
  const licence = {
    licensee: stream,
    offerId: `0x${'22'.repeat(32)}` as const,
    leaf: { bucketEnd: end, leaf: 12_345, pathKeys }
  };
  const native = await timed(() => sealGrant({ ...parameters, ...licence }, signer, sealNatively), 200);
  const portable = await timed(() => sealGrant({ ...parameters, ...licence }, privateKeySigner(privateKey), seal), 20);
  const key = {
    recipient: publicKey,
    plaintext: new Uint8Array(32),
    info: new Uint8Array(16),
    additionalData: new Uint8Array(0)
  };
  const bare = await timed(() => sealNatively(key), 200);
  const made = native.result;
  const { signature, ...unsigned } = made;
  print('A grant for 30 days at one-minute slots, with the path keys of a leaf');
  row('', 'bytes', 'time');
  row(
    'binary, sealed and signed natively',
    String(encodeGrantSignedPart(unsigned).length + bytesOf(signature).length),
    milliseconds(native.time)
  );
  row('the same, in portable JavaScript', '', milliseconds(portable.time));
  row('as JSON', String(JSON.stringify(made).length));
  row('naive: one sealed key, unsigned', '80', milliseconds(bare.time));
  print();
}

interface Licences {
  readonly end: number;
  readonly secret: Uint8Array;
  readonly assigned: number;
}

function spread(members: number, ends: number): Licences[] {
  const step = (30 * day) / ends;
  return Array.from({ length: ends }, (_, place) => {
    const end = midnight + (place + 1) * step;
    const assigned = Math.floor(((place + 1) * members) / ends) - Math.floor((place * members) / ends);
    return { end, secret: bucketSecret(streamSecret, end), assigned };
  });
}

/** Seals a new key to everybody that is left. */
async function rewrapAll(members: number): Promise<{ time: number; bytes: number; sample: number }> {
  const { publicKey } = await generateKeyPair();
  const key = {
    recipient: publicKey,
    plaintext: new Uint8Array(32),
    info: new Uint8Array(16),
    additionalData: new Uint8Array(20)
  };
  const sample = Math.min(members, 2_000);
  const start = performance.now();
  for (let member = 0; member < sample; member += 1) await sealNatively(key);
  // Encapsulation 32, key 32, tag 16, and 20 that name the member.
  return { time: ((performance.now() - start) * members) / sample, bytes: members * 100, sample };
}

async function cutOff(): Promise<void> {
  for (const members of [1_000, 10_000, 100_000]) {
    const naive = await rewrapAll(members);
    for (const cut of [1, 100]) {
      print(`Cutting off ${String(cut)} of ${members.toLocaleString('en')}`);
      row('', 'bytes', 'time', 'bytes saved', 'time saved');
      const versus = (bytes: number, time: number) => [ratio(bytes, naive.bytes), ratio(time, naive.time)];
      for (const ends of [30, 720]) {
        const licences = spread(members, ends);
        const out = new Map<number, Set<number>>();
        while ([...out.values()].reduce((sum, set) => sum + set.size, 0) < cut) {
          const place = randomInt(ends);
          const { assigned = 0 } = licences[place] ?? {};
          if (assigned > 0) out.set(place, (out.get(place) ?? new Set()).add(randomInt(assigned)));
        }
        const buckets = licences.map(({ end, secret, assigned }, place) => ({
          end,
          secret,
          leaves: Array.from({ length: assigned }, (_, leaf) => leaf).filter(
            (leaf) => out.get(place)?.has(leaf) !== true
          )
        }));
        const parameters = { stream, era: 2, fromSlot: now, untilSlot: now + 90 * day, seeds: held, buckets };
        const { time, result } = await timed(() => makeEraChange(parameters, signer));
        if (result === undefined) continue;
        const { length } = encodeEraChange(result);
        row(`era change, ${String(ends)} ends`, kilobytes(length), milliseconds(time), ...versus(length, time));
        const last = licences.at(-1);
        if (last === undefined) continue;
        const leaf = buckets.at(-1)?.leaves[0] ?? 0;
        const mine = { bucketEnd: last.end, leaf, pathKeys: pathKeysOf(last.secret, leaf) };
        const opening = await timed(() => openEraChange(result, [mine]));
        row('  opened by the one that ends last', '', milliseconds(opening.time));
      }
      const tree = new LogicalKeyHierarchy(members);
      const leaving = Array.from({ length: cut }, (_, place) => Math.floor((place * members) / cut));
      const start = performance.now();
      const lkh = tree.remove(leaving);
      const lkhTime = performance.now() - start;
      row(
        `LKH, ${String(lkh.wraps)} wraps, members keep state`,
        kilobytes(lkh.bytes),
        milliseconds(lkhTime),
        ...versus(lkh.bytes, lkhTime)
      );
      row('naive re-wrap, HPKE to everybody', kilobytes(naive.bytes), milliseconds(naive.time), '1 x', '1 x');
      if (naive.sample < members) print(`  (time of ${naive.sample.toLocaleString('en')}, multiplied)`);
      print();
    }
  }
}

/** What a month of ends costs: LKH has to rekey at each of them. */
function monthOfEnds(): void {
  const members = 100_000;
  const tree = new LogicalKeyHierarchy(members);
  let bytes = 0;
  for (let hour = 0; hour < 720; hour += 1) {
    const [from, until] = [Math.floor((hour * members) / 720), Math.floor(((hour + 1) * members) / 720)];
    const { bytes: sent } = tree.remove(
      Array.from({ length: until - from }, (_, place) => ((from + place) * 7919) % members)
    );
    bytes += sent;
  }
  print('All of 100,000 licences end within 30 days, at full hours, nobody renews');
  row('', 'bytes', 'messages');
  row('slot keys (MARKS)', '0', '0');
  row('LKH, one batch an hour', kilobytes(bytes), '720');
  print();
}

/** A whole broker grants what was bought at once. */
async function sellAtOnce(): Promise<void> {
  const { purchases, first, last, usualWait, longestWait, idleWait } = await purchasesInOneBlock(1_000);
  print(`${purchases.toLocaleString('en')} purchases in one block, granted by a broker`);
  row('', 'time');
  row('from the block to the first grant', milliseconds(first));
  row('to the last grant', milliseconds(last));
  row('per grant, all of it', milliseconds(last / purchases));
  row('another request waited meanwhile', milliseconds(usualWait));
  row('  at most', milliseconds(longestWait));
  row('  at most with nothing to grant', milliseconds(idleWait));
  print();
}

await expiry();
await grant();
await cutOff();
monthOfEnds();
await sellAtOnce();
