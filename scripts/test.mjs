// First thing that `npm test` runs. Uses nothing but Node: the packages may not be installed yet.
import { installWhatIsMissing, run } from './install.mjs';

await installWhatIsMissing();
await run(['--import', 'tsx', 'scripts/test/main.ts', ...process.argv.slice(2)]);
