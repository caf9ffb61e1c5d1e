// First thing that `npm start` runs. Uses nothing but Node: the packages may not be installed yet.
import { installWhatIsMissing, run } from './install.mjs';

await installWhatIsMissing();
await run(['--import', 'tsx', 'scripts/start/main.ts', ...process.argv.slice(2)]);
