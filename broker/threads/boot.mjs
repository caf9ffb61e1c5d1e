// First thing that runs in a thread. Node 20 hands the loader of the main thread to no other one, and `--import` does not
// bring it there either, so the thread registers it by itself before it loads TypeScript.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.file);
