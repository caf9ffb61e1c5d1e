// Installs the packages when they are missing or not those of the lockfile. Uses nothing but Node.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
// not by name: an old Node, which is to be told so, has no statfsSync
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const oldestNode = [20, 19];
const neededBytes = 3 * 1024 ** 3;

/** Ends the process with a sentence that says what to do. */
function giveUp(sentence) {
  console.error(`\n${sentence}\n`);
  process.exit(1);
}

export async function installWhatIsMissing() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    giveUp(`Node ${process.versions.node} is too old. Install Node ${oldestNode.join('.')} or newer, then try again.`);
  }
  const lock = createHash('sha256')
    .update(fs.readFileSync('package-lock.json'))
    .update(`${process.platform} ${process.arch} ${String(major)}`)
    .digest('hex');
  const marker = join('node_modules', '.tributary-installed');
  if (fs.existsSync(marker) && fs.readFileSync(marker, 'utf8') === lock) return;
  const { bavail, bsize } = fs.statfsSync(root);
  if (bavail * bsize < neededBytes) {
    giveUp(
      'Less than 3 GB are free on this disk, which the packages and the data need. Free some space, then try again.'
    );
  }
  const started = Date.now();
  console.log('Installing packages (once, and after updates) …');
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const install = spawn(command, [...first, 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32'
  });
  const ticker = setInterval(() => {
    console.log(`  … ${Math.round((Date.now() - started) / 1000)} s`);
  }, 15_000);
  const code = await new Promise((resolve) => {
    install.once('error', () => resolve(127));
    install.once('exit', resolve);
  });
  clearInterval(ticker);
  if (code !== 0)
    giveUp('The packages could not be installed. Above is what npm said; check the network, then try again.');
  fs.writeFileSync(marker, lock);
  console.log(`Packages installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** Runs Node with these arguments in place of this process: same terminal, same signals, same exit code. */
export async function run(args) {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, NODE_NO_WARNINGS: '1' } });
  // a terminal sends Ctrl-C to both; whoever else signals us means the child
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (status, signal) => resolve(signal === null ? status : 1));
  });
  process.exit(code);
}
