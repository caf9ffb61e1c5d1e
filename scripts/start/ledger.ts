import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { endProcess, processCommand } from './processes.ts';

const ledgerSchema = z.array(z.object({ name: z.string(), pid: z.int().positive(), command: z.string() }));
type Entry = z.infer<typeof ledgerSchema>[number];

/** Remembers on disk which processes were started, so that the next start can end what a kill -9 left behind. */
export interface Ledger {
  add(name: string, pid: number): void;
  remove(pid: number): void;
  /** Ends every remembered process that still is the same program; returns their names. */
  endLeftovers(): Promise<string[]>;
}

export function createLedger(file: string): Ledger {
  let entries: Entry[] = read(file);
  const save = () => {
    writeFileSync(file, JSON.stringify(entries), { mode: 0o600 });
  };
  return {
    add(name, pid) {
      entries = [...entries.filter((entry) => entry.pid !== pid), { name, pid, command: processCommand(pid) }];
      save();
    },
    remove(pid) {
      entries = entries.filter((entry) => entry.pid !== pid);
      save();
    },
    async endLeftovers() {
      const left = entries.filter(({ pid, command }) => command !== '' && processCommand(pid) === command);
      await Promise.all(left.map(({ pid }) => endProcess(pid, ['SIGINT', 'SIGTERM', 'SIGKILL'], 6_000)));
      entries = [];
      save();
      return left.map(({ name }) => name);
    }
  };
}

function read(file: string): Entry[] {
  if (!existsSync(file)) return [];
  try {
    return ledgerSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // torn by a crash while it was written; what it named is found by its ports
    return [];
  }
}
