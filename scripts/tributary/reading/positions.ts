import { join } from 'node:path';
import { z } from 'zod';
import type { Market } from '#sdk/actions/connect-market';
import type { Address } from '#sdk/protocol/primitives';
import { readPrivateFile, writePrivateFile } from '../keystore/private-file.ts';

const positionSchema = z.object({ next: z.int().min(0) });
/** Milliseconds between two writes. */
const pause = 1_000;

/** How far a partition was read, kept between runs. */
export interface Position {
  /** Offset to begin with; undefined the first time. */
  readonly start: number | undefined;
  /** An event was shown. @param waiting Whether it is locked and its key may still come. */
  shown(offset: number, waiting: boolean): Promise<void>;
  /** Writes what is not on disk yet. */
  save(): Promise<void>;
}

/**
 * Opens the position of a partition on a market. Every event is shown at least once: what waits for its key is shown
 * again by the next run, as is what came within the last second before a run was killed.
 */
export async function openPosition(
  home: string,
  market: Market,
  stream: Address,
  partition: number
): Promise<Position> {
  const { genesisHash } = market.deployment;
  const file = join(home, 'positions', genesisHash.slice(2, 18), `${stream}-${String(partition)}.json`);
  const start = parse(await readPrivateFile(file));
  let next = start ?? 0;
  const waiting = new Set<number>();
  let written = start;
  let writtenAt = 0;

  const save = async () => {
    const position = Math.min(next, ...waiting);
    if (position === written) return;
    await writePrivateFile(file, `${JSON.stringify({ next: position })}\n`);
    written = position;
    writtenAt = Date.now();
  };
  return {
    start,
    shown: async (offset, isWaiting) => {
      next = Math.max(next, offset + 1);
      if (isWaiting) waiting.add(offset);
      else waiting.delete(offset);
      // The oldest are given up: no licence opens what lies so far back.
      if (waiting.size > 1_000) waiting.delete(Math.min(...waiting));
      if (Date.now() - writtenAt >= pause) await save();
    },
    save
  };
}

function parse(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return positionSchema.safeParse(JSON.parse(text)).data?.next;
  } catch {
    // Half a file cannot be: it was changed by hand. Begin as if there were none.
    return undefined;
  }
}
