import { spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { localMnemonic } from './accounts.ts';
import { PlatformUnsupportedError, StartError } from './errors.ts';
import { endProcess } from './processes.ts';

export interface ChainOptions {
  readonly port: number;
  /** Seconds between blocks; absent: a block per transaction. */
  readonly blockTime?: number;
  /** File that keeps the chain between runs; written every few seconds and at the end. */
  readonly stateFile?: string;
  /** File for anvil's output; absent: thrown away. */
  readonly logFile?: string;
}

export interface RunningChain {
  /** JSON-RPC over HTTP, and with ws:// over WebSocket. */
  readonly url: string;
  readonly pid: number;
  /** Fulfilled when the chain is gone, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** The native program inside Foundry's npm package: ending npm's wrapper would leave the program running. */
export function foundryBinary(tool: 'anvil' | 'forge'): string {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  try {
    const manifest = require.resolve(`@foundry-rs/${tool}-${process.platform}-${arch}/package.json`);
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? `${tool}.exe` : tool);
  } catch {
    throw new PlatformUnsupportedError(tool, 'Set CHAIN_URL to the JSON-RPC of a chain of your own.');
  }
}

/**
 * Starts anvil, a real EVM chain of one node, on loopback.
 *
 * @throws {@link PlatformUnsupportedError} where npm has no build; {@link StartError} when it ends or does not answer.
 */
export async function startChain(options: ChainOptions): Promise<RunningChain> {
  const url = `http://127.0.0.1:${String(options.port)}`;
  const log = options.logFile === undefined ? 'ignore' : openSync(options.logFile, 'a', 0o600);
  const kept = options.stateFile === undefined ? undefined : prepareState(options.stateFile);
  const child = spawn(
    foundryBinary('anvil'),
    [
      ...[
        '--quiet',
        '--host',
        '127.0.0.1',
        '--port',
        String(options.port),
        '--mnemonic',
        localMnemonic,
        '--hardfork',
        'osaka'
      ],
      // finality in tens of blocks rather than hundreds, so that what waits for it can be seen
      ...['--slots-in-an-epoch', '32'],
      ...(kept === undefined
        ? options.blockTime === undefined
          ? []
          : ['--block-time', String(options.blockTime)]
        : ['--state', kept.stateFile, '--state-interval', '10', '--timestamp', String(kept.genesis)])
    ],
    { stdio: ['ignore', log, log], detached: true }
  );
  if (typeof log === 'number') closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => {
      reject(new StartError(`The chain could not be started: ${error.message}`));
    });
    child.once('exit', (code) => {
      reject(new StartError(`The chain ended with code ${String(code)}. Its log says why.`));
    });
  });
  await Promise.race([call(url, 'eth_chainId'), failed]);
  failed.catch(() => undefined);
  if (kept !== undefined) {
    await call(url, 'evm_setTime', Math.floor(Date.now() / 1000));
    if (options.blockTime !== undefined) await call(url, 'evm_setIntervalMining', options.blockTime);
  }
  child.unref();
  const pid = child.pid ?? 0;
  return { url, pid, ended, stop: () => endProcess(pid, ['SIGINT', 'SIGTERM', 'SIGKILL'], 10_000) };
}

/**
 * Makes a kept chain ready to be loaded. anvil makes a genesis block of its own at every start; given the time of the
 * first one it makes the same again, so that the chain stays one chain. A state that was torn while it was written is
 * replaced by the one before.
 */
function prepareState(stateFile: string): { readonly stateFile: string; readonly genesis: number } {
  const folder = dirname(stateFile);
  const genesisFile = join(folder, 'genesis-time');
  const previous = `${stateFile}.previous`;
  mkdirSync(folder, { recursive: true });
  if (existsSync(stateFile) && !isWhole(stateFile)) {
    rmSync(stateFile);
    if (existsSync(previous)) copyFileSync(previous, stateFile);
  }
  if (existsSync(stateFile)) copyFileSync(stateFile, previous);
  if (!existsSync(stateFile) || !existsSync(genesisFile)) {
    rmSync(stateFile, { force: true });
    writeFileSync(genesisFile, String(Math.floor(Date.now() / 1000)));
  }
  return { stateFile, genesis: Number(readFileSync(genesisFile, 'utf8')) };
}

/** Whether the JSON in a file has its end; a chain's state is too large to be parsed for that. */
function isWhole(file: string): boolean {
  const { size } = statSync(file);
  if (size < 2) return false;
  const descriptor = openSync(file, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(descriptor, last, 0, 1, size - 1);
    return last.toString() === '}';
  } finally {
    closeSync(descriptor);
  }
}

/** Calls the chain, waiting for it to listen. */
async function call(url: string, method: string, ...parameters: unknown[]): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: parameters })
      });
      if (response.ok) return;
    } catch {
      // not listening yet
    }
    await sleep(50);
  }
  throw new StartError(`The chain did not answer at ${url} within half a minute.`);
}
