import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { StartError } from './errors.ts';
import { endProcess, processCommand, processesIn, processExists, processIsAlive } from './processes.ts';

const ownerSchema = z.object({ pid: z.int().positive() });
/** Commands of Node, which every program that starts a server runs on; it may have changed its title since. */
const nodeCommand = /^(?:\S*[/\\])?node(?:\.exe)?(?:\s|$)/;

/** Milliseconds for which what is left of a server may take to end. */
const patience = 10_000;

/** A folder with the data of a Postgres: two servers on one would destroy it. */
export class DataFolder {
  readonly path: string;
  private readonly lockFile: string;
  private readonly ownerFile: string;

  /** @param home Holds the data and what belongs to them. */
  constructor(home: string) {
    this.path = join(home, 'data');
    this.lockFile = join(this.path, 'postmaster.pid');
    this.ownerFile = join(home, 'owner.json');
  }

  /** Remembers that a server which is started now belongs to this process. */
  own(): void {
    writeFileSync(this.ownerFile, JSON.stringify({ pid: process.pid }), { mode: 0o600 });
  }

  /**
   * Ends the server that a killed program left on the folder, if there is one.
   *
   * @throws {@link StartError} where a server runs there that somebody uses, or that does not end.
   */
  async release(): Promise<void> {
    if (!existsSync(this.lockFile)) return;
    const server = Number(readFileSync(this.lockFile, 'utf8').split('\n', 1)[0]);
    const isNumber = Number.isSafeInteger(server) && server > 1;
    if (isNumber && processIsAlive(server) && this.isServer(server)) await this.end(server);
    await this.untilDeserted();
    // Postgres takes the lock of a server that died over by itself, having looked for what shares its memory. It does
    // not where the lock holds no number, or that of a process which by now is another program, or has ended and is
    // still known to the system.
    if (!isNumber || processExists(server)) rmSync(this.lockFile, { force: true });
  }

  /** Whether a process that lives may be the server of this folder. */
  private isServer(pid: number): boolean {
    const command = processCommand(pid);
    if (command.includes('postgres') && command.includes(this.path)) return true;
    if (command !== '' && !command.includes('postgres')) return false;
    throw new StartError(
      `${this.lockFile} names process ${String(pid)}, of which it cannot be told whether it is a Postgres on these ` +
        'data. End it if it is; if not, remove that file. Then start again.'
    );
  }

  private async end(server: number): Promise<void> {
    const owner = this.owner();
    if (owner !== undefined) {
      throw new StartError(
        `A Postgres (process ${String(server)}) already runs on ${this.path} for process ${String(owner)}. End that ` +
          `one first: kill ${String(owner)}`
      );
    }
    // SIGINT is Postgres' fast shutdown, SIGQUIT its immediate one
    await endProcess(server, ['SIGINT', 'SIGQUIT', 'SIGKILL'], patience);
    if (processIsAlive(server)) {
      throw new StartError(`The Postgres on ${this.path} (process ${String(server)}) does not end. End it yourself.`);
    }
  }

  /** The program that started the server; undefined where it is gone. */
  private owner(): number | undefined {
    if (!existsSync(this.ownerFile)) return undefined;
    const owner = ownerSchema.safeParse(parseJson(readFileSync(this.ownerFile, 'utf8')));
    if (!owner.success) return undefined;
    const { pid } = owner.data;
    return processIsAlive(pid) && nodeCommand.test(processCommand(pid)) ? pid : undefined;
  }

  /** Sessions outlive a server that was killed by a moment, and write until they notice. */
  private async untilDeserted(): Promise<void> {
    const folder = realpathSync(this.path);
    let left = processesIn(folder);
    for (const end = Date.now() + patience; left.length > 0 && Date.now() < end;) {
      await sleep(20);
      left = processesIn(folder);
    }
    if (left.length === 0) return;
    throw new StartError(
      `Processes still work in ${folder}: ${left.join(', ')}. End them, then start again: kill ${left.join(' ')}`
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // half-written by a process that was killed
    return undefined;
  }
}
