import { defineConfig } from 'vitest/config';

/** Files that run at once. Every file has its own ports, databases and folders; many mostly wait for blocks. */
const maxWorkers = 2;

/** Three projects: units beside their files, what crosses rooms, and pages in a real browser. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{sdk,broker,indexer,scripts,web}/**/*.test.ts', 'test/*.test.ts'],
          exclude: ['**/node_modules/**', 'build/**', '.svelte-kit/**'],
          globalSetup: ['test/postgres.setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // By default one less than there are processors: on two, half of the machine would stand still.
          maxWorkers
        }
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/postgres.setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // a quarter of the time two of them wait for blocks
          maxWorkers: maxWorkers + 1
        }
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/postgres.setup.ts', 'test/browser/browser.setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          maxWorkers
        }
      }
    ]
  }
});
