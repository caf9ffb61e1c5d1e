import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EraChange } from '#sdk/protocol/era-change';
import { encodeEraChange } from '#sdk/protocol/era-change-encoding';
import type { Grant } from '#sdk/protocol/grant';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { type NatsServer, natsServerMissing, startNatsServer } from '../../../../test/nats-server.ts';
import { JetStreamSealedLog } from './jetstream-sealed-log.ts';
import { NatsLink } from './nats-link.ts';

const genesisHash = `0x${'ef'.repeat(32)}` as const;
const logger = pino({ level: 'silent' });
const hex = (bytes: number): Hex => `0x${randomBytes(bytes).toString('hex')}`;
const missing = natsServerMissing();
if (missing !== null) console.warn(missing);

describe.skipIf(missing !== null)('grants and era changes in JetStream', () => {
  let directory: string;
  let server: NatsServer;
  const links: NatsLink[] = [];
  const logs: JetStreamSealedLog[] = [];

  const open = async (): Promise<JetStreamSealedLog> => {
    const nats = new NatsLink(server.url, undefined, logger);
    links.push(nats);
    const log = new JetStreamSealedLog({ nats, genesisHash, replicas: 1, logger });
    logs.push(log);
    await log.prepare();
    return log;
  };
  const grantOf = (stream: Address, licensee: Address, changes: Partial<Grant> = {}): Grant => ({
    version: 1,
    stream,
    era: 0,
    fromSlot: 10,
    untilSlot: 20,
    licensee,
    offerId: `0x${'11'.repeat(32)}`,
    recipient: `0x${'22'.repeat(32)}`,
    encapsulation: hex(32),
    ciphertext: hex(100),
    issuer: `0x${'33'.repeat(20)}`,
    signature: hex(65),
    ...changes
  });
  const changeOf = (stream: Address, era: number, buckets: number): EraChange => ({
    version: 1,
    stream,
    era,
    fromSlot: 5,
    untilSlot: 10_000_000,
    salt: hex(16),
    buckets: Array.from({ length: buckets }, (_, bucket) => ({
      end: (bucket + 1) * 60,
      sealed: randomBytes(2 + 37 + 16),
      wraps: [{ node: { level: 0, index: 0 }, wrapped: randomBytes(16) }]
    })),
    issuer: `0x${'33'.repeat(20)}`,
    signature: hex(65)
  });

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tributary-nats-'));
    server = await startNatsServer({ directory });
  });
  afterAll(async () => {
    for (const log of logs) await log.stop();
    for (const nats of links) await nats.stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('keeps the first grant for a range and recipient, whichever broker stores it', async () => {
    const [ours, theirs] = [await open(), await open()];
    const [stream, licensee] = [hex(20), hex(20)];
    const first = grantOf(stream, licensee);
    const [one, other] = await Promise.all([
      ours.appendGrant(first),
      theirs.appendGrant({ ...first, ciphertext: hex(100) })
    ]);
    expect([one, other].sort()).toEqual([false, true]);
    expect(await theirs.appendGrant(first)).toBe(false);
    const later = grantOf(stream, licensee, { fromSlot: 20, untilSlot: 30 });
    expect(await theirs.appendGrant(later)).toBe(true);
    expect(await theirs.appendGrant(grantOf(stream, hex(20)))).toBe(true);
    const stored = await ours.grants(stream, licensee);
    expect(stored.map(({ fromSlot }) => fromSlot)).toEqual([10, 20]);
    expect(stored[1]).toEqual(later);
    expect(await ours.grants(hex(20), licensee)).toEqual([]);
  });

  it('gives the newest thousand grants of a licensee, oldest first', async () => {
    const log = await open();
    const [stream, licensee] = [hex(20), hex(20)];
    await Promise.all(
      Array.from({ length: 1_010 }, (_, era) => log.appendGrant(grantOf(stream, licensee, { era, fromSlot: era })))
    );
    const stored = await log.grants(stream, licensee);
    expect(stored.map(({ era }) => era)).toEqual(Array.from({ length: 1_000 }, (_, place) => place + 10));
  });

  it('keeps era changes of any size, the first of each era and slot', async () => {
    const [ours, theirs] = [await open(), await open()];
    const stream = hex(20);
    const [small, large] = [changeOf(stream, 1, 3), changeOf(stream, 2, 9_000)];
    expect(encodeEraChange(large).length).toBeGreaterThan(512 * 1024);
    expect(await ours.appendEraChange(small)).toBe(true);
    expect(await ours.appendEraChange(large)).toBe(true);
    expect(await theirs.appendEraChange(large)).toBe(false);
    expect(await theirs.appendEraChange(changeOf(stream, 2, 4))).toBe(false);
    const stored = await theirs.eraChanges(stream);
    expect(stored.map((change) => Buffer.from(encodeEraChange(change)).toString('hex'))).toEqual(
      [small, large].map((change) => Buffer.from(encodeEraChange(change)).toString('hex'))
    );
  });

  it('tells every broker of what any of them stored, large era changes too', async () => {
    const [ours, theirs] = [await open(), await open()];
    const [stream, licensee] = [hex(20), hex(20)];
    const told = { grants: [] as Grant[], eras: [] as number[], missed: 0 };
    const end = await theirs.follow({
      grant: (grant) => told.grants.push(grant),
      eraChange: (change) => told.eras.push(change.era),
      missed: () => (told.missed += 1)
    });
    const grant = grantOf(stream, licensee);
    await ours.appendGrant(grant);
    await ours.appendEraChange(changeOf(stream, 7, 9_000));
    await ours.appendEraChange(changeOf(stream, 8, 1));
    await expect.poll(() => new Set(told.eras)).toEqual(new Set([7, 8]));
    expect(told.grants).toEqual([grant]);
    expect(told.missed).toBe(0);
    end();
    await ours.appendGrant(grantOf(stream, licensee, { era: 1 }));
    await theirs.appendGrant(grantOf(stream, licensee, { era: 2 }));
    expect(told.grants).toEqual([grant]);
  });

  it('says that something may have been missed after the server was away', async () => {
    const log = await open();
    let missed = 0;
    await log.follow({ grant: () => undefined, eraChange: () => undefined, missed: () => (missed += 1) });
    const port = Number(new URL(server.url).port);
    await server.kill();
    await expect(log.grants(hex(20), hex(20))).rejects.toMatchObject({ status: 503 });
    server = await startNatsServer({ directory, port });
    await expect.poll(() => missed, { timeout: 10_000 }).toBeGreaterThan(0);
    const grant = grantOf(hex(20), hex(20));
    expect(await log.appendGrant(grant)).toBe(true);
    expect(await log.grants(grant.stream, grant.licensee)).toEqual([grant]);
  });
});
