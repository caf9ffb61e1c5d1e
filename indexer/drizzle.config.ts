import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  casing: 'snake_case',
  schema: './indexer/schema.ts',
  out: './indexer/migrations',
  schemaFilter: ['indexer']
});
