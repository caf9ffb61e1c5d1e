import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './errors.ts';
import type { Ledger } from './ledger.ts';

const largestLog = 20 * 1024 * 1024;
const crashesAllowed = 5;
const crashWindow = 60_000;

export interface ServiceOptions {
  readonly name: string;
  /** Program to run, relative to the project. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly ledger: Ledger;
  /** Answers 200 once the service does its work; absent: it counts as started when it runs. */
  readonly readyUrl?: string;
  /** Told about crashes, in words. */
  readonly note: (line: string) => void;
}

export interface Service {
  readonly name: string;
  stop(): Promise<void>;
}

/**
 * Runs one of the market's own programs as a process, its output in a log file, and starts it again when it crashes;
 * a program that keeps crashing is left alone, said aloud.
 *
 * @throws {@link StartError} when it does not become ready
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  let stopping = false;
  let child: ChildProcess | undefined;
  const crashes: number[] = [];
  const launch = (): void => {
    rotate(options.logFile);
    const log = openSync(options.logFile, 'a', 0o600);
    const started = spawn(process.execPath, ['--import', 'tsx', options.entry], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...options.environment },
      // Ctrl-C reaches only the parent, which ends the parts in order
      detached: process.platform !== 'win32'
    });
    closeSync(log);
    child = started;
    const { pid } = started;
    if (pid !== undefined) options.ledger.add(options.name, pid);
    started.once('exit', (code, signal) => {
      if (pid !== undefined) options.ledger.remove(pid);
      if (stopping) return;
      const now = Date.now();
      crashes.push(now);
      const recent = crashes.filter((time) => time > now - crashWindow).length;
      const how = signal === null ? `code ${String(code)}` : signal;
      if (recent > crashesAllowed) {
        options.note(`${options.name} ended again (${how}) and stays down. Its log says why: ${options.logFile}`);
        return;
      }
      options.note(`${options.name} ended (${how}) and is started again.`);
      setTimeout(() => {
        if (!stopping) launch();
      }, 500 * recent);
    });
  };
  launch();
  if (options.readyUrl !== undefined) await ready(options, options.readyUrl, () => crashes.length);
  return {
    name: options.name,
    stop: async () => {
      stopping = true;
      const running = child;
      if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      running.kill('SIGTERM');
      const ended = await Promise.race([gone.then(() => true), sleep(6_000, false, { ref: false })]);
      if (!ended) {
        running.kill('SIGKILL');
        await gone;
      }
    }
  };
}

async function ready(options: ServiceOptions, url: string, crashes: () => number): Promise<void> {
  let last = 'no answer';
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    if (crashes() > crashesAllowed) break;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) return;
      last = (await response.text()).slice(0, 300);
    } catch {
      // not listening yet
    }
    await sleep(50);
  }
  throw new StartError(`${options.name} did not become ready (${last}). The end of its log: ${tail(options.logFile)}`);
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-3).join('\n') : '(empty)';
}

function rotate(file: string): void {
  if (existsSync(file) && statSync(file).size > largestLog) renameSync(file, `${file}.1`);
}
