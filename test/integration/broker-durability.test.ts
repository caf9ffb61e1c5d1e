import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { eventFromJson } from '#sdk/protocol/event-json';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import {
  bearer,
  type BrokerMarket,
  encryptedEvent,
  openSession,
  SocketClient,
  startBrokerMarket
} from '../broker-market.ts';

const owner = privateKeySigner(localPrivateKey(1));
const frames = 60;
const perFrame = 20;

let market: BrokerMarket;
let url: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  writeFileSync(join(market.directory, 'deployment.json'), JSON.stringify(market.deployment));
  url = `http://127.0.0.1:${market.environment['BROKER_PORT'] ?? ''}`;
});

afterAll(async () => {
  await kill('SIGKILL');
  await market.stop();
});

async function startProcess(): Promise<void> {
  child = spawn(process.execPath, ['--import', 'tsx', 'broker/main.ts'], {
    env: { ...process.env, ...market.environment },
    stdio: ['ignore', 'ignore', 'inherit']
  });
  for (;;) {
    const ready = await fetch(`${url}/ready`).catch(() => null);
    if (ready?.status === 200) return;
    await sleep(50);
  }
}

/** @returns the exit code, null after a signal. */
function kill(signal: NodeJS.Signals): Promise<number | null> {
  const ending = child;
  child = undefined;
  if (ending === undefined || ending.exitCode !== null) return Promise.resolve(ending?.exitCode ?? null);
  return new Promise((resolve) => {
    ending.once('exit', resolve);
    ending.kill(signal);
  });
}

it('keeps every acknowledged event, once and in order, through kill -9 under load', async () => {
  const stream = (await market.actors.createStream(market.actors.account(1), 'Endangered')).toLowerCase() as Address;
  const root = randomBytes(32);
  const events = await Promise.all(
    Array.from({ length: frames * perFrame }, (_, sequence) => encryptedEvent(stream, owner, root, { sequence }))
  );
  const encoded = events.map(encodeEvent);
  /** Sequence of the event -> offset that was acknowledged. */
  const acknowledged = new Map<number, number>();
  await startProcess();
  let kills = 0;
  for (let frame = 0; frame < frames;) {
    const client = await SocketClient.connect(url).catch(() => null);
    if (client === null) continue;
    try {
      // Several frames are on their way when the process dies; after it, all that was not acknowledged is sent again.
      while (frame < frames) {
        const sent = [0, 1, 2, 3].filter((ahead) => frame + ahead < frames);
        const answers = sent.map((ahead) => {
          const first = (frame + ahead) * perFrame;
          return client.publish(encoded.slice(first, first + perFrame)).then((results) => {
            for (const [place, result] of results.entries()) {
              if ('problem' in result) throw new TypeError(JSON.stringify(result.problem));
              const before = acknowledged.get(first + place);
              // An event acknowledged twice has one offset.
              if (before !== undefined) expect(result.offset).toBe(before);
              acknowledged.set(first + place, result.offset);
            }
          });
        });
        if (frame > 0 && frame % 20 === 0 && kills < frame / 20) {
          kills += 1;
          const settled = Promise.allSettled(answers);
          await sleep(kills * 3);
          await kill('SIGKILL');
          await settled;
          await startProcess();
          break;
        }
        await Promise.all(answers);
        frame += sent.length;
      }
    } finally {
      client.close();
    }
  }
  expect(kills).toBe(2);

  const headers = bearer(await openSession(url, localPrivateKey(1)));
  const history = await fetch(`${url}/v1/streams/${stream}/events?fromOffset=0&limit=100000`, { headers });
  const lines = (await history.text()).trim().split('\n');
  const stored = lines.map((line) => JSON.parse(line) as { offset: number; event: unknown });
  expect(stored.map((record) => record.offset)).toEqual(events.map((_, offset) => offset));
  const sequences = stored.map((record) => eventFromJson(record.event).sequence);
  expect(sequences).toEqual(events.map((_, sequence) => sequence));
  expect([...acknowledged].sort(([a], [b]) => a - b)).toEqual(events.map((_, place) => [place, place]));
});

it('ends by itself when asked to, within its time', async () => {
  const client = await SocketClient.connect(url);
  expect(await kill('SIGTERM')).toBe(0);
  expect((await client.untilClosed()).code).toBe(1001);
});
