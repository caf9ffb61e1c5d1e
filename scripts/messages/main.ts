import { compileMessages } from './compile-messages.ts';

console.log((await compileMessages()) ? 'The messages were compiled.' : 'The messages are up to date.');
// The compiler leaves timers behind, for which the process would wait half a minute.
process.exit(0);
