import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
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
  stop(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** The native program inside Foundry's npm package: ending npm's wrapper would leave the program running. */
export function foundryBinary(tool: 'anvil' | 'forge' | 'cast'): string {
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
  if (options.stateFile !== undefined) mkdirSync(dirname(options.stateFile), { recursive: true });
  const child = spawn(
    foundryBinary('anvil'),
    [
      ...['--host', '127.0.0.1', '--port', String(options.port), '--mnemonic', localMnemonic, '--hardfork', 'osaka'],
      // finality in tens of blocks rather than hundreds, so that what waits for it can be seen
      ...['--slots-in-an-epoch', '32'],
      ...(options.blockTime === undefined ? [] : ['--block-time', String(options.blockTime)]),
      ...(options.stateFile === undefined ? [] : ['--state', options.stateFile, '--state-interval', '5'])
    ],
    { stdio: ['ignore', log, log], detached: true }
  );
  if (typeof log === 'number') closeSync(log);
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => {
      reject(new StartError(`The chain could not be started: ${error.message}`));
    });
    child.once('exit', (code) => {
      reject(new StartError(`The chain ended with code ${String(code)}. Its log says why.`));
    });
  });
  await Promise.race([answers(url), failed]);
  failed.catch(() => undefined);
  child.unref();
  const pid = child.pid ?? 0;
  return { url, pid, stop: () => endProcess(pid, ['SIGINT', 'SIGTERM', 'SIGKILL'], 10_000) };
}

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
      });
      if (response.ok) return;
    } catch {
      // not listening yet
    }
    await sleep(50);
  }
  throw new StartError(`The chain did not answer at ${url} within half a minute.`);
}
