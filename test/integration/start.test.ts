import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts, portIsFree } from '../../scripts/start/ports.ts';
import { processIsAlive } from '../../scripts/start/processes.ts';

interface Run {
  readonly child: ChildProcess;
  output(): string;
  /** Exit code, once it ended. */
  readonly code: Promise<number | null>;
}

let directory: string;
let ports: number[];
let environment: Record<string, string>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tributary-start-'));
  chmodSync(directory, 0o711);
  ports = await freePorts(5);
  const names = ['PORT', 'CHAIN_PORT', 'DATABASE_PORT', 'BROKER_PORT', 'INDEXER_PORT'];
  environment = {
    DATA_DIRECTORY: join(directory, 'data'),
    LIVE_SOURCES: 'none',
    SUBGRAPH_URL: 'http://127.0.0.1:9/subgraph',
    OTHER_BROKER_URLS: 'https://one.example/broker,https://two.example',
    ...Object.fromEntries(names.map((name, index) => [name, String(ports[index])]))
  };
});

afterAll(async () => {
  for (const { pid } of processes()) {
    if (processIsAlive(pid)) process.kill(pid, 'SIGKILL');
  }
  await sleep(200);
  rmSync(directory, { recursive: true, force: true });
});

function start(...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/start/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment }
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, code: new Promise((resolve) => child.once('close', resolve)) };
}

async function opened(run: Run): Promise<void> {
  const ended = run.code.then((code) => {
    throw new RangeError(`ended with ${String(code)}:\n${run.output()}`);
  });
  const open = async () => {
    while (!run.output().includes('Tributary is open')) await sleep(100);
  };
  await Promise.race([open(), ended]);
}

function processes(): { name: string; pid: number }[] {
  const file = join(environment['DATA_DIRECTORY'] ?? '', 'processes.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { name: string; pid: number }[]) : [];
}

async function get(path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${environment['PORT'] ?? ''}${path}`);
  expect(response.status).toBe(200);
  return response.json();
}

describe('npm start', { timeout: 240_000 }, () => {
  it('opens a market, survives a kill -9 of everything but Postgres, goes on with the same data, and ends whole', async () => {
    const first = start();
    await opened(first);
    const before = await get('/market.json');
    expect(before).toMatchObject({ otherBrokerUrls: ['https://one.example/broker', 'https://two.example'] });
    const page = await fetch(`http://127.0.0.1:${environment['PORT'] ?? ''}/`);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toMatch(/connect-src [^;]*'self' [^;]*wss:\/\/two\.example/);
    expect(policy).not.toMatch(/unsafe-(?:inline|eval)/);
    expect(await page.text()).not.toMatch(/<[^>]* style=/);
    const names = processes().map(({ name }) => name);
    expect(names.sort()).toEqual(['Postgres', 'broker', 'chain', 'indexer', 'web']);

    const second = start();
    expect(await second.code).toBe(1);
    expect(second.output()).toContain(`A market already runs on this data folder (process ${String(first.child.pid)})`);

    const left = processes();
    // anvil writes its state every ten seconds
    await sleep(11_000);
    first.child.kill('SIGKILL');
    for (const { name, pid } of left) if (name !== 'Postgres') process.kill(pid, 'SIGKILL');
    await first.code;

    const again = start();
    await opened(again);
    expect(again.output()).toMatch(/Ended what an earlier run left behind: .*Postgres/);
    expect(again.output()).toContain('as deployed before');
    expect(await get('/market.json')).toEqual(before);

    const running = processes();
    const broker = running.find(({ name }) => name === 'broker');
    process.kill(broker?.pid ?? 0, 'SIGKILL');
    while (!again.output().includes('broker ended (SIGKILL) and is started again')) await sleep(50);

    again.child.kill('SIGINT');
    expect(await again.code).toBe(0);
    for (const { name, pid } of [...running, ...processes()]) {
      expect({ name, alive: processIsAlive(pid) }).toEqual({ name, alive: false });
    }
    for (const port of ports) expect(await portIsFree(port)).toBe(true);
  });

  it('keeps secrets in files that only their owner can read', () => {
    const data = environment['DATA_DIRECTORY'] ?? '';
    for (const path of [
      'issuer',
      'postgres',
      'postgres/password',
      'processes.json',
      'logs/broker.log',
      'attestor.key'
    ]) {
      expect({ path, others: statSync(join(data, path)).mode & 0o077 }).toEqual({ path, others: 0 });
    }
  });

  it('says which port is taken, and how to choose another', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(Number(environment['PORT']), '127.0.0.1', resolve));
    const run = start();
    const code = await run.code;
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(1);
    expect(run.output()).toContain(`Port ${environment['PORT'] ?? ''} is taken by another program.`);
    expect(run.output()).toContain('PORT=');
  });

  it('takes over a lock whose process is gone or is another program', async () => {
    writeFileSync(join(environment['DATA_DIRECTORY'] ?? '', 'lock'), JSON.stringify({ pid: process.pid }));
    const run = start('--fresh');
    await opened(run);
    expect(run.output()).toContain('all data removed');
    run.child.kill('SIGTERM');
    expect(await run.code).toBe(0);
  });

  it('says what is wrong with the configuration', async () => {
    environment['CONFIRMATIONS'] = 'many';
    const run = start();
    expect(await run.code).toBe(1);
    delete environment['CONFIRMATIONS'];
    expect(run.output()).toContain('CONFIRMATIONS');
    expect(run.output()).not.toContain('at ');
  });
});
