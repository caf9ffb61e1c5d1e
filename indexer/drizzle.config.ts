import type { Config } from 'drizzle-kit';

export default {
  dialect: 'postgresql',
  casing: 'snake_case',
  schema: './indexer/schema.ts',
  out: './indexer/migrations',
  schemaFilter: ['indexer']
} satisfies Config;
