#!/usr/bin/env node
// The command line, straight from its sources: works after `npm install` without a build.
const oldestNode = [20, 19];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
  console.error(
    `Node ${process.versions.node} is too old. Install Node ${oldestNode.join('.')} or newer, then try again.`
  );
  process.exit(1);
}
try {
  const { register } = await import('tsx/esm/api');
  register();
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('The packages are missing. Run "npm install" in the folder of the project, then try again.');
  process.exit(1);
}
await import('./main.ts');
