import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { indexStatusSchema } from '#sdk/protocol/discovery';
import { endProcess } from '../../start/processes.ts';

export interface IndexerProcess {
  readonly url: string;
  /** Milliseconds of `performance.now()` at its first answer over HTTP. */
  readonly began: number;
  /** Fulfilled when this block is visible. */
  indexed(block: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the indexer as a process of its own, and waits until it answers. */
export async function startIndexer(environment: NodeJS.ProcessEnv, url: string): Promise<IndexerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'indexer/main.ts'], {
    env: { ...process.env, ...environment },
    stdio: 'ignore'
  });
  const ask = async (path: string) => {
    try {
      return await fetch(url + path);
    } catch {
      return null;
    }
  };
  while ((await ask('/health')) === null) await sleep(5);
  return {
    url,
    began: performance.now(),
    async indexed(block) {
      for (;;) {
        const answer = await ask('/v1/status');
        if (answer?.ok === true && (indexStatusSchema.parse(await answer.json()).indexed?.number ?? -1) >= block)
          return;
        await sleep(20);
      }
    },
    stop: () => endProcess(child.pid ?? 0, ['SIGTERM', 'SIGKILL'], 6_000)
  };
}
