import { Worker } from 'node:worker_threads';

/**
 * Starts a file of TypeScript in a thread of its own, with an empty environment.
 *
 * @param file URL of the file: `new URL('./some-thread.ts', import.meta.url)`.
 * @param data What the thread finds as `workerData.data`.
 */
export function startThread(file: URL, data?: unknown): Worker {
  return new Worker(new URL('./boot.mjs', import.meta.url), {
    workerData: { file: file.href, data },
    env: {},
    execArgv: []
  });
}
