import { exitCodes } from './exit-codes.ts';
import { findInstallation } from './installation.ts';
import { runTributary } from './run.ts';

/** The command line as a process. */
const interruption = new AbortController();
let orderly = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second time, and where a command does not look at it: at once.
    if (!orderly || interruption.signal.aborted) process.exit(exitCodes.interrupted);
    interruption.abort();
  });
}
// Whoever read the output has read enough, such as `head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.refused);
});

const code = await runTributary({
  words: process.argv.slice(2),
  version: findInstallation().version,
  input: process.stdin,
  out: process.stdout,
  err: process.stderr,
  environment: process.env,
  interrupted: () => {
    orderly = true;
    return interruption.signal;
  }
});
// What is still written goes out first; connections that are kept alive would hold the process.
process.stdout.write('', () => process.exit(code));
