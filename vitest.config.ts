import { defineConfig } from 'vitest/config';

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
          hookTimeout: 60_000
        }
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/postgres.setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false
        }
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/postgres.setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          fileParallelism: false
        }
      }
    ]
  }
});
