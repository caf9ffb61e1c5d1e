import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StartError } from './errors.ts';
import { freePorts } from './ports.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';
import { processIsAlive } from './processes.ts';

describe('Postgres on a folder', () => {
  let directory: string;
  let postgres: RunningPostgres;
  let bystander: ChildProcess;

  const start = async (): Promise<RunningPostgres> => {
    const [port = 0] = await freePorts(1);
    return startPostgres({ directory: join(directory, 'postgres'), port, durable: false });
  };
  const ask = async (url: string, question: string): Promise<unknown> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<{ answer: unknown }>(question)).rows[0]?.answer;
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tributary-postgres-'));
    // the account that runs Postgres must be able to pass through
    chmodSync(directory, 0o711);
    bystander = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    postgres = await start();
    await ask(postgres.url, 'create table kept as select 7 as answer');
  });

  afterAll(async () => {
    bystander.kill('SIGKILL');
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is started once: who comes second is refused, and the first goes on', async () => {
    await expect(start()).rejects.toThrow(
      new RegExp(`process ${String(postgres.pid)}.*already runs.*kill ${String(process.pid)}`)
    );
    await expect(start()).rejects.toThrow(StartError);
    expect(await ask(postgres.url, 'select answer from kept')).toBe(7);
  });

  it('is ended and started anew where the program that used it is gone', async () => {
    const left = postgres;
    writeFileSync(join(directory, 'postgres', 'owner.json'), JSON.stringify({ pid: left.pid }));
    postgres = await start();
    await left.ended;
    expect(await ask(postgres.url, 'select answer from kept')).toBe(7);
  });

  it('is started while sessions of a server that was killed are still ending', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    const broken = new Promise((resolve) => client.once('end', resolve));
    await client.connect();
    process.kill(postgres.pid, 'SIGKILL');
    await postgres.ended;
    postgres = await start();
    await broken;
    expect(await ask(postgres.url, 'select answer from kept')).toBe(7);
  });

  it('is started where its lock holds the number of a process that ended, and whose parent never asked how', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const ended = Number(line.toString());
      await expect.poll(() => processIsAlive(ended)).toBe(false);
      await postgres.stop();
      writeFileSync(
        join(directory, 'postgres', 'data', 'postmaster.pid'),
        `${String(ended)}\n${join(directory, 'postgres', 'data')}\n`
      );
      postgres = await start();
      expect(await ask(postgres.url, 'select answer from kept')).toBe(7);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it.each([
    ['the number of another program', () => `${String(bystander.pid)}\n${join(directory, 'postgres', 'data')}\n`],
    ['nothing', () => '']
  ])('is started where its lock holds %s, which is left alone', async (_, text) => {
    await postgres.stop();
    writeFileSync(join(directory, 'postgres', 'data', 'postmaster.pid'), text());
    postgres = await start();
    expect(await ask(postgres.url, 'select answer from kept')).toBe(7);
    expect(processIsAlive(bystander.pid ?? 0)).toBe(true);
  });
});
